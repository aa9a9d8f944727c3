/**
 * When those who wait may hope for their turn: how many requests could go until a moment.
 * @module
 */
import type { Group } from "./group";
import type { Tiers } from "./tiers";
import type { WakeHeap } from "./wake-heap";

/** So many of those who wait come when the first key wakes, whatever was foreseen: nobody else calls them. */
const CALLED = 8;
/** Where looking this far shows nothing more, limits are not known. */
const FORESIGHT_MS = 120_000;
const LONGEST_FORESIGHT_MS = 86_400_000;
const FIRST_STEP_MS = 20;

/** How many requests could go until a moment, counted up to `enough`. */
export function slotsUntil(
  ready: Tiers,
  cooling: WakeHeap<Group>,
  untilMs: number,
  enough: number,
  nowMs: number,
): number {
  let slots = 0;
  for (const { limiter } of ready.groups()) {
    if (slots >= enough) return slots;
    slots += limiter?.slotsUntil(untilMs, nowMs) ?? 1;
  }
  cooling.visitUntil(untilMs, ({ item, wakeMs }) => {
    if (item.asleepUntilMs === wakeMs) slots += item.limiter?.slotsUntil(untilMs, nowMs) ?? 1;
    return slots < enough;
  });
  return slots;
}

/** How many requests could go until a moment, counted up to `enough`. */
type Slots = (untilMs: number, enough: number) => number;

/**
 * When a request with so many before it may hope for its turn at the latest.
 * @param firstMs When the first of all may go.
 */
export function latestTurnMs(slots: Slots, ahead: number, firstMs: number): number {
  let grownMs = firstMs;
  let atMs = firstMs;
  let before = -1;
  for (let stepMs = FIRST_STEP_MS; stepMs < LONGEST_FORESIGHT_MS; stepMs *= 2) {
    const count = slots(atMs, ahead + 1);
    if (count > ahead) break;
    if (count > before) grownMs = atMs;
    // All that wake are awake by then, and how much they may send nobody knows: it may be enough.
    else if (stepMs > FORESIGHT_MS) return grownMs;
    before = count;
    atMs = firstMs + stepMs;
  }
  return atMs;
}

/**
 * And at the soonest, which is when it asks again.
 * @param lookMs No further than to this moment.
 */
export function soonestTurnMs(
  slots: Slots,
  ahead: number,
  firstMs: number,
  lookMs: number,
): number {
  let soonestMs = firstMs;
  if (ahead < CALLED) return soonestMs;
  let atMs = firstMs;
  for (let stepMs = FIRST_STEP_MS; atMs < lookMs && slots(atMs, ahead + 1) <= ahead; stepMs *= 2) {
    soonestMs = atMs;
    atMs = firstMs + stepMs;
  }
  return soonestMs;
}
