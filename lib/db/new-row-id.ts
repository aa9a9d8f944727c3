/**
 * A row id such as `pk_0mhzk3x7q0000k3v9x1ab`: prefix, time, position within the call, random end.
 * Later rows have greater ids, so the primary key is also the order lists are read in.
 *
 * @param index Position among rows made in the same millisecond, below 36^4.
 */
export function newRowId(prefix: RowPrefix, nowMs: number, index = 0): string {
  const time = nowMs.toString(36).padStart(9, "0");
  const position = index.toString(36).padStart(4, "0");
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  const random = (high.toString(36) + low.toString(36)).padStart(8, "0").slice(-8);
  return `${prefix}_${time}${position}${random}`;
}

/** Provider key, access token, user, invitation, audit entry, key event. */
export type RowPrefix = "pk" | "at" | "us" | "iv" | "au" | "ke";
