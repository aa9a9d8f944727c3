/**
 * Whether a record says that its key, or everything in it, is disabled, however its program spells that.
 * @module
 */

/** What a record says about itself; null if nothing. */
export type OffState = "disabled" | "blocked" | null;

/** Fields that are true of a key in use; each also as `is…`. Without case, blanks, hyphens and underscores. */
const ON_FIELDS = [
  ...["enabled", "enable", "active", "activated", "on", "inuse", "available", "usable", "valid"],
  ...["working", "启用", "是否启用", "可用", "有效"],
];
const STATE_FIELDS = ["status", "state", "keystatus", "health", "状态"];

const YES = new Set(["true", "1", "yes", "y", "on", "是", "启用", "enabled"]);
const NO = new Set(["false", "0", "no", "n", "off", "否", "禁用", "停用", "disabled"]);
/** In a field that says since when. */
const HAS_HAPPENED = /[1-9]|^(?:true|yes)$/;

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
  turnedoff: "disabled",
  switchedoff: "disabled",
  frozen: "disabled",
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
  unusable: "blocked",
  unauthorized: "blocked",
  expired: "blocked",
};

/**
 * @param field The value of a field by its plain name; undefined if there is none.
 * @param isInner Whether the fields are those of another record's state.
 */
export function offStateOf(field: (name: string) => unknown, isInner = false): OffState {
  for (const name of STATE_FIELDS) {
    const value = field(name);
    const state =
      isRecord(value) && !isInner ? offStateOf(inside(value), true) : STATES[plain(value)];
    if (state != null) return state;
  }
  const flag = (name: string) => plain(field(name) ?? field(`is${name}`));
  if (ON_FIELDS.some((name) => NO.has(flag(name)))) return "disabled";
  for (const [word, state] of OFF_WORDS) {
    if (YES.has(flag(word))) return state;
    // `expired_at` may be in the future.
    if (word !== "expired" && HAS_HAPPENED.test(plain(field(`${word}at`)))) return state;
  }
  return null;
}

/** A state is also the name of a field that is true (`banned`), or of one that says since when (`revoked_at`). */
const OFF_WORDS = Object.entries(STATES).filter(([word]) => !/^(?:\d|false|no$)/.test(word));

/** A state's own fields: `"status": {"enabled": false}`. */
function inside(record: object): (name: string) => unknown {
  const fields = new Map(Object.entries(record).map(([name, value]) => [plain(name), value]));
  return (name) => fields.get(name);
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
