"use client";

import { useTranslations } from "next-intl";
import type { ActionFailure } from "@/app/action-result";
import type { Messages } from "@/i18n/messages";

type FailureCode = keyof Messages["keys"]["failure"];

const KNOWN: ReadonlySet<string> = new Set<FailureCode>([
  "conflict",
  "cross_site",
  "forbidden",
  "internal_error",
  "not_configured",
  "not_found",
  "signed_out",
]);

/** Why an action on keys failed, in the reader's language if there is a message for it. */
export function useFailureWords(): (failure: Pick<ActionFailure, "code" | "message">) => string {
  const t = useTranslations("keys.failure");
  return ({ code, message }) => (isKnown(code) ? t(code) : message);
}

function isKnown(code: string): code is FailureCode {
  return KNOWN.has(code);
}
