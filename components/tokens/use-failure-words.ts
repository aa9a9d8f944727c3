"use client";

import { useTranslations } from "next-intl";
import type { ActionFailure } from "@/app/action-result";

/** Why an action on a token did nothing, in the reader's language. */
export function useFailureWords(): (failure: ActionFailure) => string {
  const t = useTranslations("tokens.failure");
  return ({ code, message }) => (t.has(code) ? t(code as "conflict") : message);
}
