/**
 * When requests may go beyond what learned allows, to learn whether that still holds: limits rise at
 * midnight, and a guess from other keys may be too low. Only while others wait without success, so that a probe
 * that fails costs one attempt and nobody an answer.
 *
 * Probes go to one domain until one fails, as TCP finds a link's width: each success doubles how many may be
 * under way at once, each failure the time until the next try. One success proves little, because fixed
 * windows let more through around their end; twice the limit within one window proves that it is higher.
 * @module
 */
const FIRST_PAUSE_MS = 20_000;
const LONGEST_PAUSE_MS = 300_000;
/** Quotas change when a day begins somewhere, which is at a full hour nearly everywhere. */
const HOUR_MS = 3_600_000;
const MAX_AT_ONCE = 64;
/** Probes that were not heard of for this long belong to requests that are gone. */
const LOST_MS = 60_000;

export class LimitProbe<Domain> {
  #domain: Domain | null = null;
  /** Null until somebody waits without success for the first time. */
  #nextMs: number | null = null;
  #hour = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #atOnce = 1;
  #underWay = 0;
  #startedMs = 0;
  #successes = 0;
  #sinceMs = 0;
  #triesParts = true;
  /** Whether the probe under way is of a part. */
  #isPart = false;

  /** The domain that is being probed; null before the first success. */
  get domain(): Domain | null {
    return this.#domain;
  }

  isDue(nowMs: number): boolean {
    if (nowMs - this.#startedMs > LOST_MS) this.#underWay = 0;
    const hour = Math.floor(nowMs / HOUR_MS);
    if (this.#nextMs === null) this.#nextMs = nowMs + FIRST_PAUSE_MS;
    else if (hour !== this.#hour) this.#nextMs = nowMs;
    this.#hour = hour;
    return nowMs >= this.#nextMs && this.#underWay < this.#atOnce;
  }

  /**
   * Whether a domain that keeps to its part of a quota may be tried at once: what others leave changes sooner than
   * a quota does. One at a time, until one of them fails.
   */
  get mayTryPart(): boolean {
    return this.#triesParts && this.#underWay === 0;
  }

  /** A probe of a part was sent that was not due otherwise. */
  startedPart(nowMs: number): void {
    this.#isPart = true;
    this.#underWay += 1;
    this.#startedMs = nowMs;
  }

  started(domain: Domain, nowMs: number): void {
    if (this.#domain !== domain) {
      this.#domain = domain;
      this.#successes = 0;
      this.#sinceMs = nowMs;
      this.#atOnce = 1;
    }
    this.#underWay += 1;
    this.#startedMs = nowMs;
  }

  /** @returns How many probes came through, if all of them within the last `windowMs`; else 0. */
  succeeded(windowMs: number, nowMs: number): number {
    const wasPart = this.#isPart;
    this.back();
    if (wasPart) return 0;
    this.#triesParts = true;
    this.#atOnce = Math.min(MAX_AT_ONCE, this.#atOnce * 2);
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#successes += 1;
    return nowMs - this.#sinceMs < windowMs ? this.#successes : 0;
  }

  failed(nowMs: number): void {
    if (this.#isPart) this.#triesParts = false;
    this.back();
    this.end();
    this.#nextMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /** A probe is back, and nothing was learned. */
  back(): void {
    this.#isPart = false;
    this.#underWay = Math.max(0, this.#underWay - 1);
  }

  /** The next probe may go elsewhere. */
  end(): void {
    this.#domain = null;
    this.#atOnce = 1;
  }
}
