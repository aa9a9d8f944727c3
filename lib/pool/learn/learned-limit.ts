/**
 * What sending and being refused taught about the requests that one quota domain may send to one model.
 *
 * Sends are logged: the one that is as many sends ago as the limit allows must be a whole window old. A
 * refusal teaches the limit (what it says, or as much as had been sent) and the window (from the send that
 * must leave it until the told return). That holds for fixed windows and sliding ones alike. Here is measured
 * what happened; what it teaches is `learn`'s.
 *
 * Where less was sent than is allowed, others use the quota too, such as other isolates of this pool. What
 * was sent from here is then this isolate's part, and one of them that is refused tells it to all: so each
 * keeps to its part, which comes back to it just as it was taken.
 * @module
 */
import type { QuotaRefusal } from "../../providers/types";
import type { Limit, LimitSize } from "../limits/limit";
import { SendLog } from "../limits/send-log";
import { leftBy } from "../limits/sliding-window-log";
import type { PeerUse, TimedAmount } from "../peers/peer-use";
import { hasAmpleRoom, roomAtMs } from "../peers/window-room";
import type { LearntFrom } from "../types";
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

/** While the window is unknown, sends are told apart this finely. */
const UNKNOWN_GRAIN_MS = 25;
/** Sends closer together than this part of a window are remembered as one. */
const GRAINS = 256;
/** So many more than the limit are remembered: of those under way, some may turn out not to count. */
const SPARE = 16;
/** Others are heard of a moment later. */
const LATE_MS = 10_000;
/** What others tell of the same refusal is no news. */
const SAME_MS = 1_000;
/** So many requests, or such a part, others may have sent without having told. */
const UNTOLD = 2;
const UNTOLD_PART = 0.2;

/** What is to be known of a send that was refused. */
interface RefusedSend {
  readonly atMs: number;
  readonly isProbe: boolean;
}

export class LearnedLimit implements Limit {
  /** Of the requests of the last minute. */
  readonly log = new SendLog();
  readonly #prior: SharedLimitPrior;
  #own = NOTHING_LEARNED;
  /** Null while no limit is known: each key has one, and memory is dear. */
  #fixedWindow: FixedWindowEstimate | null = null;

  constructor(prior: SharedLimitPrior) {
    this.#prior = prior;
  }

  get unit(): "requests" {
    return "requests";
  }

  /** Whether others use the quota too. */
  get isPart(): boolean {
    return isPart(this.#knowledge);
  }

  get windowMs(): number {
    return this.#prior.state.windowMs ?? MINUTE_MS;
  }

  /** The believed limit in requests a window; null where none is known. */
  limit(nowMs: number): number | null {
    const { isPart: isShared } = this.#prior.state;
    // The parts of others say little against what came through here.
    if (isShared && this.#own.limit === null) {
      const taken = this.log.since(nowMs - this.windowMs);
      this.#learn({ kind: "outgrown", taken, atMs: nowMs });
    }
    return believedLimit(this.#knowledge, nowMs);
  }

  take(cost: number, nowMs: number): number {
    const { windowMs } = this.#prior.state;
    this.#fixedWindow?.sent(this.#keptOpenMs, nowMs);
    this.log.forgetBefore(nowMs - MINUTE_MS - LATE_MS);
    return this.log.add(nowMs, cost, windowMs === null ? UNKNOWN_GRAIN_MS : windowMs / GRAINS);
  }

  refund(entry: number, cost: number): void {
    this.log.refund(entry, cost);
  }

  /** When one more may be expected to be let in: epoch milliseconds, 0 for now. */
  earliestMs(_cost: number, nowMs: number): number {
    const limit = this.limit(nowMs);
    if (limit === null) return 0;
    const peers = this.#peers;
    if (peers !== null) {
      this.log.keepLast(limit + SPARE);
      return roomAtMs(this.log, peers, limit, this.#keptOpenMs, 1, nowMs);
    }
    this.#fixedWindow ??= new FixedWindowEstimate(this.log);
    this.#fixedWindow.keepTo(isPart(this.#knowledge) ? null : limit, nowMs);
    this.log.keepLast(limit + SPARE);
    const blockerMs = this.log.timeOfLast(limit);
    if (blockerMs === null) return 0;
    const readyMs = this.#presumesFixed(nowMs)
      ? this.#fixedWindow.readyAtMs(this.#keptOpenMs)
      : blockerMs + this.#keptOpenMs;
    return readyMs > nowMs ? readyMs : 0;
  }

  /** Whether no more than another isolate's turn holds one back, so that it may go rather than be refused. */
  isHeldByTurn(nowMs: number): boolean {
    const peers = this.#peers;
    const limit = this.limit(nowMs);
    if (peers === null || limit === null) return false;
    return hasAmpleRoom(this.log, peers, limit, this.#keptOpenMs, nowMs);
  }

  /** Whether one more would be too early by more than requests that overtake each other explain. */
  isFull(nowMs: number): boolean {
    if (isShareable(this.#prior.state) && this.#prior.sharing?.mayProbe(nowMs) === false)
      return false;
    return this.earliestMs(1, nowMs) > nowMs + this.windowMs * MAX_GUARD;
  }

  /** What the limit was learned from. */
  get origin(): LearntFrom {
    if (isPart(this.#knowledge)) return "part";
    if (this.#own.limit === null) return "others";
    return this.#own.limit.isSilent ? "repetition" : "refusal";
  }

  size(nowMs: number): LimitSize | null {
    const limit = this.limit(nowMs);
    return limit === null ? null : { limit, windowMs: this.windowMs };
  }

  left(nowMs: number): number {
    const limit = this.limit(nowMs) ?? Number.POSITIVE_INFINITY;
    return limit - this.log.since(nowMs - this.windowMs) - this.#ofPeers(nowMs);
  }

  /** The limit that a refusal put into numbers, of this domain itself; null for none. */
  get toldLimit(): OwnLimit | null {
    const { limit } = this.#own;
    return limit === null || limit.isPart || limit.isSilent ? null : limit;
  }

  /** Another isolate was told the limit. */
  heardLimit(limit: number, atMs: number): void {
    if (!isShareable(this.#prior.state)) return;
    const own = this.toldLimit;
    if (own !== null && atMs <= own.atMs + SAME_MS) return;
    this.#learn({ kind: "told-elsewhere", limit, atMs });
  }

  /** How many could be sent by a moment; infinite where no limit is known. */
  leftBy(untilMs: number, nowMs: number): number {
    const limit = this.limit(nowMs) ?? Number.POSITIVE_INFINITY;
    return leftBy(this.log, limit, this.#keptOpenMs, untilMs, nowMs);
  }

  perMs(nowMs: number): number {
    const limit = this.limit(nowMs) ?? Number.POSITIVE_INFINITY;
    return Math.max(0, limit - this.#ofPeers(nowMs)) / this.windowMs;
  }

  /**
   * Learns from a refusal.
   * @param isLate Whether the request was sent before an earlier refusal was known.
   * @returns When to send again, null where that is not known; and whether only the timing was wrong.
   */
  refused(
    sent: RefusedSend,
    refusal: QuotaRefusal,
    isLate: boolean,
    nowMs: number,
  ): { readonly backMs: number | null; readonly isEarly: boolean } {
    if (this.#own.isReset) this.#own = NOTHING_LEARNED;
    // A part that was outgrown is none any more.
    this.limit(nowMs);
    const { retryAtMs } = refusal;
    const retryInMs = retryAtMs === null ? null : retryAtMs - nowMs;
    const taken = this.log.since(nowMs - this.windowMs);
    const told = believable(refusal, taken);
    if (told !== null) this.#prior.heardSpan(retryInMs ?? 0);
    const backMs = sent.atMs + (retryInMs ?? 0);
    const shared = told === null ? null : this.#sharedBlocker(told, taken, backMs, nowMs);
    const own = told === null ? null : this.log.timeOfLast(told);
    const blockerMs = shared === null ? own : shared.blockerMs;
    const explains = this.#learn({
      kind: "refused",
      atMs: nowMs,
      sentMs: sent.atMs,
      isProbe: sent.isProbe,
      isLate,
      told,
      retryInMs,
      taken,
      oldestMs: taken === 0 ? null : this.log.timeOfLast(taken),
      blockerMs: blockerMs !== null && blockerMs > nowMs - MINUTE_MS ? blockerMs : null,
      presumedFixed: this.#presumesFixed(nowMs),
      isShared: shared !== null,
    });
    if (explains === "timing") {
      return { backMs: backMs + this.windowMs * GUARD, isEarly: true };
    }
    const isKnown = explains === "limit" || retryInMs !== null;
    return { backMs: isKnown ? this.#backMs(sent.atMs, retryInMs, nowMs) : null, isEarly: false };
  }

  /**
   * Learns from the refusal of another isolate.
   * @param backMs When the other was told to come back.
   */
  heard(backMs: number, nowMs: number): void {
    // What they sent tells more.
    if (this.#isSharing(nowMs)) return;
    const restMs = backMs - (this.log.timeOfLast(1) ?? backMs);
    const taken = this.log.since(backMs - this.windowMs * (1 + 2 * this.#prior.state.guard));
    this.#learn({ kind: "heard", backMs, restMs, taken });
  }

  /** Takes note that a request was let in. */
  letIn(sentMs: number): void {
    if (this.#own.row !== null) this.#learn({ kind: "let-in", sentMs });
  }

  /**
   * So many requests beyond the limit came through within one window.
   * @returns Whether the limit is another now.
   */
  exceeded(by: number, nowMs: number): boolean {
    const before = this.limit(nowMs);
    this.#learn({ kind: "exceeded", by, atMs: nowMs });
    return before !== this.limit(nowMs);
  }

  /** Forgets what was learned, not what was sent. */
  forget(): void {
    this.#fixedWindow = null;
    this.#learn({ kind: "reset" });
  }

  /** Takes back a send that did not count. */
  takeBack(): void {
    this.log.takeBack(1);
  }

  get #knowledge(): Knowledge {
    return { own: this.#own, prior: this.#prior.state };
  }

  #learn(evidence: LimitEvidence): Explains {
    const { own, prior, explains } = learn(this.#knowledge, evidence);
    this.#own = own;
    this.#prior.state = prior;
    return explains;
  }

  /** What others sent of the quota; null where that does not count. */
  get #peers(): PeerUse | null {
    const { peers } = this.log;
    if (peers === null || !isShareable(this.#prior.state)) return null;
    return isPart(this.#knowledge) || isSilent(this.#knowledge) ? null : peers;
  }

  #ofPeers(nowMs: number): number {
    return this.#peers?.within(this.#keptOpenMs, nowMs) ?? 0;
  }

  #isSharing(nowMs: number): boolean {
    return this.#prior.sharing?.isHot(nowMs) === true && isShareable(this.#prior.state);
  }

  /**
   * When the one was sent that has to leave the window before the next may come, by what all isolates sent: null in
   * it where that is not known in full. Null where what others told does not explain the refusal.
   * @param backMs When the next may come.
   */
  #sharedBlocker(
    told: number,
    taken: number,
    backMs: number,
    nowMs: number,
  ): { readonly blockerMs: number | null } | null {
    const { sharing } = this.#prior;
    if (sharing?.isHot(nowMs) !== true) return null;
    const { peers } = this.log;
    let blockerMs: number | null = null;
    if (peers !== null && !sharing.isYoung(nowMs)) {
      const ofPeers = peers.within(this.windowMs, nowMs);
      const untold = Math.max(UNTOLD, told * UNTOLD_PART);
      if (ofPeers === 0 || taken + ofPeers + untold < told) return null;
      const sends = [...this.log.after(nowMs - MINUTE_MS - LATE_MS), ...peers.sends()];
      blockerMs = timeOfLast(told, sends);
      // Some that others sent may be missing: then the window is shorter than it looks.
      if (blockerMs !== null) this.#prior.heardSpan((backMs - blockerMs) / 2);
    }
    return isShareable(this.#prior.state) ? { blockerMs } : null;
  }

  /** How long a send is waited for to leave its window. */
  get #keptOpenMs(): number {
    return this.windowMs * (1 + this.#prior.state.guard);
  }

  /** Where no refusal tells when to come back, trying that out would cost more than it gives. */
  #presumesFixed(nowMs: number): boolean {
    const { slides, windowMs } = this.#prior.state;
    if (slides || windowMs === null) return false;
    return this.#fixedWindow?.isRecent(this.#keptOpenMs, nowMs) ?? false;
  }

  /**
   * When the quota is back, by the provider's word or else by the log. The provider counts from when a
   * request reaches it: from one send to the next, the ways there cancel out.
   */
  #backMs(sentMs: number, retryInMs: number | null, nowMs: number): number | null {
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

/** A told limit, unless more came through than two windows hold: then it is some other quota's. */
function believable({ limit, retryAtMs }: QuotaRefusal, taken: number): number | null {
  if (limit === null || limit === 0) return null;
  return retryAtMs === null && taken > 2 * limit ? null : limit;
}
