/**
 * Learns how many requests one quota domain may send to one model, from what it sent and what was rejected.
 *
 * Every send is logged. With a limit of n, the n-th most recent send must be at least one window old before the next
 * request. A rejection reveals the limit (the number it states, or the number sent so far) and the window (from the
 * send that must expire until the reported retry time). This is correct for fixed and sliding windows. This class
 * measures what happened; `learn` decides what it teaches.
 *
 * A rejection below the limit means that others, such as other isolates of this pool, use the quota too. What this
 * isolate sent is then its share. An isolate that is rejected reports it to the others, and each keeps to its share,
 * which renews at the same times at which it was used.
 *
 * Every key has one of these. Its private methods are private in TypeScript only: a `#` method would cost each
 * instance eight bytes.
 * @module
 */
import type { QuotaRefusal } from "../../providers/types";
import type { Limit, LimitSize } from "../limits/limit";
import { SendLog } from "../limits/send-log";
import { leftBy } from "../limits/sliding-window-log";
import type { PeerUse, TimedAmount } from "../peers/peer-use";
import { hasAmpleRoom, roomAtMs } from "../peers/window-room";
import type { LearnedFrom } from "../types";
import type { LimitEvidence } from "./evidence";
import { FixedWindowEstimate } from "./fixed-window-estimate";
import {
  believedLimit,
  isPart,
  isSilent,
  type Knowledge,
  MINUTE_MS,
  NOTHING_LEARNED,
  type OwnLimit,
} from "./knowledge";
import { learn } from "./learn";
import type { Explains } from "./learning-cases";
import { GUARD, isShareable, MAX_GUARD, type SharedLimitPrior } from "./shared-limit-prior";

/** While the window is unknown, sends this close together are logged as one. */
const UNKNOWN_GRAIN_MS = 25;
/** Sends closer together than this part of a window are logged as one. */
const GRAINS = 256;
/** Sends logged beyond the limit: some of those in progress may turn out not to count. */
const SPARE = 16;
/** Other isolates' reports arrive later by up to this. */
const LATE_MS = 10_000;
/** Reports of the same rejection within this time teach nothing new. */
const SAME_MS = 1_000;
/** The requests, or the part of the limit, that others may have sent without having reported them yet. */
const UNREPORTED = 2;
const UNREPORTED_PART = 0.2;

/** A send that was rejected. */
interface RefusedSend {
  readonly atMs: number;
  readonly isProbe: boolean;
}

export class LearnedLimit implements Limit {
  /** The requests of the last minute. */
  readonly log = new SendLog();
  readonly #prior: SharedLimitPrior;
  #own = NOTHING_LEARNED;
  /** Null until a limit is known: every key has one of these, so it is allocated late to save memory. */
  #fixedWindow: FixedWindowEstimate | null = null;

  constructor(prior: SharedLimitPrior) {
    this.#prior = prior;
  }

  get unit(): "requests" {
    return "requests";
  }

  /** Whether others use the quota too. */
  get isPart(): boolean {
    return isPart(this.knowledge);
  }

  get windowMs(): number {
    return this.#prior.state.windowMs ?? MINUTE_MS;
  }

  /** The limit in requests per window; null if unknown. */
  limit(nowMs: number): number | null {
    const { isPart: isShared } = this.#prior.state;
    // The shares found for others count less than what was accepted here.
    if (isShared && this.#own.limit === null) {
      const taken = this.log.since(nowMs - this.windowMs);
      this.learn({ kind: "outgrown", taken, atMs: nowMs });
    }
    return believedLimit(this.knowledge, nowMs);
  }

  take(cost: number, nowMs: number): number {
    const { windowMs } = this.#prior.state;
    this.#fixedWindow?.sent(this.keptOpenMs, nowMs);
    this.log.forgetBefore(nowMs - MINUTE_MS - LATE_MS);
    return this.log.add(nowMs, cost, windowMs === null ? UNKNOWN_GRAIN_MS : windowMs / GRAINS);
  }

  refund(entry: number, cost: number): void {
    this.log.refund(entry, cost);
  }

  /** When one more request will probably be accepted: epoch milliseconds, 0 for now. */
  earliestMs(_cost: number, nowMs: number): number {
    const limit = this.limit(nowMs);
    if (limit === null) return 0;
    const peers = this.peers;
    if (peers !== null) {
      this.log.keepLast(limit + SPARE);
      return roomAtMs(this.log, peers, limit, this.keptOpenMs, 1, nowMs);
    }
    this.#fixedWindow ??= new FixedWindowEstimate(this.log);
    this.#fixedWindow.keepTo(isPart(this.knowledge) ? null : limit, nowMs);
    this.log.keepLast(limit + SPARE);
    const blockerMs = this.log.timeOfLast(limit);
    if (blockerMs === null) return 0;
    const readyMs = this.presumesFixed(nowMs)
      ? this.#fixedWindow.readyAtMs(this.keptOpenMs)
      : blockerMs + this.keptOpenMs;
    return readyMs > nowMs ? readyMs : 0;
  }

  /**
   * Whether only another isolate's turn holds a request back, so that it may be sent before it would have to be
   * rejected.
   */
  isHeldByTurn(nowMs: number): boolean {
    const peers = this.peers;
    const limit = this.limit(nowMs);
    if (peers === null || limit === null) return false;
    return hasAmpleRoom(this.log, peers, limit, this.keptOpenMs, nowMs);
  }

  /** Whether one more request would be too early by more than reordering on the way can explain. */
  isFull(nowMs: number): boolean {
    if (isShareable(this.#prior.state) && this.#prior.sharing?.mayProbe(nowMs) === false)
      return false;
    return this.earliestMs(1, nowMs) > nowMs + this.windowMs * MAX_GUARD;
  }

  /** What the limit was learned from. */
  get origin(): LearnedFrom {
    if (isPart(this.knowledge)) return "part";
    if (this.#own.limit === null) return "others";
    return this.#own.limit.isSilent ? "repetition" : "refusal";
  }

  size(nowMs: number): LimitSize | null {
    const limit = this.limit(nowMs);
    return limit === null ? null : { limit, windowMs: this.windowMs };
  }

  left(nowMs: number): number {
    const limit = this.limit(nowMs) ?? Number.POSITIVE_INFINITY;
    return limit - this.log.since(nowMs - this.windowMs) - this.ofPeers(nowMs);
  }

  /** The limit that a rejection of this domain itself stated; null for none. */
  get statedLimit(): OwnLimit | null {
    const { limit } = this.#own;
    return limit === null || limit.isPart || limit.isSilent ? null : limit;
  }

  /** Receives a limit that a rejection stated to another isolate. */
  receiveLimit(limit: number, atMs: number): void {
    if (!isShareable(this.#prior.state)) return;
    const own = this.statedLimit;
    if (own !== null && atMs <= own.atMs + SAME_MS) return;
    this.learn({ kind: "peer-stated-limit", limit, atMs });
  }

  /** How many requests could be sent by a time; infinite if no limit is known. */
  leftBy(untilMs: number, nowMs: number): number {
    const limit = this.limit(nowMs) ?? Number.POSITIVE_INFINITY;
    return leftBy(this.log, limit, this.keptOpenMs, untilMs, nowMs);
  }

  perMs(nowMs: number): number {
    const limit = this.limit(nowMs) ?? Number.POSITIVE_INFINITY;
    return Math.max(0, limit - this.ofPeers(nowMs)) / this.windowMs;
  }

  /**
   * Learns from a rejection.
   * @param isLate Whether the request was sent before an earlier rejection was known.
   * @returns When to send again, null if unknown; and whether only the timing was wrong.
   */
  refused(
    sent: RefusedSend,
    refusal: QuotaRefusal,
    isLate: boolean,
    nowMs: number,
  ): { readonly backMs: number | null; readonly isEarly: boolean } {
    if (this.#own.isReset) this.#own = NOTHING_LEARNED;
    // A share that was exceeded no longer applies.
    this.limit(nowMs);
    const { retryAtMs } = refusal;
    const retryInMs = retryAtMs === null ? null : retryAtMs - nowMs;
    const taken = this.log.since(nowMs - this.windowMs);
    const statedLimit = believable(refusal, taken);
    if (statedLimit !== null) this.#prior.raiseLeastSpan(retryInMs ?? 0);
    const backMs = sent.atMs + (retryInMs ?? 0);
    const shared =
      statedLimit === null ? null : this.sharedBlocker(statedLimit, taken, backMs, nowMs);
    const own = statedLimit === null ? null : this.log.timeOfLast(statedLimit);
    const blockerMs = shared === null ? own : shared.blockerMs;
    const explains = this.learn({
      kind: "refused",
      atMs: nowMs,
      sentMs: sent.atMs,
      isProbe: sent.isProbe,
      isLate,
      statedLimit,
      retryInMs,
      taken,
      oldestMs: taken === 0 ? null : this.log.timeOfLast(taken),
      blockerMs: blockerMs !== null && blockerMs > nowMs - MINUTE_MS ? blockerMs : null,
      presumedFixed: this.presumesFixed(nowMs),
      isShared: shared !== null,
    });
    if (explains === "timing") {
      return { backMs: backMs + this.windowMs * GUARD, isEarly: true };
    }
    const isKnown = explains === "limit" || retryInMs !== null;
    return { backMs: isKnown ? this.backMs(sent.atMs, retryInMs, nowMs) : null, isEarly: false };
  }

  /**
   * Learns from another isolate's rejection.
   * @param backMs The reported retry time.
   */
  peerRefused(backMs: number, nowMs: number): void {
    // Their reports say more.
    if (this.isSharing(nowMs)) return;
    const cooldownMs = backMs - (this.log.timeOfLast(1) ?? backMs);
    const taken = this.log.since(backMs - this.windowMs * (1 + 2 * this.#prior.state.guard));
    this.learn({ kind: "peer-refused", backMs, cooldownMs, taken });
  }

  /** Records that a request was accepted. */
  letIn(sentMs: number): void {
    if (this.#own.row !== null) this.learn({ kind: "let-in", sentMs });
  }

  /**
   * Records that `by` requests beyond the limit were accepted within one window.
   * @returns Whether the limit changed.
   */
  exceeded(by: number, nowMs: number): boolean {
    const before = this.limit(nowMs);
    this.learn({ kind: "exceeded", by, atMs: nowMs });
    return before !== this.limit(nowMs);
  }

  /** Forgets what was learned, not what was sent. */
  forget(): void {
    this.#fixedWindow = null;
    this.learn({ kind: "reset" });
  }

  /** Removes a send that didn't count. */
  takeBack(): void {
    this.log.takeBack(1);
  }

  private get knowledge(): Knowledge {
    return { own: this.#own, prior: this.#prior.state };
  }

  private learn(evidence: LimitEvidence): Explains {
    const { own, prior, explains } = learn(this.knowledge, evidence);
    this.#own = own;
    this.#prior.state = prior;
    return explains;
  }

  /** What others sent of the quota; null if that doesn't count. */
  private get peers(): PeerUse | null {
    const { peers } = this.log;
    if (peers === null || !isShareable(this.#prior.state)) return null;
    return isPart(this.knowledge) || isSilent(this.knowledge) ? null : peers;
  }

  private ofPeers(nowMs: number): number {
    return this.peers?.within(this.keptOpenMs, nowMs) ?? 0;
  }

  private isSharing(nowMs: number): boolean {
    return this.#prior.sharing?.isSharing(nowMs) === true && isShareable(this.#prior.state);
  }

  /**
   * When the request was sent that has to leave the window before the next one, according to all isolates' sends;
   * `blockerMs` is null if these aren't known in full. Null if the others' reports don't explain the rejection.
   * @param backMs When the next request may be sent.
   */
  private sharedBlocker(
    statedLimit: number,
    taken: number,
    backMs: number,
    nowMs: number,
  ): { readonly blockerMs: number | null } | null {
    const { sharing } = this.#prior;
    if (sharing?.isSharing(nowMs) !== true) return null;
    const { peers } = this.log;
    let blockerMs: number | null = null;
    if (peers !== null && !sharing.isWarmingUp(nowMs)) {
      const ofPeers = peers.within(this.windowMs, nowMs);
      const unreported = Math.max(UNREPORTED, statedLimit * UNREPORTED_PART);
      if (ofPeers === 0 || taken + ofPeers + unreported < statedLimit) return null;
      const sends = [...this.log.after(nowMs - MINUTE_MS - LATE_MS), ...peers.sends()];
      blockerMs = timeOfLast(statedLimit, sends);
      // Some of the others' sends may be missing: then the window is shorter than it looks.
      if (blockerMs !== null) this.#prior.raiseLeastSpan((backMs - blockerMs) / 2);
    }
    return isShareable(this.#prior.state) ? { blockerMs } : null;
  }

  /** How long a send counts against its window. */
  private get keptOpenMs(): number {
    return this.windowMs * (1 + this.#prior.state.guard);
  }

  /** If rejections report no retry time, probing for a fixed window costs more requests than it gains. */
  private presumesFixed(nowMs: number): boolean {
    const { slides, windowMs } = this.#prior.state;
    if (slides || windowMs === null) return false;
    return this.#fixedWindow?.isRecent(this.keptOpenMs, nowMs) ?? false;
  }

  /**
   * When the quota is available again, according to the provider or else to the log. The provider counts from the
   * arrival of a request; from one send to the next, the delays on the way cancel out.
   */
  private backMs(sentMs: number, retryInMs: number | null, nowMs: number): number | null {
    const guardMs = this.windowMs * this.#prior.state.guard;
    if (retryInMs !== null) return sentMs + retryInMs + guardMs;
    const limit = this.limit(nowMs);
    const firstMs = limit === null ? null : this.log.timeOfLast(limit);
    return firstMs === null ? null : Math.max(nowMs, firstMs + this.windowMs + guardMs);
  }
}

/** When the `amount`-th last unit was sent; null if fewer were. */
function timeOfLast(amount: number, sends: readonly TimedAmount[]): number | null {
  let left = amount;
  for (const [atMs, sent] of sends.toSorted(([a], [b]) => b - a)) {
    left -= sent;
    if (left <= 0) return atMs;
  }
  return null;
}

/** The stated limit, unless more than two windows' worth was accepted: then it belongs to another quota. */
function believable({ limit, retryAtMs }: QuotaRefusal, taken: number): number | null {
  if (limit === null || limit === 0) return null;
  return retryAtMs === null && taken > 2 * limit ? null : limit;
}
