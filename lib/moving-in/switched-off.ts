/**
 * Whether a record says that its key, or everything in it, is disabled, however its program spells that.
 * @module
 */

/** What a record says about itself; null if nothing. */
export type OffState = "disabled" | "blocked" | null;

/** Names without case, blanks, hyphens and underscores. */
const ON_FIELDS = ["enabled", "isenabled", "enable", "active", "isactive", "on", "ison", "inuse"];
const OFF_FIELDS = [
  "disabled",
  "isdisabled",
  "disable",
  "off",
  "isoff",
  "paused",
  "ispaused",
  "inactive",
  "isinactive",
  "suspended",
  "archived",
  "revoked",
  "isrevoked",
  "deleted",
  "isdeleted",
];
const STATE_FIELDS = ["status", "state", "keystatus", "状态"];

const YES = new Set(["true", "1", "yes", "y", "on", "是", "启用", "enabled"]);
const NO = new Set(["false", "0", "no", "n", "off", "否", "禁用", "停用", "disabled"]);

/** `2` and `3` as in new-api and one-api: disabled by a person, and automatically. */
const STATES: Readonly<Record<string, OffState>> = {
  "0": "disabled",
  "2": "disabled",
  "3": "blocked",
  false: "disabled",
  off: "disabled",
  no: "disabled",
  disable: "disabled",
  disabled: "disabled",
  manuallydisabled: "disabled",
  autodisabled: "blocked",
  inactive: "disabled",
  deactivated: "disabled",
  paused: "disabled",
  stopped: "disabled",
  suspended: "disabled",
  archived: "disabled",
  revoked: "disabled",
  deleted: "disabled",
  禁用: "disabled",
  停用: "disabled",
  已禁用: "disabled",
  blocked: "blocked",
  banned: "blocked",
  invalid: "blocked",
  dead: "blocked",
  expired: "blocked",
};

/** @param field The value of a field by its plain name; undefined if there is none. */
export function offStateOf(field: (name: string) => unknown): OffState {
  for (const name of STATE_FIELDS) {
    const state = STATES[plain(field(name))];
    if (state !== undefined) return state;
  }
  const isOff =
    ON_FIELDS.some((name) => NO.has(plain(field(name)))) ||
    OFF_FIELDS.some((name) => YES.has(plain(field(name))));
  return isOff ? "disabled" : null;
}

/** A name or a word without case and separators. */
export function plain(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
    return "";
  return String(value)
    .slice(0, 100)
    .toLowerCase()
    .replace(/[\s_-]/g, "");
}
