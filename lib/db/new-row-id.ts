/**
 * A row id such as `pk_0mhzk3x7q0000k3v9x1ab`: prefix, time, position within the call, random suffix. Later rows have
 * greater ids, so the primary key also orders lists.
 *
 * @param index Position among rows created in the same millisecond, below 36^4.
 */
export function newRowId(prefix: RowPrefix, nowMs: number, index = 0): string {
  const position = index.toString(36).padStart(4, "0");
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  const random = (high.toString(36) + low.toString(36)).padStart(8, "0").slice(-8);
  return `${firstRowIdAt(prefix, nowMs)}${position}${random}`;
}

/** Ids created at `timeMs` or later aren't below it, earlier ones are. */
export function firstRowIdAt(prefix: RowPrefix, timeMs: number): string {
  return `${prefix}_${timeMs.toString(36).padStart(9, "0")}`;
}

/**
 * Provider key, access token, user, invitation, audit entry, key event, usage flush, alert, incident, isolate, group,
 * saved view.
 */
export type RowPrefix =
  | "pk"
  | "at"
  | "us"
  | "iv"
  | "au"
  | "ke"
  | "uf"
  | "al"
  | "in"
  | "is"
  | "gr"
  | "sv";
