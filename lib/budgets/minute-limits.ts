/**
 * How many requests and tokens one holder may use per minute.
 *
 * A request takes the most tokens that it can use before it is sent, and gives back what its response didn't use. While
 * others are in progress, it waits for what they may give back; with nothing in progress, there must be room for what
 * it certainly uses, or for the largest of the recent responses.
 * @module
 */
import { SlidingWindowLog } from "../pool/limits/sliding-window-log";
import {
  type Estimate,
  firstOf,
  type LimitCheck,
  type LimitRefusal,
  type TokenLimits,
} from "./limit-holder";
import type { LimitUse } from "./limit-use";
import { leaseRefusal, leaseTurn, type SharedLimit, sharedUse } from "./shared-limit";

const MINUTE_MS = 60_000;

/** Tokens that a request took from a per-minute limit before it was sent. */
export interface TakenTokens {
  readonly log: SlidingWindowLog;
  /** As returned by `SlidingWindowLog.take`. */
  readonly entryMs: number;
  readonly tokens: number;
}

type MinuteLimit = "rpm" | "tpm";

/** Requests in progress hold what is needed, and may give it back. */
const HELD = -1;

export class MinuteLimits {
  readonly #logs: Record<MinuteLimit, SlidingWindowLog | null> = { rpm: null, tpm: null };
  readonly #shared: Readonly<Record<MinuteLimit, SharedLimit>>;
  readonly #answers = new LastAnswers();
  /** For requests in progress. */
  readonly #held = new Set<TakenTokens>();

  /** @param underWay How many of the holder's requests are in progress. */
  constructor(holderId: string, underWay: () => number) {
    const shared = (limit: MinuteLimit) => {
      const used = (nowMs: number) => {
        const log = this.#logs[limit];
        return log === null ? 0 : log.limit - log.left(nowMs);
      };
      const mayReturn = (nowMs: number) => {
        const { tpm } = this.#logs;
        return limit === "tpm" && tpm !== null ? this.#heldTokens(tpm, nowMs) : 0;
      };
      return sharedUse(holderId, `${holderId} ${limit}`, MINUTE_MS, used, underWay, mayReturn);
    };
    this.#shared = { rpm: shared("rpm"), tpm: shared("tpm") };
  }

  /** Null if the request may go. */
  refusal({ rpm, tpm }: TokenLimits, check: LimitCheck): LimitRefusal | null {
    const { estimate, nowMs } = check;
    this.#logs.rpm = logFor("requests", rpm, this.#logs.rpm);
    this.#logs.tpm = logFor("tokens", tpm, this.#logs.tpm);
    const requestAtMs = this.#logs.rpm?.earliestMs(1, nowMs) ?? 0;
    if (requestAtMs > nowMs) return { kind: "full", limit: "rpm", retryAtMs: requestAtMs };
    const tokensAtMs = this.#tokensAtMs(estimate, nowMs);
    if (tokensAtMs > nowMs) return { kind: "full", limit: "tpm", retryAtMs: tokensAtMs };
    const byRequests = this.#leaseRefusal("rpm", check);
    if (byRequests?.kind === "full") return byRequests;
    const byTokens = this.#leaseRefusal("tpm", check);
    if (byTokens?.kind === "full") return byTokens;
    const held: LimitRefusal | null = tokensAtMs === HELD ? { kind: "wait", limit: "tpm" } : null;
    return firstOf(firstOf(held, byRequests), byTokens);
  }

  /** How much of this minute is used by what this isolate has served. */
  use(limits: TokenLimits, nowMs: number): LimitUse[] {
    return (["rpm", "tpm"] as const).flatMap((limit) => {
      const most = limits[limit];
      if (most === null) return [];
      const log = this.#logs[limit];
      if (log === null || log.limit !== most) {
        return [{ limit, most, used: 0, held: 0, renewsAtMs: null }];
      }
      const held = limit === "tpm" ? this.#heldTokens(log, nowMs) : 0;
      const used = most - log.left(nowMs) - held;
      return [{ limit, most, used, held, renewsAtMs: firstToLeaveMs(log, nowMs) }];
    });
  }

  /** @returns Null if there is no token limit. */
  take(estimate: Estimate, nowMs: number): TakenTokens | null {
    this.#logs.rpm?.take(1, nowMs);
    const log = this.#logs.tpm;
    if (log === null) return null;
    // At most what is left: an estimate doesn't overfill a minute.
    const tokens = Math.min(estimate.tokens, log.left(nowMs));
    const taken = { log, tokens, entryMs: log.take(tokens, nowMs) };
    this.#held.add(taken);
    return taken;
  }

  /** The request is over, or was lost: it won't give anything back itself any more. */
  release(taken: TakenTokens): void {
    this.#held.delete(taken);
  }

  /** Replaces what the request took by what it used. */
  settle(taken: TakenTokens | null, tokens: number, nowMs: number): void {
    this.#answers.add(tokens);
    if (taken === null) return;
    const more = tokens - taken.tokens;
    if (more > 0) taken.log.take(more, nowMs);
    else taken.log.refund(taken.entryMs, -more);
  }

  #leaseRefusal(limit: MinuteLimit, check: LimitCheck): LimitRefusal | null {
    const log = this.#logs[limit];
    if (log === null) return null;
    const { estimate, nowMs } = check;
    const shared = this.#shared[limit];
    const amount = limit === "rpm" ? 1 : this.#likelyTokens(estimate, log.limit);
    const turn = leaseTurn(shared, log.limit, amount, check);
    // An isolate that has seen no response doesn't know how much of the estimate is needed.
    const isGuess = limit === "tpm" && this.#answers.largest === null;
    const mayBeUnneeded = isGuess ? amount - Math.max(1, estimate.leastTokens ?? 0) : 0;
    if (turn.kind === "short" && turn.missing > mayBeUnneeded) {
      return { kind: "full", limit, retryAtMs: firstToLeaveMs(log, nowMs) ?? turn.retryAtMs };
    }
    return leaseRefusal(limit, shared, turn);
  }

  /** When there is room for a request's tokens: 0 for now, `HELD` for when others are settled, otherwise epoch ms. */
  #tokensAtMs(estimate: Estimate, nowMs: number): number {
    const log = this.#logs.tpm;
    if (log === null) return 0;
    const left = log.left(nowMs);
    if (left >= Math.min(log.limit, estimate.tokens)) return 0;
    const needed = this.#likelyTokens(estimate, log.limit);
    const held = this.#heldTokens(log, nowMs);
    if (left + held < needed) return log.earliestMs(needed, nowMs);
    return held > 0 ? HELD : 0;
  }

  /** The tokens for which a request needs room, as far as its own isolate knows. */
  #likelyTokens({ tokens, leastTokens = 0 }: Estimate, most: number): number {
    const likely = Math.min(tokens, this.#answers.largest ?? tokens);
    return Math.max(1, Math.min(most, Math.max(likely, leastTokens)));
  }

  /** The minute's tokens that requests in progress may still give back. */
  #heldTokens(log: SlidingWindowLog, nowMs: number): number {
    let held = 0;
    for (const taken of this.#held) {
      if (taken.log === log && taken.entryMs > nowMs - log.windowMs) held += taken.tokens;
    }
    return held;
  }
}

/** This many recent responses show what the next one may use. */
const LAST_ANSWERS = 16;

/** The tokens that recent requests used. */
class LastAnswers {
  readonly #tokens: number[] = [];
  #next = 0;

  add(tokens: number): void {
    this.#tokens[this.#next] = tokens;
    this.#next = (this.#next + 1) % LAST_ANSWERS;
  }

  /** Null before the first. */
  get largest(): number | null {
    return this.#tokens.length === 0 ? null : Math.max(...this.#tokens);
  }
}

function logFor(
  unit: "requests" | "tokens",
  limit: number | null,
  known: SlidingWindowLog | null,
): SlidingWindowLog | null {
  if (limit === null) return null;
  return known?.limit === limit ? known : new SlidingWindowLog(unit, limit, MINUTE_MS);
}

/** When the oldest of this isolate's uses leaves the minute; null if there is none. */
function firstToLeaveMs(log: SlidingWindowLog, nowMs: number): number | null {
  const left = log.left(nowMs);
  return left < log.limit ? log.earliestMs(left + 1, nowMs) : null;
}
