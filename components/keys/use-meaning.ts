"use client";

import { useTranslations } from "next-intl";
import type { Messages } from "@/i18n/messages";

type Meaning = keyof Messages["keys"]["meaning"];

const MEANINGS: ReadonlySet<string> = new Set<Meaning>([
  "client_error",
  "cost_day",
  "cost_month",
  "foreign_reasoning",
  "gateway_limit",
  "key_blocked",
  "key_doubtful",
  "key_invalid",
  "manual",
  "manual_by_group",
  "model_denied",
  "ok",
  "out_of_credit",
  "overloaded",
  "rate_limit_day",
  "rate_limit_minute",
  "region_denied",
  "server_error",
]);

/** The label of a reason stored with a key; an unknown one is shown unchanged. */
export function useMeaning(): (reason: string) => string {
  const t = useTranslations("keys.meaning");
  return (reason) => (isMeaning(reason) ? t(reason) : reason);
}

function isMeaning(reason: string): reason is Meaning {
  return MEANINGS.has(reason);
}

/** The label of a cooldown's model: `*` is every model, an empty name stands for calls without one. */
export function useModelName(): (model: string) => string {
  const t = useTranslations("keys.detail");
  return (model) => (model === "*" ? t("every") : model === "" ? t("noModel") : model);
}
