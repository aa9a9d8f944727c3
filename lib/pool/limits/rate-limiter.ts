/**
 * When one quota domain may send to one model: a list of limits, of which the strictest holds, and a rest.
 *
 * Limits come from three sides: people set them, the answers' headers tell them, refusals teach them.
 * @module
 */
import type { QuotaReading } from "../../providers/read-limits";
import type { QuotaRefusal } from "../../providers/types";
import { LearnedLimit } from "../learn/learned-limit";
import type { SharedLimitPrior } from "../learn/shared-limit-prior";
import type { KnownLimit, QuotaLimits } from "../types";
import { DailyQuota } from "./daily-quota";
import { HeaderQuota } from "./header-quota";
import { type Limit, NO_ENTRY } from "./limit";
import {
  afterAnswer,
  afterRefusal,
  afterSend,
  afterUnexplained,
  endOf,
  HALF_OPEN_MS,
  NO_REST,
  prolonged,
} from "./rest";
import { SlidingWindowLog } from "./sliding-window-log";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const NO_LIMITS: QuotaLimits = { rpm: null, tpm: null, dailyRequests: null };
const NONE: readonly Limit[] = [];

/** A cost that a limit holds. */
interface Taken {
  readonly limit: Limit;
  readonly entry: number;
  readonly cost: number;
}

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
  /** What it took of the limits that people set; null for nothing. */
  readonly taken: readonly Taken[] | null;
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
  /** True where only the timing was wrong: the refusal was expected, or sent before an earlier one was known. */
  readonly isExpected: boolean;
}

export class RateLimiter {
  readonly #learned: LearnedLimit;
  /** What people set. */
  #set = NONE;
  /** What answers told, by the name of the reading; null while nothing was. */
  #reported: Map<string, Limit> | null = null;
  #rest = NO_REST;
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
    const set: Limit[] = [];
    this.#learned.log.least = rpm ?? 0;
    if (rpm !== null) {
      set.push(new SlidingWindowLog("requests", rpm, MINUTE_MS, this.#learned.log));
    }
    if (tpm !== null) {
      const known = this.#set.find(({ unit }) => unit === "tokens");
      const isSame = known instanceof SlidingWindowLog && known.limit === tpm;
      set.push(isSame ? known : new SlidingWindowLog("tokens", tpm, MINUTE_MS));
    }
    if (dailyRequests !== null) {
      const known = this.#set.find((limit) => limit instanceof DailyQuota);
      const day = known ?? new DailyQuota(dailyRequests, nextMidnightMs, nowMs);
      day.limit = dailyRequests;
      day.noteUsed(usedToday, nowMs);
      set.push(day);
    }
    // A copy is no longer than it must be: many keys have one.
    this.#set = set.length === 0 ? NONE : set.slice();
  }

  /** What it keeps to, for people. */
  knownLimits(nowMs: number): readonly KnownLimit[] {
    const known = (limit: Limit, source: KnownLimit["source"]): KnownLimit[] => {
      const size = limit.size(nowMs);
      if (size === null) return [];
      const left = Math.max(0, limit.left(nowMs));
      return [{ unit: limit.unit, source, limit: size.limit, windowMs: size.windowMs, left }];
    };
    return [
      ...this.#set.flatMap((limit) => known(limit, "set")),
      ...[...(this.#reported?.values() ?? [])].flatMap((limit) => known(limit, "told")),
      ...known(this.#learned, "learnt").map((limit) => ({
        ...limit,
        learntFrom: this.#learned.origin,
        isProbed: this.#rest.probe !== null,
      })),
    ];
  }

  /** When one more request may go: epoch milliseconds, 0 for now. */
  earliestMs(tokens: number, nowMs: number): number {
    const { guessUntilMs } = this.#rest;
    return Math.max(
      this.#hardMs(tokens, nowMs),
      guessUntilMs > nowMs ? guessUntilMs : 0,
      this.#learned.earliestMs(1, nowMs),
    );
  }

  /** When what people set allows one more request: epoch milliseconds, 0 for now. */
  allowedMs(tokens: number, nowMs: number): number {
    let allowedMs = 0;
    for (const limit of this.#set) {
      allowedMs = Math.max(allowedMs, limit.earliestMs(costAt(limit, tokens), nowMs));
    }
    return allowedMs;
  }

  /** Whether only a guess, or what was learned, holds the next request back: it may go sooner as a probe. */
  isHeldByGuess(tokens: number, nowMs: number): boolean {
    return this.#rest.guessUntilMs > nowMs && this.#hardMs(tokens, nowMs) === 0;
  }

  /** Whether only experience holds the next request back, so that one beyond it may test whether that still holds. */
  mayProbe(tokens: number, nowMs: number): boolean {
    return (
      this.#hardMs(tokens, nowMs) === 0 &&
      this.#rest.probe === null &&
      // Shortly before its time a request comes through because the window is about to move on.
      this.#learned.isFull(nowMs)
    );
  }

  /** Notes a send. */
  take(tokens: number, nowMs: number, isProbe = false): Sent {
    this.#learned.take(1, nowMs);
    let taken: Taken[] | null = null;
    for (const limit of this.#set) {
      const cost = costAt(limit, tokens);
      const entry = limit.take(cost, nowMs);
      if (entry === NO_ENTRY) continue;
      taken ??= [];
      taken.push({ limit, entry, cost });
    }
    if (this.#reported !== null) {
      for (const limit of this.#reported.values()) limit.take(costAt(limit, tokens), nowMs);
    }
    this.#rest = afterSend(this.#rest, nowMs);
    this.#requestsSoFar += 1;
    this.#tokensSoFar += tokens;
    const [requestsSoFar, tokensSoFar] = [this.#requestsSoFar, this.#tokensSoFar];
    return { atMs: nowMs, tokens, isProbe, requestsSoFar, tokensSoFar, taken };
  }

  /** Rests the domain. After a rest that nobody foresaw, the first request goes alone. */
  rest(untilMs: number): void {
    this.#rest = prolonged(this.#rest, untilMs, false);
  }

  /** Takes note that somebody else was refused, and told to come back then. */
  hear(untilMs: number): void {
    if (untilMs <= this.#rest.untilMs) return;
    this.#learned.heard(untilMs);
    this.rest(untilMs);
  }

  /** Ends a rest: a person said so. */
  wake(): void {
    this.#rest = { ...this.#rest, untilMs: 0, guessUntilMs: 0, probe: null };
  }

  /** Forgets rests, and all that answers told and refusals taught: a person said so. What people set holds. */
  forget(): void {
    this.#rest = NO_REST;
    this.#learned.forget();
    this.#reported = null;
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
    const before = this.#rest;
    this.#rest = afterAnswer(before, sent.atMs);
    return this.#rest !== before;
  }

  /**
   * Takes note of a refusal for lack of quota, which costs nothing of what people set.
   * @param rest As the answer says; what was learned may say better.
   */
  refuse(sent: Sent, refusal: QuotaRefusal, rest: RefusedRest, nowMs: number): Lesson {
    this.#learned.takeBack();
    for (const { limit, entry, cost } of sent.taken ?? []) limit.refund(entry, cost);
    const isRepeated = sent.atMs <= this.#rest.refusedAtMs;
    const { backMs, isForeseen } = this.#learn(sent, refusal, rest.untilMs, isRepeated, nowMs);
    const isGuess = backMs === null && rest.isGuess;
    let untilMs = backMs ?? rest.untilMs;
    if (isGuess) {
      const guess = afterUnexplained(this.#rest, untilMs - nowMs, isRepeated, nowMs);
      this.#rest = guess.rest;
      untilMs = guess.untilMs;
    } else {
      this.#rest = afterRefusal(this.#rest, untilMs, isForeseen, nowMs);
    }
    const { unexplained, unexplainedSinceMs } = this.#rest;
    const isExpected = isForeseen || isRepeated;
    return { untilMs, isGuess, unexplained, unexplainedSinceMs, isExpected };
  }

  /** An answer came to so many tokens: a limit of tokens that people set counts them in place of the estimate. */
  used({ taken }: Sent, tokens: number, nowMs: number): void {
    for (const { limit, entry, cost } of taken ?? []) {
      if (limit.unit !== "tokens") continue;
      if (tokens > cost) limit.take(tokens - cost, nowMs);
      else limit.refund(entry, cost - tokens);
    }
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
    const { probe, untilMs: restUntilMs } = this.#rest;
    const probedMs = typeof probe === "number" ? probe : 0;
    const halfOpenMs = Math.max(restUntilMs, probedMs) + HALF_OPEN_MS / 2;
    if (probe !== null && untilMs < halfOpenMs) return 1;
    let room = this.#learned.leftBy(untilMs, nowMs);
    for (const limit of this.#set) {
      if (limit instanceof SlidingWindowLog && limit.unit === "requests") {
        room = Math.min(room, limit.leftBy(untilMs, nowMs));
      }
    }
    // Without a known limit a rest may end for all who wait; after a refusal that nobody explained, for one.
    if (room === Number.POSITIVE_INFINITY) return this.#rest.unexplained > 0 ? 1 : room;
    return Math.max(1, room);
  }

  /** Requests a millisecond that the believed limit allows; null where none is known. */
  ratePerMs(nowMs: number): number | null {
    let perMs = this.#learned.perMs(nowMs);
    for (const limit of [...this.#set, ...(this.#reported?.values() ?? [])]) {
      if (limit.unit === "requests") perMs = Math.min(perMs, limit.perMs(nowMs));
    }
    return perMs === Number.POSITIVE_INFINITY ? null : perMs;
  }

  /** What was told or set: until then nothing may go, not even a probe. */
  #hardMs(tokens: number, nowMs: number): number {
    let hardMs = Math.max(this.#restedMs(nowMs), this.allowedMs(tokens, nowMs));
    if (this.#reported === null) return hardMs;
    for (const limit of this.#reported.values()) {
      hardMs = Math.max(hardMs, limit.earliestMs(costAt(limit, tokens), nowMs));
    }
    return hardMs;
  }

  #restedMs(nowMs: number): number {
    const endMs = endOf(this.#rest, nowMs);
    const isOver = endMs === 0 && typeof this.#rest.probe === "number";
    if (isOver) this.#rest = { ...this.#rest, probe: null };
    return endMs;
  }

  /** @returns When to send again, null where nothing says so; and whether only the timing was wrong. */
  #learn(
    sent: Sent,
    refusal: QuotaRefusal,
    resetMs: number,
    isRepeated: boolean,
    nowMs: number,
  ): { readonly backMs: number | null; readonly isForeseen: boolean } {
    const { unit, span, limit, retryAtMs } = refusal;
    if (span === "day") {
      if (limit !== null && limit !== 0) {
        const reading = { name: `told ${unit}/day`, unit, limit, remaining: 0 };
        this.#read({ ...reading, resetMs, refillMs: null }, 0, nowMs);
      }
      return { backMs: resetMs, isForeseen: sent.isProbe };
    }
    if (unit === "tokens") {
      if (limit !== null && limit > 0) this.#learnTokens(limit);
      return { backMs: retryAtMs, isForeseen: sent.isProbe };
    }
    const { backMs, isEarly } = this.#learned.refused(sent, refusal, isRepeated, nowMs);
    return { backMs, isForeseen: sent.isProbe || isEarly };
  }

  #learnTokens(limit: number): void {
    const name = "told tokens/minute";
    const known = this.#reported?.get(name);
    if (known instanceof SlidingWindowLog && known.limit === limit) return;
    this.#reported ??= new Map();
    this.#reported.set(name, new SlidingWindowLog("tokens", limit, MINUTE_MS));
  }

  #read(reading: QuotaReading, sinceSent: number, nowMs: number): void {
    const known = this.#reported?.get(reading.name);
    const isDay = reading.name.endsWith("/day");
    const quota =
      known instanceof HeaderQuota ? known : new HeaderQuota(reading.unit, isDay ? DAY_MS : null);
    this.#reported ??= new Map();
    this.#reported.set(reading.name, quota);
    quota.read(reading, sinceSent, nowMs);
  }
}

function costAt({ unit }: Limit, tokens: number): number {
  return unit === "tokens" ? tokens : 1;
}
