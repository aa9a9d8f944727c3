/**
 * Groups whose keys are all in trouble: they are used last, and get their turn again after a while.
 * @module
 */
import type { Choice, Group } from "./group";
import { ReadyRing } from "./ready-ring";
import { WakeHeap } from "./wake-heap";

/** The most groups examined for one request. */
const CANDIDATES = 64;
const RECALL_GAP_MS = 5_000;

export class LastResort {
  /** By when they get their turn again. */
  readonly #due = new WakeHeap<Group>();
  /** In the order in which they are used if nothing else is left. */
  readonly #ring = new ReadyRing<Group>();

  add(group: Group, untilMs: number): void {
    group.asleepUntilMs = untilMs;
    this.#due.push(group, untilMs);
    this.#ring.push(group);
  }

  remove(group: Group): void {
    this.#ring.remove(group);
  }

  /** A key for a request that finds no other; null if there is none. */
  pick(model: string, tokens: number, nowMs: number, tried: ReadonlySet<string>): Choice | null {
    for (let left = Math.min(CANDIDATES, this.#ring.size); left > 0; left -= 1) {
      const group = this.#ring.shift();
      if (group === undefined) return null;
      this.#ring.push(group);
      if (group.roomAtMs(tokens, nowMs) > nowMs) continue;
      const entry = group.usableEntry(model, nowMs, tried, null, true);
      if (entry !== null) return { group, entry };
    }
    return null;
  }

  /**
   * Returns groups that were used last for long enough to their turns. Not if no key has worked since, because trying
   * them would prove nothing.
   * @param answeredMs When a key of the pool last worked.
   * @param recall Puts the group where it belongs; it is to be removed here.
   */
  recall(nowMs: number, answeredMs: () => number, recall: (group: Group) => void): void {
    for (let first = this.#due.peek(); first !== undefined; first = this.#due.peek()) {
      if (first.wakeMs > nowMs) return;
      this.#due.pop();
      const { item, wakeMs } = first;
      if (!item.isAside || item.asleepUntilMs !== wakeMs) continue;
      if (item.isRecalled(answeredMs())) {
        recall(item);
      } else {
        item.asleepUntilMs = nowMs + RECALL_GAP_MS;
        this.#due.push(item, item.asleepUntilMs);
      }
    }
  }
}
