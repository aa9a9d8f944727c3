"use client";

import { useTranslations } from "next-intl";
import type { ActionFailure } from "@/app/action-result";
import type { Messages } from "@/i18n/messages";

/** Why an action on a token failed, in the reader's language if there is a message for it. */
export function useFailureWords(): (failure: ActionFailure) => string {
  const t = useTranslations("tokens.failure");
  return ({ code, message }) => (hasWords(code) ? t(code) : message);
}

type FailureCode = keyof Messages["tokens"]["failure"];

/** Error codes of the portal's token actions; any other error's message is shown unchanged. */
const KNOWN: ReadonlySet<string> = new Set<FailureCode>([
  "invalid_input",
  "not_found",
  "conflict",
  "signed_out",
  "forbidden",
  "internal_error",
]);

function hasWords(code: string): code is FailureCode {
  return KNOWN.has(code);
}
