/**
 * The limits that people configured for one pool's keys, and how much of the daily ones is used.
 * @module
 */
import { nextMidnightMs } from "../../providers/answers/quota-day";
import type { Provider } from "../../providers/types";
import { sharedName } from "../quota-domain";
import type { LimitRule, PoolLimits, QuotaLimits } from "../types";
import { limitsFor } from "./limits-for";
import type { RateLimiter } from "./rate-limiter";

/** What one key sent to one model. */
export interface DayUse {
  readonly keyId: string;
  readonly model: string;
  readonly requests: number;
}

/** Valid for the day in which it was counted. */
interface DayCount {
  readonly untilMs: number;
  /** Requests by model and domain. */
  readonly used: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Bounded, because clients choose model names. */
const USUAL_MAX = 1_000;

const NONE: PoolLimits = { provider: [], domains: new Map() };

export class LimitBook {
  #limits = NONE;
  readonly #usualLimits = new Map<string, QuotaLimits | null>();
  readonly #nextMidnightMs = (nowMs: number) => this.#midnightMs(nowMs);
  #zone: Provider["quotaDayZone"] = "UTC";
  #count: DayCount = { untilMs: 0, used: new Map() };
  /** The day that was looked up last, because time zone lookups are slow. */
  #day = { fromMs: 0, untilMs: 0 };

  setLimits(limits: PoolLimits, zone: Provider["quotaDayZone"]): void {
    this.#limits = limits;
    this.#usualLimits.clear();
    if (zone !== this.#zone) this.#day = { fromMs: 0, untilMs: 0 };
    this.#zone = zone;
  }

  get hasDailyLimits(): boolean {
    const { provider, domains } = this.#limits;
    return isDaily(provider) || [...domains.values()].some(isDaily);
  }

  /** Records what was used of the day that contains `atMs`. @returns The models for which it was used. */
  noteUsed(
    uses: readonly (Omit<DayUse, "keyId"> & { readonly domain: string })[],
    atMs: number,
  ): Iterable<string> {
    const used = new Map<string, Map<string, number>>();
    for (const { model, domain, requests } of uses) {
      const ofModel = used.get(model) ?? new Map<string, number>();
      used.set(model, ofModel.set(domain, (ofModel.get(domain) ?? 0) + requests));
    }
    this.#count = { untilMs: this.#midnightMs(atMs), used };
    return used.keys();
  }

  /**
   * Whether any of the day's quota is used, so that a limit applies to the domain's first request in this isolate too.
   */
  hasUsed(model: string, domain: string): boolean {
    return this.#count.used.get(model)?.has(domain) ?? false;
  }

  /**
   * Gives a limiter the configured limits that apply to it. @param own Rules of the key, if it is a domain by itself.
   */
  prepare(
    limiter: RateLimiter,
    model: string,
    domain: string,
    own: readonly LimitRule[] | null,
    nowMs: number,
  ): void {
    const name = sharedName(domain);
    const closest = name === null ? own : (this.#limits.domains.get(name) ?? null);
    const limits =
      closest === null ? this.#usual(model) : limitsFor([closest, this.#limits.provider], model);
    const isToday = nowMs < this.#count.untilMs;
    const usedToday = (isToday && this.#count.used.get(model)?.get(domain)) || 0;
    limiter.setLimits(limits, usedToday, this.#nextMidnightMs, nowMs);
  }

  /** The provider's limits for a model. They apply to most keys, and each key is prepared on first use. */
  #usual(model: string): QuotaLimits | null {
    let limits = this.#usualLimits.get(model);
    if (limits === undefined) {
      limits = limitsFor([this.#limits.provider], model);
      if (this.#usualLimits.size >= USUAL_MAX) this.#usualLimits.clear();
      this.#usualLimits.set(model, limits);
    }
    return limits;
  }

  #midnightMs(nowMs: number): number {
    if (nowMs < this.#day.fromMs || nowMs >= this.#day.untilMs) {
      this.#day = { fromMs: nowMs, untilMs: nextMidnightMs(this.#zone, nowMs) };
    }
    return this.#day.untilMs;
  }
}

/** Whether any of the rules is per day. */
export function isDaily(rules: readonly LimitRule[]): boolean {
  return rules.some(({ dailyRequests }) => dailyRequests !== null);
}
