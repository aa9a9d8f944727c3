import { UNKNOWN } from "@/components/format";
import type { LimitRule } from "@/lib/pool/types";
import { limitWords } from "./limits/limit-words";
import { SETTING_FIELDS, type SettingField } from "./sheet/settings-form";

const FIELDS = [...SETTING_FIELDS, "limits"] as const;

type Fields = Readonly<Record<string, unknown>> | null;

/** The settings in a change's log entry, as text; a dash for others. Groups by name, if that is known. */
export function changedFields(
  before: Fields,
  after: Fields,
  groupName: (id: string) => string = String,
): readonly {
  readonly field: SettingField | "limits";
  readonly from: string;
  readonly to: string;
}[] {
  return FIELDS.filter((field) => after !== null && field in after).map((field) => ({
    field,
    from: toText(field, before?.[field], groupName),
    to: toText(field, after?.[field], groupName),
  }));
}

function toText(
  field: SettingField | "limits",
  value: unknown,
  groupName: (id: string) => string,
): string {
  if (value === null || value === undefined || value === "") return UNKNOWN;
  // The log has them as validated by the verbs.
  if (field === "limits") return limitWords(value as readonly LimitRule[], String) || UNKNOWN;
  if (field === "groups") return (value as readonly string[]).map(groupName).join(", ");
  return Array.isArray(value) ? value.join(", ") : String(value);
}
