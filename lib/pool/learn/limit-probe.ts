/**
 * Decides when a request may exceed a learned limit, to check whether the limit still applies: limits rise at midnight,
 * and a guess from other keys may be too low. Runs only while requests wait without a ready key, so a failed probe
 * costs one attempt and no request its response.
 *
 * Probes go to one domain until one fails, like TCP probing a link's capacity: each success doubles how many may be in
 * progress at once, each failure doubles the time until the next try. One success proves little, because a fixed window
 * lets more through around its end; twice the limit within one window proves that the limit is higher.
 * @module
 */
const FIRST_PAUSE_MS = 20_000;
const LONGEST_PAUSE_MS = 300_000;
/** Quotas change when a day begins somewhere, which is on the hour almost everywhere. */
const HOUR_MS = 3_600_000;
const MAX_AT_ONCE = 64;
/** A probe without a result for this long belongs to a terminated request. */
const LOST_MS = 60_000;

export class LimitProbe<Domain> {
  #domain: Domain | null = null;
  /** Null until a request first waits without a ready key. */
  #nextMs: number | null = null;
  #hour = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #atOnce = 1;
  #underWay = 0;
  #startedMs = 0;
  #successes = 0;
  #sinceMs = 0;
  #triesParts = true;
  /** Whether the current probe exceeds a share. */
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
   * Whether a domain that keeps to its share of a quota may be probed immediately, because what others leave changes
   * sooner than a quota does. One probe at a time, until one fails.
   */
  get mayTryPart(): boolean {
    return this.#triesParts && this.#underWay === 0;
  }

  /** Records that a probe of a share was sent before a probe was due. */
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

  /** @returns How many probes were accepted, if all of them within the last `windowMs`; otherwise 0. */
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

  /** Records that a probe ended without a lesson. */
  back(): void {
    this.#isPart = false;
    this.#underWay = Math.max(0, this.#underWay - 1);
  }

  /** Frees the next probe to go to another domain. */
  end(): void {
    this.#domain = null;
    this.#atOnce = 1;
  }
}
