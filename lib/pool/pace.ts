/**
 * The pace of one quota domain at one model: when it may take one more request.
 *
 * What is known comes from four sides: limits that people set, readings that answers bring along, words of
 * refusals, and experience. Experience is the log of what was sent: the request that is as many sends ago
 * as the limit allows must be a whole window old. A refusal teaches the limit (as much as had been sent, or
 * what it says) and the window (until the told return, counted from the first request that must leave it).
 * @module
 */
import type { QuotaReading } from "../providers/read-limits";
import type { QuotaRefusal } from "../providers/types";
import { SendLog } from "./send-log";
import { ToldMeter } from "./told-meter";
import type { Meter, QuotaLimits } from "./types";
import { WindowMeter } from "./window-meter";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A refusal comes fast: after this long, silence on the first request after a rest is as good as success. */
export const TRIAL_MS = 2_000;
/** What a domain's own refusal taught is believed for this long against what others were found to be allowed. */
const TRUST_MS = 10 * MINUTE_MS;
/** While the window is unknown, sends are told apart this finely. */
const UNKNOWN_GRAIN_MS = 25;
/** Sends closer together than this part of a window are remembered as one. */
const GRAINS = 256;
/** What so many domains show in a row is presumed of the rest. */
const COMMON = 3;
/** So many more than the limit are remembered: of those under way, some may turn out not to count. */
const SPARE = 16;
/** What the guard begins with, and grows by. */
const GUARD = 1 / 250;
/** At most this part, however often a request came too early. */
const MAX_GUARD = 1 / 10;

/** What the domains of one pool were found to be allowed for one model: the best guess for those not yet known. */
export class Habits {
  /** Requests in a window; null while nothing was refused. */
  limit: number | null = null;
  /** Null while no refusal told when to come back. */
  windowMs: number | null = null;
  /** The part of a window by which it is kept open longer: requests overtake each other on their way. */
  guard = GUARD;
  /** Refusals in a row that came although less than the limit had been sent. */
  sharedInRow = 0;
  /** When the guard grew last. */
  guardedMs = 0;
}

/** One send, for the judgement that follows it. */
export interface Sent {
  readonly atMs: number;
  /** Estimated. */
  readonly tokens: number;
  /** Beyond the believed limit, to learn whether it still holds. */
  readonly isScout: boolean;
  /** What the domain had sent by then, this included. */
  readonly requestsSoFar: number;
  readonly tokensSoFar: number;
}

/** What a refusal came to. */
export interface Lesson {
  /** Until when the domain rests: epoch milliseconds. */
  readonly untilMs: number;
  /** True where only the pace needs to wait: the refusal was expected, or sent before an earlier one was known. */
  readonly isExpected: boolean;
}

export class Pace {
  readonly #habits: Habits;
  /** Limits set, read and told; null while there are none. */
  #meters: Map<string, Meter> | null = null;
  readonly #log = new SendLog();
  #ownLimit: number | null = null;
  #ownAtMs = 0;
  #restUntilMs = 0;
  /** The first request after a rest: still to be sent, sent then (epoch milliseconds), or null where none is needed. */
  #trial: "due" | number | null = null;
  #refusedAtMs = Number.NEGATIVE_INFINITY;
  #requestsSoFar = 0;
  #tokensSoFar = 0;

  constructor(habits: Habits) {
    this.#habits = habits;
  }

  /**
   * Sets the limits that people gave; null for none.
   * @param midnightMs When the provider's day ends.
   */
  setLimits(limits: QuotaLimits | null, midnightMs: number, nowMs: number): void {
    const perMinute = (unit: Meter["unit"], limit: number | null | undefined) =>
      limit ? new WindowMeter(unit, limit, MINUTE_MS) : null;
    this.#setMeter("set requests/minute", perMinute("requests", limits?.requestsPerMinute));
    this.#setMeter("set tokens/minute", perMinute("tokens", limits?.tokensPerMinute));
    this.#setMeter("set requests/day", null);
    const limit = limits?.requestsPerDay ?? null;
    if (limit === null) return;
    const day = { name: "set requests/day", unit: "requests", limit, remaining: limit } as const;
    this.#read({ ...day, resetMs: midnightMs, refillMs: null }, 0, nowMs);
  }

  /** When one more request may go: epoch milliseconds, 0 for now. */
  readyAtMs(tokens: number, nowMs: number): number {
    return Math.max(this.#restedAtMs(nowMs), this.#metersAtMs(tokens, nowMs), this.#logAtMs(nowMs));
  }

  /** Whether only experience holds the next request back, so that one beyond it may test whether that still holds. */
  mayScout(tokens: number, nowMs: number): boolean {
    return (
      this.#trial === null &&
      this.#restedAtMs(nowMs) === 0 &&
      this.#metersAtMs(tokens, nowMs) === 0 &&
      // Shortly before its time a request comes through because the window is about to move on.
      this.#logAtMs(nowMs) > nowMs + this.windowMs * MAX_GUARD
    );
  }

  /** Notes a send. */
  take(tokens: number, nowMs: number, isScout = false): Sent {
    const windowMs = this.#habits.windowMs;
    this.#log.forgetBefore(nowMs - MINUTE_MS);
    this.#log.add(nowMs, 1, windowMs === null ? UNKNOWN_GRAIN_MS : windowMs / GRAINS);
    if (this.#meters !== null) {
      for (const meter of this.#meters.values()) meter.take(amountOf(meter, tokens), nowMs);
    }
    if (this.#trial === "due") this.#trial = nowMs;
    this.#requestsSoFar += 1;
    this.#tokensSoFar += tokens;
    const [requestsSoFar, tokensSoFar] = [this.#requestsSoFar, this.#tokensSoFar];
    return { atMs: nowMs, tokens, isScout, requestsSoFar, tokensSoFar };
  }

  /** Rests the domain. After a rest that nobody foresaw, the first request goes alone. */
  rest(untilMs: number, isForeseen = false): void {
    if (untilMs <= this.#restUntilMs) return;
    this.#restUntilMs = untilMs;
    if (!isForeseen) this.#trial = "due";
  }

  /** Ends a rest: a person said so. */
  wake(): void {
    this.#restUntilMs = 0;
    this.#trial = null;
  }

  /**
   * Takes note of an answer that was no refusal.
   * @param readings As of when the request was sent: they were made when it arrived, not when it was answered.
   * @returns Whether more may go now than before.
   */
  succeed(sent: Sent, readings: readonly QuotaReading[]): boolean {
    for (const reading of readings) {
      const [soFar, then] =
        reading.unit === "tokens"
          ? [this.#tokensSoFar, sent.tokensSoFar]
          : [this.#requestsSoFar, sent.requestsSoFar];
      this.#read(reading, soFar - then, sent.atMs);
    }
    const endsTrial = typeof this.#trial === "number" && sent.atMs >= this.#trial;
    if (endsTrial) this.#trial = null;
    return endsTrial;
  }

  /** So many requests beyond the limit came through within one window: more than fit any two windows raise it for all. */
  exceeded(by: number, nowMs: number): boolean {
    const limit = this.limit(nowMs);
    if (limit === null || by <= limit) return false;
    this.#setOwn(limit + by, nowMs);
    this.#habits.limit = limit + by;
    return true;
  }

  /**
   * Takes note of a refusal for lack of quota.
   * @param guessMs Until when to rest where the answer did not tell.
   */
  refuse(sent: Sent, refusal: QuotaRefusal, guessMs: number, nowMs: number): Lesson {
    this.#log.takeBack(1);
    const isRepeated = sent.atMs <= this.#refusedAtMs;
    this.#refusedAtMs = nowMs;
    let untilMs = guessMs;
    let isForeseen = sent.isScout;
    if (refusal.span === "day") {
      this.#learnDay(refusal, untilMs, nowMs);
    } else if (refusal.unit === "tokens") {
      untilMs = this.#learnTokens(refusal) ?? guessMs;
    } else if (this.#isEarly(sent, refusal, nowMs)) {
      isForeseen = true;
      untilMs = this.#comeLater(sent, refusal, nowMs);
    } else {
      this.#learnLimit(sent, refusal, isRepeated, nowMs);
      untilMs = this.#backMs(sent, refusal, nowMs) ?? guessMs;
    }
    this.rest(untilMs, isForeseen);
    return { untilMs, isExpected: isForeseen || isRepeated };
  }

  /** The believed limit in requests a window; null where none is known. */
  limit(nowMs: number): number | null {
    const own = this.#ownLimit;
    const usual = this.#habits.limit;
    if (own === null) return usual;
    return usual === null || nowMs - this.#ownAtMs < TRUST_MS ? own : Math.max(own, usual);
  }

  /** All that it ever sent. */
  get requestsSoFar(): number {
    return this.#requestsSoFar;
  }

  /** How many requests could go until a moment at least; one at least, since it is asked of those that wake by then. */
  slotsUntil(untilMs: number, nowMs: number): number {
    const limit = this.limit(nowMs);
    const trialEndsMs =
      Math.max(this.#restUntilMs, typeof this.#trial === "number" ? this.#trial : 0) + TRIAL_MS / 2;
    if (limit === null || (this.#trial !== null && untilMs < trialEndsMs)) return 1;
    return Math.max(1, limit - this.#log.since(untilMs - this.windowMs * (1 + this.#habits.guard)));
  }

  /** Requests a millisecond that the believed limit allows; null where none is known. */
  ratePerMs(nowMs: number): number | null {
    let perMs = Number.POSITIVE_INFINITY;
    const limit = this.limit(nowMs);
    if (limit !== null) perMs = limit / this.windowMs;
    for (const meter of this.#meters?.values() ?? []) {
      if (meter.unit === "requests") perMs = Math.min(perMs, meter.perMs);
    }
    return perMs === Number.POSITIVE_INFINITY ? null : perMs;
  }

  get windowMs(): number {
    return this.#habits.windowMs ?? MINUTE_MS;
  }

  #restedAtMs(nowMs: number): number {
    if (this.#restUntilMs > nowMs) return this.#restUntilMs;
    if (typeof this.#trial !== "number") return 0;
    const silenceMs = this.#trial + TRIAL_MS;
    if (silenceMs > nowMs) return silenceMs;
    this.#trial = null;
    return 0;
  }

  #metersAtMs(tokens: number, nowMs: number): number {
    let readyMs = 0;
    if (this.#meters === null) return 0;
    for (const meter of this.#meters.values()) {
      readyMs = Math.max(readyMs, meter.readyAtMs(amountOf(meter, tokens), nowMs));
    }
    return readyMs;
  }

  #logAtMs(nowMs: number): number {
    const limit = this.limit(nowMs);
    if (limit === null) return 0;
    this.#log.keepLast(limit + SPARE);
    const blockerMs = this.#log.timeOfLast(limit);
    if (blockerMs === null) return 0;
    const readyMs = blockerMs + this.windowMs * (1 + this.#habits.guard);
    return readyMs > nowMs ? readyMs : 0;
  }

  /** The window was about to move on: a moment later the request would have been let in. */
  #isEarly(sent: Sent, { retryAtMs }: QuotaRefusal, nowMs: number): boolean {
    if (retryAtMs === null || sent.isScout || this.limit(nowMs) === null) return false;
    return retryAtMs - nowMs < this.windowMs * MAX_GUARD;
  }

  #comeLater(sent: Sent, refusal: QuotaRefusal, nowMs: number): number {
    const earlyMs = (refusal.retryAtMs ?? nowMs) - nowMs;
    const { guard } = this.#habits;
    // Several requests that were under way together tell of the same shortfall once.
    const isNews = sent.atMs > this.#habits.guardedMs;
    if (isNews) {
      this.#habits.guard = Math.min(MAX_GUARD, guard + earlyMs / this.windowMs + GUARD);
      this.#habits.guardedMs = nowMs;
    }
    return sent.atMs + earlyMs + this.windowMs * GUARD;
  }

  /**
   * When the quota is back, by the provider's word or else by the log. The provider counts from when a
   * request reaches it: from one send to the next, the ways there cancel out.
   */
  #backMs(sent: Sent, { retryAtMs }: QuotaRefusal, nowMs: number): number | null {
    const guardMs = this.windowMs * this.#habits.guard;
    if (retryAtMs !== null) return sent.atMs + (retryAtMs - nowMs) + guardMs;
    const firstMs = this.#ownLimit === null ? null : this.#log.timeOfLast(this.#ownLimit);
    return firstMs === null ? null : Math.max(nowMs, firstMs + this.windowMs + guardMs);
  }

  #learnLimit(sent: Sent, refusal: QuotaRefusal, isRepeated: boolean, nowMs: number): void {
    const taken = this.#log.since(nowMs - this.windowMs);
    const told = this.#believable(refusal, taken);
    const known = this.limit(nowMs);
    if (sent.isScout && (told === null || told === known)) {
      this.#setOwn(known, nowMs);
      return;
    }
    if (taken === 0) return;
    const limit = told ?? taken;
    const firstMs = this.#log.timeOfLast(limit);
    if (firstMs === null || firstMs <= nowMs - MINUTE_MS) {
      if (!isRepeated) this.#learnShared(taken, nowMs);
      return;
    }
    this.#habits.sharedInRow = 0;
    this.#setOwn(limit, nowMs);
    this.#habits.limit = limit;
    if (refusal.retryAtMs === null) return;
    const windowMs = sent.atMs + (refusal.retryAtMs - nowMs) - firstMs;
    this.#habits.windowMs = Math.max(this.#habits.windowMs ?? 0, Math.min(MINUTE_MS, windowMs));
  }

  /** Less was sent than is allowed: others use this quota too, perhaps other isolates of this pool. */
  #learnShared(taken: number, nowMs: number): void {
    this.#setOwn(taken, nowMs);
    this.#habits.sharedInRow += 1;
    if (this.#habits.sharedInRow >= COMMON) this.#habits.limit = taken;
  }

  /** A told limit, unless more came through than two windows hold: then it is some other quota's. */
  #believable({ limit, retryAtMs }: QuotaRefusal, taken: number): number | null {
    if (limit === null || limit === 0) return null;
    return retryAtMs === null && taken > 2 * limit ? null : limit;
  }

  #learnTokens({ limit, retryAtMs }: QuotaRefusal): number | null {
    const known = this.#meters?.get("told tokens/minute");
    const isNews = !(known instanceof WindowMeter) || known.limit !== limit;
    if (limit !== null && limit > 0 && isNews) {
      this.#setMeter("told tokens/minute", new WindowMeter("tokens", limit, MINUTE_MS));
    }
    return retryAtMs;
  }

  #learnDay({ unit, limit }: QuotaRefusal, resetMs: number, nowMs: number): void {
    if (limit === null || limit === 0) return;
    const day = { name: `told ${unit}/day`, unit, limit, remaining: 0 };
    this.#read({ ...day, resetMs, refillMs: null }, 0, nowMs);
  }

  #read(reading: QuotaReading, sinceSent: number, nowMs: number): void {
    const known = this.#meters?.get(reading.name);
    const meter =
      known instanceof ToldMeter
        ? known
        : new ToldMeter(reading.unit, reading.name.endsWith("/day") ? DAY_MS : null);
    this.#setMeter(reading.name, meter);
    meter.read(reading, sinceSent, nowMs);
  }

  #setMeter(name: string, meter: Meter | null): void {
    if (meter === null) {
      this.#meters?.delete(name);
      return;
    }
    this.#meters ??= new Map();
    this.#meters.set(name, meter);
  }

  #setOwn(limit: number | null, nowMs: number): void {
    this.#ownLimit = limit;
    this.#ownAtMs = nowMs;
  }
}

function amountOf({ unit }: Meter, tokens: number): number {
  return unit === "tokens" ? tokens : 1;
}
