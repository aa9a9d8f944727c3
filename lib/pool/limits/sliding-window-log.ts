/**
 * A quota that is only known by its size: so much in any window of a given length. Holds for fixed windows
 * and sliding ones alike, since it never sends more than the limit within one length.
 * @module
 */

import type { Meter } from "../types";
import { SendLog } from "./send-log";

/** Sends closer together than this part of a window are remembered as one. */
const GRAINS = 256;

export class SlidingWindowLog implements Meter {
  readonly unit: Meter["unit"];
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #log = new SendLog();

  constructor(unit: Meter["unit"], limit: number, windowMs: number) {
    this.unit = unit;
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  get limit(): number {
    return this.#limit;
  }

  get windowMs(): number {
    return this.#windowMs;
  }

  left(nowMs: number): number {
    return Math.max(0, this.#limit - this.#log.since(nowMs - this.#windowMs));
  }

  get perMs(): number {
    return this.#limit / this.#windowMs;
  }

  /** @returns The time of its entry, for `refund`. */
  take(amount: number, nowMs: number): number {
    this.#log.forgetBefore(nowMs - this.#windowMs);
    return this.#log.add(nowMs, amount, this.#windowMs / GRAINS);
  }

  /** Takes a part of what was taken back; nothing if its entry has left the window. */
  refund(entryMs: number, amount: number): void {
    this.#log.refund(entryMs, amount);
  }

  readyAtMs(amount: number, nowMs: number): number {
    // By time, never by amount: a refund of later entries makes the earlier ones count again.
    this.#log.forgetBefore(nowMs - this.#windowMs);
    const blockerMs = this.#log.timeOfLast(this.#limit - Math.min(amount, this.#limit) + 1);
    const readyMs = blockerMs === null ? 0 : blockerMs + this.#windowMs;
    return readyMs > nowMs ? readyMs : 0;
  }
}
