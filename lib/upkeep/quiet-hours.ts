import type { Settings } from "../db/team/settings";

/**
 * Whether alerts wait at this time. Hours are UTC; the same hour twice means never, and the range may span midnight.
 */
export function isQuietAt(
  nowMs: number,
  { quietFromHour, quietToHour }: Pick<Settings["alerts"], "quietFromHour" | "quietToHour">,
): boolean {
  const hour = new Date(nowMs).getUTCHours();
  return quietFromHour <= quietToHour
    ? hour >= quietFromHour && hour < quietToHour
    : hour >= quietFromHour || hour < quietToHour;
}
