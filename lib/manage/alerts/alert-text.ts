import en from "../../../messages/en/alerts.json";
import zh from "../../../messages/zh/alerts.json";
import type { AlertDetails, AlertKind } from "../../db/schema/alert-schema";

const TEXTS = { en, zh };

export type AlertLanguage = keyof typeof TEXTS;

/** An alert's text. The messages have plain values only, so a Worker needs no formatter for them. */
export function alertText(
  kind: AlertKind | "test",
  details: AlertDetails,
  language: AlertLanguage,
): string {
  return TEXTS[language][kind].replace(/\{(\w+)\}/g, (_, name: string) => String(details[name]));
}
