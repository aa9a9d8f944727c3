/**
 * The limiter of one quota domain at one model: when it may take one more request.
 *
 * What is known comes from three sides, and the strictest holds: limits that people set, readings that
 * answers bring along, and learned. After a rest that came as a surprise, one request goes first.
 * @module
 */
import type { QuotaReading } from "../../providers/read-limits";
import type { QuotaRefusal } from "../../providers/types";
import { LearnedLimit } from "../learn/learned-limit";
import type { SharedLimitPrior } from "../learn/shared-limit-prior";
import type { KnownLimit, Meter, QuotaLimits } from "../types";
import { DailyQuota } from "./daily-quota";
import { HeaderQuota } from "./header-quota";
import { SlidingWindowLog } from "./sliding-window-log";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Names of the meters of what people set. */
const SET_TOKENS = "set tokens/minute";
const SET_DAY = "set requests/day";

const NO_LIMITS: QuotaLimits = { rpm: null, tpm: null, dailyRequests: null };

/** A refusal comes fast: after this long, silence on the first request after a rest is as good as success. */
export const TRIAL_MS = 2_000;

/** The longest rest that is only guessed. */
const LONGEST_GUESS_MS = 300_000;

/** One send, for the judgement that follows it. */
export interface Sent {
  readonly atMs: number;
  /** Estimated. */
  readonly tokens: number;
  /** Beyond the believed limit, to learn whether it still holds. */
  readonly isProbe: boolean;
  /** What the domain had sent by then, this included. */
  readonly requestsSoFar: number;
  readonly tokensSoFar: number;
}

/** How long a refusal says to rest. */
export interface RefusedRest {
  /** Epoch milliseconds. */
  readonly untilMs: number;
  /** Whether that is no more than a guess: the answer told neither quota nor time. */
  readonly isGuess: boolean;
}

/** What a refusal came to. */
export interface Lesson {
  /** Until when the domain rests: epoch milliseconds. */
  readonly untilMs: number;
  /** Whether nobody told so: a request may go sooner rather than be refused. */
  readonly isGuess: boolean;
  /**
   * Unexplained refusals in a row, this one included: each after the rest of the one before was over, with no
   * success between. 0 for any other refusal.
   */
  readonly unexplained: number;
  /** When the first of them came: epoch milliseconds. */
  readonly unexplainedSinceMs: number;
  /** True where only the limiter needs to wait: the refusal was expected, or sent before an earlier one was known. */
  readonly isExpected: boolean;
}

export class RateLimiter {
  readonly #learned: LearnedLimit;
  /** Limits set, read and told; null while there are none. */
  #meters: Map<string, Meter> | null = null;
  #restUntilMs = 0;
  /** A rest that nobody told: it delays, and refuses nobody. */
  #guessUntilMs = 0;
  /** The first request after a rest: still to be sent, sent then (epoch milliseconds), or null where none is needed. */
  #trial: "due" | number | null = null;
  #refusedAtMs = 0;
  #unexplained = 0;
  #unexplainedSinceMs = 0;
  #requestsSoFar = 0;
  #tokensSoFar = 0;

  constructor(prior: SharedLimitPrior) {
    this.#learned = new LearnedLimit(prior);
  }

  /**
   * Sets the limits that people gave; null for none. What was counted against them goes on counting.
   * @param usedToday What was used of the provider's day at least.
   * @param nextMidnightMs When the day ends that a moment is in.
   */
  setLimits(
    limits: QuotaLimits | null,
    usedToday: number,
    nextMidnightMs: (nowMs: number) => number,
    nowMs: number,
  ): void {
    const { rpm, tpm, dailyRequests } = limits ?? NO_LIMITS;
    this.#learned.setLimit = rpm;
    const tokens = this.#meters?.get(SET_TOKENS);
    if (tpm !== (tokens?.limit ?? null)) {
      this.#setMeter(
        SET_TOKENS,
        tpm === null ? null : new SlidingWindowLog("tokens", tpm, MINUTE_MS),
      );
    }
    const today = this.#setDay;
    if (dailyRequests === null) {
      this.#setMeter(SET_DAY, null);
      return;
    }
    const meter = today ?? new DailyQuota(dailyRequests, nextMidnightMs, nowMs);
    meter.limit = dailyRequests;
    meter.noteUsed(usedToday, nowMs);
    this.#setMeter(SET_DAY, meter);
  }

  get #setDay(): DailyQuota | null {
    const meter = this.#meters?.get(SET_DAY);
    return meter instanceof DailyQuota ? meter : null;
  }

  /** What it keeps to, for people. */
  knownLimits(nowMs: number): readonly KnownLimit[] {
    const requests = (
      source: KnownLimit["source"],
      limit: number,
      windowMs: number,
      left: number,
    ) => ({ unit: "requests", source, limit, windowMs, left: Math.max(0, left) }) as const;
    const learnt = this.#learned.limit(nowMs);
    const { setLimit, windowMs } = this.#learned;
    return [
      ...(setLimit === null
        ? []
        : [requests("set", setLimit, MINUTE_MS, setLimit - this.#learned.lastMinute(nowMs))]),
      ...[...(this.#meters ?? [])].map(([name, meter]) => ({
        unit: meter.unit,
        source: name === SET_TOKENS || name === SET_DAY ? ("set" as const) : ("told" as const),
        limit: meter.limit,
        windowMs: meter.windowMs,
        left: meter.left(nowMs),
      })),
      ...(learnt === null
        ? []
        : [requests("learnt", learnt, windowMs, this.#learned.learntRoom(nowMs))]),
    ];
  }

  /** When one more request may go: epoch milliseconds, 0 for now. */
  readyAtMs(tokens: number, nowMs: number): number {
    return Math.max(
      this.#restedAtMs(nowMs),
      this.#guessUntilMs > nowMs ? this.#guessUntilMs : 0,
      this.#metersAtMs(tokens, nowMs),
      this.#learned.allowedAtMs(nowMs),
      this.#learned.readyAtMs(nowMs),
    );
  }

  /** When what people set allows one more request: epoch milliseconds, 0 for now. */
  allowedAtMs(tokens: number, nowMs: number): number {
    let allowedMs = this.#learned.allowedAtMs(nowMs);
    for (const name of [SET_TOKENS, SET_DAY]) {
      const meter = this.#meters?.get(name);
      if (meter === undefined) continue;
      allowedMs = Math.max(allowedMs, meter.readyAtMs(amountOf(meter, tokens), nowMs));
    }
    return allowedMs;
  }

  /** Whether only a guess, or what was learned, holds the next request back: it may go sooner as a probe. */
  isHeldByGuess(tokens: number, nowMs: number): boolean {
    return (
      this.#guessUntilMs > nowMs &&
      this.#restedAtMs(nowMs) === 0 &&
      this.#metersAtMs(tokens, nowMs) === 0 &&
      this.#learned.allowedAtMs(nowMs) === 0
    );
  }

  /** Whether only learned holds the next request back, so that one beyond it may test whether that still holds. */
  mayProbe(tokens: number, nowMs: number): boolean {
    return (
      this.#trial === null &&
      this.#restedAtMs(nowMs) === 0 &&
      this.#metersAtMs(tokens, nowMs) === 0 &&
      this.#learned.allowedAtMs(nowMs) === 0 &&
      // Shortly before its time a request comes through because the window is about to move on.
      this.#learned.isFull(nowMs)
    );
  }

  /** Notes a send. */
  take(tokens: number, nowMs: number, isProbe = false): Sent {
    this.#learned.sent(nowMs);
    if (this.#meters !== null) {
      for (const meter of this.#meters.values()) meter.take(amountOf(meter, tokens), nowMs);
    }
    if (this.#trial === "due") this.#trial = nowMs;
    this.#requestsSoFar += 1;
    this.#tokensSoFar += tokens;
    const [requestsSoFar, tokensSoFar] = [this.#requestsSoFar, this.#tokensSoFar];
    return { atMs: nowMs, tokens, isProbe, requestsSoFar, tokensSoFar };
  }

  /** Rests the domain. After a rest that nobody foresaw, the first request goes alone. */
  rest(untilMs: number, isForeseen = false): void {
    if (untilMs <= this.#restUntilMs) return;
    this.#restUntilMs = untilMs;
    if (!isForeseen) this.#trial = "due";
  }

  /** Takes note that somebody else was refused, and told to come back then. */
  hear(untilMs: number): void {
    if (untilMs <= this.#restUntilMs) return;
    this.#learned.heard(untilMs);
    this.rest(untilMs);
  }

  /** Ends a rest: a person said so. */
  wake(): void {
    this.#restUntilMs = 0;
    this.#guessUntilMs = 0;
    this.#trial = null;
  }

  /** Forgets rests, and all that answers told and refusals taught: a person said so. What people set holds. */
  forget(): void {
    this.wake();
    this.#refusedAtMs = 0;
    this.#unexplained = 0;
    this.#learned.forget();
    for (const name of this.#meters?.keys() ?? []) {
      if (name !== SET_TOKENS && name !== SET_DAY) this.#meters?.delete(name);
    }
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
    this.#learned.letIn(sent.atMs);
    const endsTrial = typeof this.#trial === "number" && sent.atMs >= this.#trial;
    if (endsTrial) this.#trial = null;
    if (!endsTrial && sent.atMs <= this.#refusedAtMs) return false;
    const wasGuessing = this.#guessUntilMs > 0;
    this.#unexplained = 0;
    this.#guessUntilMs = 0;
    return endsTrial || wasGuessing;
  }

  /**
   * Takes note of a refusal for lack of quota.
   * @param rest As the answer says; what was learned may say better.
   */
  refuse(sent: Sent, refusal: QuotaRefusal, rest: RefusedRest, nowMs: number): Lesson {
    this.#learned.takeBack();
    this.#setDay?.giveBack(1);
    const isRepeated = sent.atMs <= this.#refusedAtMs;
    this.#refusedAtMs = nowMs;
    let { untilMs } = rest;
    let isGuess = false;
    let isForeseen = sent.isProbe;
    if (refusal.span === "day") {
      this.#learnDay(refusal, untilMs, nowMs);
    } else if (refusal.unit === "tokens") {
      const toldMs = this.#learnTokens(refusal);
      isGuess = toldMs === null && rest.isGuess;
      untilMs = toldMs ?? untilMs;
    } else {
      const { backMs, isEarly } = this.#learned.refused(sent, refusal, isRepeated, nowMs);
      isGuess = backMs === null && rest.isGuess;
      untilMs = backMs ?? untilMs;
      isForeseen ||= isEarly;
    }
    if (isGuess) {
      untilMs = this.#guess(untilMs, isRepeated, nowMs);
      this.#guessUntilMs = Math.max(this.#guessUntilMs, untilMs);
      this.#trial = "due";
    } else {
      this.#unexplained = 0;
      this.rest(untilMs, isForeseen);
    }
    return {
      untilMs,
      isGuess,
      unexplained: this.#unexplained,
      unexplainedSinceMs: this.#unexplainedSinceMs,
      isExpected: isForeseen || isRepeated,
    };
  }

  /** Longer each time in a row: whoever has to guess should not guess alike for ever. */
  #guess(untilMs: number, isRepeated: boolean, nowMs: number): number {
    if (!isRepeated) {
      if (this.#unexplained === 0) this.#unexplainedSinceMs = nowMs;
      this.#unexplained += 1;
    }
    const longerMs = (untilMs - nowMs) * 2 ** Math.max(0, this.#unexplained - 1);
    return nowMs + Math.min(longerMs, LONGEST_GUESS_MS);
  }

  get learned(): LearnedLimit {
    return this.#learned;
  }

  /** All that it ever sent. */
  get requestsSoFar(): number {
    return this.#requestsSoFar;
  }

  /** How many requests could go until a moment at least; one at least, since it is asked of those that wake by then. */
  slotsUntil(untilMs: number, nowMs: number): number {
    const trialMs = typeof this.#trial === "number" ? this.#trial : 0;
    const trialEndsMs = Math.max(this.#restUntilMs, trialMs) + TRIAL_MS / 2;
    if (this.#trial !== null && untilMs < trialEndsMs) return 1;
    const room = this.#learned.roomAt(untilMs, nowMs);
    return room === Number.POSITIVE_INFINITY ? 1 : Math.max(1, room);
  }

  /** Requests a millisecond that the believed limit allows; null where none is known. */
  ratePerMs(nowMs: number): number | null {
    let perMs = this.#learned.ratePerMs(nowMs);
    for (const meter of this.#meters?.values() ?? []) {
      if (meter.unit === "requests") perMs = Math.min(perMs, meter.perMs);
    }
    return perMs === Number.POSITIVE_INFINITY ? null : perMs;
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

  #learnTokens({ limit, retryAtMs }: QuotaRefusal): number | null {
    const known = this.#meters?.get("told tokens/minute");
    const isNews = !(known instanceof SlidingWindowLog) || known.limit !== limit;
    if (limit !== null && limit > 0 && isNews) {
      this.#setMeter("told tokens/minute", new SlidingWindowLog("tokens", limit, MINUTE_MS));
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
      known instanceof HeaderQuota
        ? known
        : new HeaderQuota(reading.unit, reading.name.endsWith("/day") ? DAY_MS : null);
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
}

function amountOf({ unit }: Meter, tokens: number): number {
  return unit === "tokens" ? tokens : 1;
}
