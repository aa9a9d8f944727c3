"use client";

import { useTranslations } from "next-intl";
import type { ChatRun } from "@/components/playground/chat-run";
import type { Messages } from "@/i18n/messages";
import type { Refusal } from "@/lib/playground/read-refusal";

type Kind = keyof Messages["playground"]["problem"];

/** One Balance's own codes (`docs/errors.md`) that have their own messages. */
const OWN_CODES = [
  "invalid_access_token",
  "access_denied",
  "price_unknown",
  "unknown_provider",
  "model_required",
  "token_limit_reached",
  "pool_exhausted",
  "no_provider_keys",
  "upstream_unreachable",
  "upstream_timeout",
] as const satisfies readonly Kind[];

/** What happened, what it means and what to do; in addition, the response's own message. */
export function useProblemWords() {
  const t = useTranslations("playground.problem");
  return (problem: NonNullable<ChatRun["problem"]>) => {
    const kind = kindOf(problem);
    const status = "status" in problem ? problem.status : 0;
    return {
      title: t(`${kind}.title`, { status }),
      meaning: t(`${kind}.meaning`),
      words: problem.message,
    };
  };
}

function kindOf(problem: Refusal | { readonly kind: "broken" }): Kind {
  if ("kind" in problem) return "broken";
  const own = OWN_CODES.find((code) => code === problem.code);
  if (own !== undefined) return own;
  if (problem.status === 404) return "not_found";
  if (problem.status === 429) return "limited";
  return problem.status < 500 ? "refused" : "failed";
}
