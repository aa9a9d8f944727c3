/**
 * When waiting requests can expect their turn: how many requests could be sent by a time.
 * @module
 */
import type { Group } from "./group";
import type { Tiers } from "./tiers";
import type { WakeHeap } from "./wake-heap";

/**
 * The first requests in line, up to this many, retry as soon as the first cooldown ends, whatever was predicted:
 * nothing else wakes them.
 */
const CALLED = 8;
/** How far ahead to look. If nothing is found by then, the limits are unknown. */
const FORESIGHT_MS = 120_000;
const LONGEST_FORESIGHT_MS = 86_400_000;
const FIRST_STEP_MS = 20;

/** How many requests could be sent by a time, counted up to `enough`. */
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

/** How many requests could be sent by a time, counted up to `enough`. */
type Slots = (untilMs: number, enough: number) => number;

/**
 * The latest time at which a request with `ahead` others before it can expect its turn.
 * @param firstMs When the first of all may be sent.
 */
export function latestTurnMs(slots: Slots, ahead: number, firstMs: number): number {
  let grownMs = firstMs;
  let atMs = firstMs;
  let before = -1;
  for (let stepMs = FIRST_STEP_MS; stepMs < LONGEST_FORESIGHT_MS; stepMs *= 2) {
    const count = slots(atMs, ahead + 1);
    if (count > ahead) break;
    if (count > before) grownMs = atMs;
    // By then every cooldown that ends has ended, and the limits are unknown: there may be enough for all.
    else if (stepMs > FORESIGHT_MS) return grownMs;
    before = count;
    atMs = firstMs + stepMs;
  }
  return atMs;
}

/**
 * The soonest time, which is when the request polls again.
 * @param lookMs How far ahead to look, at most.
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
