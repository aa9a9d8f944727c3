/**
 * When one quota domain may send to one model: a list of limits, of which the strictest applies, and a cooldown.
 *
 * Limits have three sources: people configure them, response headers report them, rejections teach them.
 *
 * Every key has one of these. Its private methods are private in TypeScript only: a `#` method would cost each
 * instance eight bytes.
 * @module
 */
import type { QuotaReading } from "../../providers/answers/read-limits";
import type { QuotaRefusal } from "../../providers/types";
import { LearnedLimit } from "../learn/learned-limit";
import type { SharedLimitPrior } from "../learn/shared-limit-prior";
import type { PeerUse } from "../peers/peer-use";
import type { KnownLimit, QuotaLimits } from "../types";
import { DailyQuota } from "./daily-quota";
import { knownLimits } from "./known-limits";
import type { Lesson, WantedCooldown } from "./lesson";
import { costAt, earliestOf, NO_ENTRY } from "./limit";
import {
  afterAnswer,
  afterRefusal,
  afterSend,
  afterUnexplained,
  afterWindow,
  endOf,
  HALF_OPEN_MS,
  NO_COOLDOWN,
  prolonged,
} from "./quota-cooldown";
import { ReportedQuotas } from "./reported-quotas";
import type { SendLog } from "./send-log";
import type { Sent, Taken } from "./sent";
import { NO_SET_LIMITS, setLimits } from "./set-limits";
import { SlidingWindowLog } from "./sliding-window-log";

export class RateLimiter {
  readonly #learned: LearnedLimit;
  /** Configured limits. */
  #set = NO_SET_LIMITS;
  /** Reported limits; null if none was reported. */
  #reported: ReportedQuotas | null = null;
  #cooldown = NO_COOLDOWN;
  #requestsSoFar = 0;
  #tokensSoFar = 0;

  constructor(prior: SharedLimitPrior) {
    this.#learned = new LearnedLimit(prior);
  }

  /**
   * Sets the configured limits; null for none. What was counted against them keeps counting.
   * @param usedToday The least that was used of the provider's day.
   * @param nextMidnightMs The end of the day that contains a time.
   */
  setLimits(
    limits: QuotaLimits | null,
    usedToday: number,
    nextMidnightMs: (nowMs: number) => number,
    nowMs: number,
  ): void {
    this.#set = setLimits(this.#set, limits, this.#learned.log, usedToday, nextMidnightMs, nowMs);
  }

  /** The limits that apply, shown to people. */
  knownLimits(nowMs: number): readonly KnownLimit[] {
    return knownLimits(
      this.#set,
      this.#reported,
      this.#learned,
      this.#cooldown.probe !== null,
      nowMs,
    );
  }

  /** When one more request may be sent: epoch milliseconds, 0 for now. */
  earliestMs(tokens: number, nowMs: number): number {
    const { guessUntilMs } = this.#cooldown;
    return Math.max(
      this.hardMs(tokens, nowMs),
      guessUntilMs > nowMs ? guessUntilMs : 0,
      this.#learned.earliestMs(1, nowMs),
    );
  }

  /** When the configured limits allow one more request: epoch milliseconds, 0 for now. */
  allowedMs(tokens: number, nowMs: number): number {
    return earliestOf(this.#set, tokens, nowMs);
  }

  /**
   * Whether only a guess, or another isolate's turn, holds the next request back: it may be sent earlier as a probe.
   */
  isHeldByGuess(tokens: number, nowMs: number): boolean {
    const isGuess = this.#cooldown.guessUntilMs > nowMs || this.#learned.isHeldByTurn(nowMs);
    return isGuess && this.hardMs(tokens, nowMs) === 0;
  }

  /** Whether that guess is the window of a quota that a rejection named: the longest that it can take. */
  isHeldByWindow(nowMs: number): boolean {
    const { guessUntilMs, unexplained } = this.#cooldown;
    return guessUntilMs > nowMs && unexplained === 0;
  }

  /** Whether only a learned limit holds the next request back, so that a probe may test whether it still applies. */
  mayProbe(tokens: number, nowMs: number): boolean {
    return (
      this.hardMs(tokens, nowMs) === 0 &&
      this.#cooldown.probe === null &&
      // Shortly before its time, a request is accepted because the window is about to move on, which proves nothing.
      this.#learned.isFull(nowMs)
    );
  }

  /** Records a send. */
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
    this.#reported?.take(tokens, nowMs);
    this.#cooldown = afterSend(this.#cooldown, nowMs);
    this.#requestsSoFar += 1;
    this.#tokensSoFar += tokens;
    const [requestsSoFar, tokensSoFar] = [this.#requestsSoFar, this.#tokensSoFar];
    return { atMs: nowMs, tokens, isProbe, requestsSoFar, tokensSoFar, taken };
  }

  /** Puts the domain into cooldown. After an unexpected one, the first request is sent alone. */
  cool(untilMs: number): void {
    this.#cooldown = prolonged(this.#cooldown, untilMs, false);
  }

  /** Records that another isolate was rejected until `untilMs`. */
  peerRefused(untilMs: number, nowMs: number): void {
    if (untilMs <= this.#cooldown.untilMs) return;
    this.#learned.peerRefused(untilMs, nowMs);
    this.cool(untilMs);
  }

  /** Ends a cooldown at a person's request. */
  wake(): void {
    this.#cooldown = { ...this.#cooldown, untilMs: 0, guessUntilMs: 0, probe: null };
  }

  /** Discards cooldowns and all reported and learned limits, at a person's request. Configured limits stay. */
  forget(): void {
    this.#cooldown = NO_COOLDOWN;
    this.#learned.forget();
    this.#reported = null;
  }

  /**
   * Records a response that isn't a rejection for lack of quota.
   * @param readings As of the time the request was sent: the provider made them when it arrived, not when it responded.
   * @returns Whether more may be sent now than before.
   */
  succeed(sent: Sent, readings: readonly QuotaReading[]): boolean {
    for (const reading of readings) {
      const [soFar, then] =
        reading.unit === "tokens"
          ? [this.#tokensSoFar, sent.tokensSoFar]
          : [this.#requestsSoFar, sent.requestsSoFar];
      this.#reported ??= new ReportedQuotas();
      this.#reported.read(reading, soFar - then, sent.atMs);
      if (this.#learned.log.peers !== null) this.#reported.countPeers(this.#learned.log.peers);
    }
    this.#learned.letIn(sent.atMs);
    const before = this.#cooldown;
    this.#cooldown = afterAnswer(before, sent.atMs);
    return this.#cooldown !== before;
  }

  /**
   * Records a rejection for lack of quota, which doesn't count against configured limits.
   * @param wanted What the response says; what was learned may be more precise.
   */
  refuse(sent: Sent, refusal: QuotaRefusal, wanted: WantedCooldown, nowMs: number): Lesson {
    this.#learned.takeBack();
    for (const { limit, entry, cost } of sent.taken ?? []) limit.refund(entry, cost);
    const isRepeated = sent.atMs <= this.#cooldown.refusedAtMs;
    const { backMs, isForeseen } = this.learn(sent, refusal, wanted.untilMs, isRepeated, nowMs);
    const isWindow = backMs === null && wanted.isWindow === true;
    const isGuess = backMs === null && wanted.isGuess;
    let untilMs = backMs ?? wanted.untilMs;
    if (isGuess) {
      const guess = afterUnexplained(this.#cooldown, untilMs - nowMs, isRepeated, nowMs);
      this.#cooldown = guess.cooldown;
      untilMs = guess.untilMs;
    } else if (isWindow) {
      this.#cooldown = afterWindow(this.#cooldown, untilMs, nowMs);
    } else {
      this.#cooldown = afterRefusal(this.#cooldown, untilMs, isForeseen, nowMs);
    }
    const { unexplained, unexplainedSinceMs } = this.#cooldown;
    const isExpected = isForeseen || isRepeated;
    return { untilMs, isGuess: isGuess || isWindow, unexplained, unexplainedSinceMs, isExpected };
  }

  /** Records the actual tokens of a request; configured token limits count these instead of the estimate. */
  used({ taken }: Sent, tokens: number, nowMs: number): void {
    for (const { limit, entry, cost } of taken ?? []) {
      if (limit.unit !== "tokens") continue;
      if (tokens > cost) limit.take(tokens - cost, nowMs);
      else limit.refund(entry, cost - tokens);
    }
  }

  /** The log of tokens that count against a limit, for reports to other isolates; null if there is none. */
  get tokenLog(): SendLog | null {
    for (const limit of this.windows()) if (limit.unit === "tokens") return limit.log;
    return null;
  }

  /** From now on, counts what other isolates sent. */
  countPeers(requests: PeerUse, tokens: PeerUse): void {
    this.#learned.log.peers = requests;
    for (const limit of this.windows()) if (limit.unit === "tokens") limit.log.peers = tokens;
    for (const limit of this.#set) if (limit instanceof DailyQuota) limit.peers = requests;
    this.#reported?.countPeers(requests);
  }

  private *windows(): Generator<SlidingWindowLog, void> {
    for (const limit of [...this.#set, ...(this.#reported?.values() ?? [])]) {
      if (limit instanceof SlidingWindowLog) yield limit;
    }
  }

  get learned(): LearnedLimit {
    return this.#learned;
  }

  /** All requests it ever sent. */
  get requestsSoFar(): number {
    return this.#requestsSoFar;
  }

  /**
   * How many requests could be sent by a time, at least; at least one, because only domains whose cooldown ends by then
   * are asked.
   */
  slotsUntil(untilMs: number, nowMs: number): number {
    const { guessUntilMs, probe, untilMs: cooldownUntilMs } = this.#cooldown;
    const probedMs = typeof probe === "number" ? probe : 0;
    const halfOpenMs = Math.max(cooldownUntilMs, guessUntilMs, probedMs) + HALF_OPEN_MS / 2;
    if (probe !== null && untilMs < halfOpenMs) return 1;
    let room = this.#learned.leftBy(untilMs, nowMs);
    for (const limit of this.#set) {
      if (limit instanceof SlidingWindowLog && limit.unit === "requests") {
        room = Math.min(room, limit.leftBy(untilMs, nowMs));
      }
    }
    // Without a known limit, the end of a cooldown may release all waiting requests; after an unexplained rejection,
    // one.
    if (room === Number.POSITIVE_INFINITY) return this.#cooldown.unexplained > 0 ? 1 : room;
    return Math.max(1, room);
  }

  /** Requests per millisecond that the known limits allow; null if unknown. */
  ratePerMs(nowMs: number): number | null {
    let perMs = this.#learned.perMs(nowMs);
    for (const limit of [...this.#set, ...(this.#reported?.values() ?? [])]) {
      if (limit.unit === "requests") perMs = Math.min(perMs, limit.perMs(nowMs));
    }
    return perMs === Number.POSITIVE_INFINITY ? null : perMs;
  }

  /** When reported and configured limits allow a request: until then not even a probe may be sent. */
  private hardMs(tokens: number, nowMs: number): number {
    return Math.max(
      this.cooledUntilMs(nowMs),
      this.allowedMs(tokens, nowMs),
      this.#reported?.earliestMs(tokens, nowMs) ?? 0,
    );
  }

  private cooledUntilMs(nowMs: number): number {
    const endMs = endOf(this.#cooldown, nowMs);
    const isOver = endMs === 0 && typeof this.#cooldown.probe === "number";
    if (isOver) this.#cooldown = { ...this.#cooldown, probe: null };
    return endMs;
  }

  /** @returns When to send again, null if unknown; and whether only the timing was wrong. */
  private learn(
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
        this.#reported ??= new ReportedQuotas();
        this.#reported.read({ ...reading, resetMs, refillMs: null }, 0, nowMs);
      }
      return { backMs: resetMs, isForeseen: sent.isProbe };
    }
    if (unit === "tokens") {
      if (limit !== null && limit > 0) {
        this.#reported ??= new ReportedQuotas();
        this.#reported.readTokensPerMinute(limit);
      }
      return { backMs: retryAtMs, isForeseen: sent.isProbe };
    }
    if (this.#learned.log.peers !== null && this.#reported?.countsRequests === true) {
      // Responses report what is left: this rejection only shows that others were faster.
      return { backMs: retryAtMs, isForeseen: true };
    }
    const { backMs, isEarly } = this.#learned.refused(sent, refusal, isRepeated, nowMs);
    return { backMs, isForeseen: sent.isProbe || isEarly };
  }
}
