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

/**
 * When a request with so many before it may hope for its turn.
 * @param slots As `slotsUntil`.
 * @param firstMs When the first of all may go.
 */
export function slotTimeMs(
  slots: (untilMs: number, enough: number) => number,
  ahead: number,
  firstMs: number,
): { readonly atSoonest: number; readonly atLatest: number } {
  let atSoonest = firstMs;
  let atLatest = firstMs;
  let before = -1;
  let grownMs = firstMs;
  for (let stepMs = FIRST_STEP_MS; stepMs < LONGEST_FORESIGHT_MS; stepMs *= 2) {
    const count = slots(atLatest, ahead + 1);
    if (count > ahead) break;
    if (count > before) grownMs = atLatest;
    else if (stepMs > FORESIGHT_MS) {
      // All that wake are awake by then, and how much they may send nobody knows: it may be enough.
      return { atSoonest: ahead < CALLED ? firstMs : grownMs, atLatest: grownMs };
    }
    before = count;
    atSoonest = atLatest;
    atLatest = firstMs + stepMs;
  }
  return { atSoonest: ahead < CALLED ? firstMs : atSoonest, atLatest };
}
