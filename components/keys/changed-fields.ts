import { UNKNOWN } from "@/components/format";
import { SETTING_FIELDS, type SettingField } from "./settings-form";

type Fields = Readonly<Record<string, unknown>> | null;

/** The settings that a change's entry in the log tells of, as text. What is not told is a dash. */
export function changedFields(
  before: Fields,
  after: Fields,
): readonly { readonly field: SettingField; readonly from: string; readonly to: string }[] {
  return SETTING_FIELDS.filter((field) => after !== null && field in after).map((field) => ({
    field,
    from: toText(before?.[field]),
    to: toText(after?.[field]),
  }));
}

function toText(value: unknown): string {
  if (value === null || value === undefined || value === "") return UNKNOWN;
  return Array.isArray(value) ? value.join(", ") : String(value);
}
