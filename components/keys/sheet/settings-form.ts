/**
 * A key's settings as a form has them: text in every field.
 * @module
 */
import { type KeySettingsInput, keySettings } from "@/lib/manage/schemas";

export const SETTING_FIELDS = [
  "remark",
  "weight",
  "priority",
  "quotaDomain",
  "groups",
  "models",
  "concurrentRequests",
  "dailyCostUsd",
  "monthlyCostUsd",
] as const;

/** Fields that hold a number. */
export const NUMBER_FIELDS: ReadonlySet<SettingField> = new Set([
  "weight",
  "priority",
  "concurrentRequests",
  "dailyCostUsd",
  "monthlyCostUsd",
]);

/** Fields that a key must have. */
export const NEEDED_FIELDS: ReadonlySet<SettingField> = new Set(["weight", "priority"]);

export type SettingField = (typeof SETTING_FIELDS)[number];

export type SettingTexts = Readonly<Record<SettingField, string>>;

/** A key's settings as pages show them; null for none. */
export interface ShownSettings {
  readonly remark: string | null;
  readonly weight: number;
  readonly priority: number;
  readonly quotaDomain: string | null;
  /** Ids of the groups that it serves; null for everyone. */
  readonly groups: readonly string[] | null;
  readonly models: readonly string[] | null;
  readonly concurrentRequests: number | null;
  readonly dailyCostUsd: number | null;
  readonly monthlyCostUsd: number | null;
}

export function toTexts(settings: ShownSettings): SettingTexts {
  return {
    remark: settings.remark ?? "",
    weight: String(settings.weight),
    priority: String(settings.priority),
    quotaDomain: settings.quotaDomain ?? "",
    groups: settings.groups?.join("\n") ?? "",
    models: settings.models?.join("\n") ?? "",
    concurrentRequests: settings.concurrentRequests?.toString() ?? "",
    dailyCostUsd: settings.dailyCostUsd?.toString() ?? "",
    monthlyCostUsd: settings.monthlyCostUsd?.toString() ?? "",
  };
}

/** Null for an invalid text, otherwise an object with that field. */
export function readSetting(field: SettingField, text: string): KeySettingsInput | null {
  const result = keySettings.safeParse({ [field]: parseText(field, text.trim()) });
  return result.success ? result.data : null;
}

function parseText(field: SettingField, text: string): unknown {
  switch (field) {
    case "weight":
    case "priority":
    case "concurrentRequests":
    case "dailyCostUsd":
    case "monthlyCostUsd":
      return text === "" ? null : Number(text);
    case "groups":
    case "models": {
      const names = listOf(text);
      return names.length === 0 ? null : names;
    }
    case "remark":
    case "quotaDomain":
      return text === "" ? null : text;
  }
}

/** The names in the text of a field that holds several. */
export function listOf(text: string): string[] {
  const names = text.split(/[\n,]/).map((name) => name.trim());
  return names.filter((name) => name !== "");
}
