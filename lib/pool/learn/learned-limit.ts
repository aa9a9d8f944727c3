/**
 * What sending and being refused taught about the requests that one quota domain may send to one model.
 *
 * Sends are logged: the one that is as many sends ago as the limit allows must be a whole window old. A
 * refusal teaches the limit (what it says, or as much as had been sent) and the window (from the send that
 * must leave it until the told return). That holds for fixed windows and sliding ones alike.
 *
 * Where less was sent than is allowed, others use the quota too, such as other isolates of this pool. What
 * was sent from here is then this isolate's part, and whoever of them is refused tells it to all: so each
 * keeps to its part, which comes back to it just as it was taken.
 * @module
 */
import type { QuotaRefusal } from "../../providers/types";
import type { Limit, LimitSize } from "../limits/limit";
import { SendLog } from "../limits/send-log";
import { leftBy } from "../limits/sliding-window-log";
import { FixedWindowEstimate } from "./fixed-window-estimate";
import { GUARD, type SharedLimitPrior } from "./shared-limit-prior";
import { isLike, isRepeated, isTaught, nextRow, type RefusalRow } from "./unnumbered-refusals";

const MINUTE_MS = 60_000;

/** What a domain's own refusal taught is believed for this long against what others were found to be allowed. */
const TRUST_MS = 10 * MINUTE_MS;
/** What others leave of a quota changes sooner than the quota. */
const PART_TRUST_MS = 3 * MINUTE_MS;
/** What no refusal put into numbers is believed for this long. */
const SILENT_TRUST_MS = 3 * MINUTE_MS;
/** So many requests beyond it disprove a limit that no refusal put into numbers. */
const DISPROOF = 3;
/** Told by somebody else, a shorter rest may be of a window in which much less was sent. */
const LEAST_REST_MS = 5_000;
const LEAST_UNNUMBERED_REST_MS = 10_000;
/** While the window is unknown, sends are told apart this finely. */
const UNKNOWN_GRAIN_MS = 25;
/** Sends closer together than this part of a window are remembered as one. */
const GRAINS = 256;
/** Minute quotas that others share seldom tell so short a way from one's own first request to the return. */
const SHORT_WINDOW_MS = 10_000;
/** So many more than the limit are remembered: of those under way, some may turn out not to count. */
const SPARE = 16;
/** At most this part, however often a request came too early. */
const MAX_GUARD = 1 / 10;

/** What learned needs to know of a send that was refused. */
interface RefusedSend {
  readonly atMs: number;
  readonly isProbe: boolean;
}

/** What was learned of this domain itself. */
interface OwnLimit {
  readonly limit: number;
  /** Whether others use the quota too. */
  readonly isPart: boolean;
  /** Whether no refusal put it into numbers. */
  readonly isSilent: boolean;
  /** When it was learned, or long before, where it shall be believed for less long. */
  readonly atMs: number;
}

export class LearnedLimit implements Limit {
  readonly unit = "requests";
  /** Of the requests of the last minute. */
  readonly log = new SendLog();
  readonly #prior: SharedLimitPrior;
  /** Null while no limit is known: each key has one, and memory is dear. */
  #fallen: FixedWindowEstimate | null = null;
  #own: OwnLimit | null = null;
  /** A person reset the domain: what others were found to be allowed says nothing until it is refused itself. */
  #isReset = false;
  /** Refusals in a row that told no number. */
  #row: RefusalRow | null = null;

  constructor(prior: SharedLimitPrior) {
    this.#prior = prior;
  }

  get windowMs(): number {
    return this.#prior.windowMs ?? MINUTE_MS;
  }

  /** The believed limit in requests a window; null where none is known. */
  limit(nowMs: number): number | null {
    const usual = this.#isReset ? null : this.#prior.limit;
    if (this.#own === null && usual !== null && this.#prior.isPart) {
      // The parts of others say little against what came through here.
      const taken = this.log.since(nowMs - this.windowMs);
      if (taken > usual) this.#setPart(taken, nowMs);
    }
    if (this.#own === null) return usual;
    const { limit, atMs } = this.#own;
    const isFresh = nowMs - atMs < TRUST_MS && atMs >= this.#prior.raisedMs;
    return usual === null || isFresh ? limit : Math.max(limit, usual);
  }

  take(cost: number, nowMs: number): number {
    const { windowMs } = this.#prior;
    this.#fallen?.sent(this.#keptOpenMs, nowMs);
    this.log.forgetBefore(nowMs - MINUTE_MS);
    return this.log.add(nowMs, cost, windowMs === null ? UNKNOWN_GRAIN_MS : windowMs / GRAINS);
  }

  refund(entry: number, cost: number): void {
    this.log.refund(entry, cost);
  }

  /** When one more may be expected to be let in: epoch milliseconds, 0 for now. */
  earliestMs(_cost: number, nowMs: number): number {
    const limit = this.limit(nowMs);
    if (limit === null) return 0;
    this.#fallen ??= new FixedWindowEstimate(this.log);
    this.#fallen.keepTo(this.#isPart ? null : limit, nowMs);
    this.log.keepLast(limit + SPARE);
    const blockerMs = this.log.timeOfLast(limit);
    if (blockerMs === null) return 0;
    const readyMs = this.#mayLeaveAtOnce(nowMs)
      ? this.#fallen.readyAtMs(this.#keptOpenMs)
      : blockerMs + this.#keptOpenMs;
    return readyMs > nowMs ? readyMs : 0;
  }

  /** How long a send is waited for to leave its window. */
  get #keptOpenMs(): number {
    return this.windowMs * (1 + this.#prior.guard);
  }

  get #isSilent(): boolean {
    return this.#own?.isSilent ?? this.#prior.isSilent;
  }

  get #isPart(): boolean {
    return this.#own?.isPart ?? this.#prior.isPart;
  }

  /** Where no refusal tells when to come back, trying that out would cost more than it gives. */
  #mayLeaveAtOnce(nowMs: number): boolean {
    const { slides, windowMs } = this.#prior;
    if (slides || windowMs === null) return false;
    return this.#fallen?.isRecent(this.#keptOpenMs, nowMs) ?? false;
  }

  /** Whether one more would be too early by more than requests that overtake each other explain. */
  isFull(nowMs: number): boolean {
    return this.earliestMs(1, nowMs) > nowMs + this.windowMs * MAX_GUARD;
  }

  size(nowMs: number): LimitSize | null {
    const limit = this.limit(nowMs);
    return limit === null ? null : { limit, windowMs: this.windowMs };
  }

  left(nowMs: number): number {
    const limit = this.limit(nowMs) ?? Number.POSITIVE_INFINITY;
    return limit - this.log.since(nowMs - this.windowMs);
  }

  /** How many could be sent by a moment; infinite where no limit is known. */
  leftBy(untilMs: number, nowMs: number): number {
    const limit = this.limit(nowMs) ?? Number.POSITIVE_INFINITY;
    return leftBy(this.log, limit, this.#keptOpenMs, untilMs, nowMs);
  }

  perMs(nowMs: number): number {
    return (this.limit(nowMs) ?? Number.POSITIVE_INFINITY) / this.windowMs;
  }

  /**
   * So many requests beyond the limit came through within one window: more than fit any two windows raise it
   * for all. Of a part they only show that the others leave more here.
   */
  exceeded(by: number, nowMs: number): boolean {
    const limit = this.limit(nowMs);
    if (limit === null) return false;
    if (this.#isSilent && by >= DISPROOF) {
      this.#own = null;
      this.#prior.disprove();
      return true;
    }
    if (by <= limit) return false;
    if (this.#isPart) {
      this.#setPart(limit + by, nowMs);
      return true;
    }
    this.#setOwn(limit + by, nowMs);
    this.#prior.raise(limit + by, nowMs);
    return true;
  }

  /**
   * Learns from a refusal.
   * @param isRepeated Whether the request was sent before an earlier refusal was known.
   * @returns When to send again, null where that is not known; and whether only the timing was wrong.
   */
  refused(
    sent: RefusedSend,
    refusal: QuotaRefusal,
    isRepeated: boolean,
    nowMs: number,
  ): { readonly backMs: number | null; readonly isEarly: boolean } {
    this.#isReset = false;
    const isEarly = this.#isEarly(sent, refusal, nowMs);
    if (isEarly) return { backMs: this.#comeLater(sent, refusal, nowMs), isEarly };
    if (this.#mayLeaveAtOnce(nowMs)) this.#prior.slides = true;
    const isExplained = this.#learnLimit(sent, refusal, isRepeated, nowMs);
    const isKnown = isExplained || refusal.retryAtMs !== null;
    return { backMs: isKnown ? this.#backMs(sent, refusal, nowMs) : null, isEarly };
  }

  /**
   * Learns from the refusal of another isolate: what was sent from here within that window is its part.
   * @param backMs When the other was told to come back.
   */
  heard(backMs: number): void {
    const restMs = backMs - (this.log.timeOfLast(1) ?? backMs);
    // Of an upstream that never put a limit into numbers, a rest says little but itself.
    const leastMs = this.#prior.isInNumbers ? LEAST_REST_MS : LEAST_UNNUMBERED_REST_MS;
    if (restMs < leastMs && !this.#prior.isPart) return;
    const part = this.log.since(backMs - this.windowMs * (1 + 2 * this.#prior.guard));
    if (part > 0) this.#setPart(part, backMs);
  }

  /** Forgets what was learned, not what was sent. */
  forget(): void {
    this.#own = null;
    this.#fallen = null;
    this.#row = null;
    this.#isReset = true;
  }

  /** Takes back a send that did not count. */
  takeBack(): void {
    this.log.takeBack(1);
  }

  /** Takes note that a request was let in. */
  letIn(sentMs: number): void {
    if (this.#row === null) return;
    this.#row = nextRow(this.#row, { kind: "let-in", sentMs });
    if (this.#row === null) this.#prior.noteLetIn();
  }

  /** The window was about to move on: a moment later the request would have been let in. */
  #isEarly(sent: RefusedSend, { retryAtMs }: QuotaRefusal, nowMs: number): boolean {
    if (retryAtMs === null || sent.isProbe || this.limit(nowMs) === null) return false;
    return retryAtMs - nowMs < this.windowMs * MAX_GUARD;
  }

  #comeLater(sent: RefusedSend, refusal: QuotaRefusal, nowMs: number): number {
    const earlyMs = (refusal.retryAtMs ?? nowMs) - nowMs;
    const { guard } = this.#prior;
    // Several requests that were under way together tell of the same shortfall once.
    const isNews = sent.atMs > this.#prior.guardedMs && !this.#isOthersDoing(refusal, nowMs);
    if (isNews) {
      this.#prior.guard = Math.min(MAX_GUARD, guard + earlyMs / this.windowMs + GUARD);
      this.#prior.guardedMs = nowMs;
    }
    return sent.atMs + earlyMs + this.windowMs * GUARD;
  }

  /** Of a quota that others use too, they may have taken what was just about to come back. */
  #isOthersDoing({ limit }: QuotaRefusal, nowMs: number): boolean {
    return limit !== null && (this.limit(nowMs) ?? limit) < limit;
  }

  /**
   * When the quota is back, by the provider's word or else by the log. The provider counts from when a
   * request reaches it: from one send to the next, the ways there cancel out.
   */
  #backMs(sent: RefusedSend, { retryAtMs }: QuotaRefusal, nowMs: number): number | null {
    const guardMs = this.windowMs * this.#prior.guard;
    if (retryAtMs !== null) return sent.atMs + (retryAtMs - nowMs) + guardMs;
    const limit = this.limit(nowMs);
    const firstMs = limit === null ? null : this.log.timeOfLast(limit);
    return firstMs === null ? null : Math.max(nowMs, firstMs + this.windowMs + guardMs);
  }

  /** @returns Whether a limit that is known now explains the refusal. */
  #learnLimit(
    sent: RefusedSend,
    refusal: QuotaRefusal,
    isRepeated: boolean,
    nowMs: number,
  ): boolean {
    const taken = this.log.since(nowMs - this.windowMs);
    const told = this.#believable(refusal, taken);
    const known = this.limit(nowMs);
    if (sent.isProbe && known !== null && (told === null || told === known)) {
      if (told === null && this.#isSilent) this.#setSilent(known, nowMs);
      else this.#setOwn(known, nowMs);
      return true;
    }
    if (told === null) return this.#learnSilently(taken, isRepeated, nowMs);
    this.#prior.isInNumbers = true;
    this.#row = null;
    if (taken === 0) return false;
    const firstMs = this.log.timeOfLast(told);
    if (firstMs === null || firstMs <= nowMs - MINUTE_MS) {
      if (!isRepeated && this.#tellsOfOthers(refusal, nowMs)) this.#learnPart(taken, nowMs);
      this.#learnShortWindow(sent, refusal, this.log.timeOfLast(taken), nowMs);
      return true;
    }
    const isNews = this.#own?.limit !== told || this.#own.isPart;
    if (isNews) this.#prior.noteFound(told, nowMs);
    this.#setOwn(told, nowMs);
    this.#learnWindow(sent, refusal, firstMs, nowMs);
    return true;
  }

  /** Refused with room left, and only for a moment: the upstream's mood, not what others took. */
  #tellsOfOthers({ retryAtMs }: QuotaRefusal, nowMs: number): boolean {
    return retryAtMs === null || this.#isPart || retryAtMs - nowMs >= LEAST_REST_MS;
  }

  /** No number was told: see `silent-limit.ts`. */
  #learnSilently(taken: number, isLate: boolean, nowMs: number): boolean {
    const known = this.limit(nowMs);
    if (known !== null && (taken >= known || isLike(taken, known))) {
      this.#setSilent(known, nowMs);
      return true;
    }
    // Sent before an earlier refusal was known: the same moment.
    if (isLate) return false;
    const before = this.#row;
    this.#row = nextRow(before, { kind: "refused", count: taken, atMs: nowMs });
    if (this.#row === null) return false;
    const isNews = before === null || !isRepeated(before);
    if (isNews && isRepeated(this.#row)) this.#prior.noteRefusedAgain(this.#row.count);
    const { limit } = this.#prior;
    const isPresumed = limit !== null && this.#prior.isSilent && isLike(taken, limit);
    if (!isTaught(this.#row) && !isPresumed) return false;
    this.#setSilent(isPresumed ? limit : this.#row.count, nowMs);
    return true;
  }

  #setSilent(limit: number, nowMs: number): void {
    const atMs = nowMs - TRUST_MS + SILENT_TRUST_MS;
    this.#own = { limit, isPart: false, isSilent: true, atMs };
  }

  /** A return so soon after the first request that the quota cannot be a minute's, whoever shares it. */
  #learnShortWindow(
    sent: RefusedSend,
    refusal: QuotaRefusal,
    firstMs: number | null,
    nowMs: number,
  ): void {
    const backMs = sent.atMs + (refusal.retryAtMs ?? Number.POSITIVE_INFINITY) - nowMs;
    if (firstMs !== null && backMs - firstMs < SHORT_WINDOW_MS) {
      this.#learnWindow(sent, refusal, firstMs, nowMs);
    }
  }

  /** @param firstMs When the request was sent that has to leave the window before the next may come. */
  #learnWindow(
    sent: RefusedSend,
    { retryAtMs }: QuotaRefusal,
    firstMs: number | null,
    nowMs: number,
  ): void {
    if (retryAtMs === null || firstMs === null) return;
    const windowMs = sent.atMs + (retryAtMs - nowMs) - firstMs;
    this.#prior.windowMs = Math.max(this.#prior.windowMs ?? 0, Math.min(MINUTE_MS, windowMs));
  }

  /** Less was sent than is allowed: others use this quota too. */
  #learnPart(taken: number, nowMs: number): void {
    this.#setPart(taken, nowMs);
    this.#prior.notePart(taken);
  }

  #setPart(part: number, nowMs: number): void {
    this.#own = {
      limit: part,
      isPart: true,
      isSilent: false,
      atMs: nowMs - TRUST_MS + PART_TRUST_MS,
    };
  }

  /** A told limit, unless more came through than two windows hold: then it is some other quota's. */
  #believable({ limit, retryAtMs }: QuotaRefusal, taken: number): number | null {
    if (limit === null || limit === 0) return null;
    return retryAtMs === null && taken > 2 * limit ? null : limit;
  }

  #setOwn(limit: number | null, nowMs: number): void {
    this.#own = limit === null ? null : { limit, isPart: false, isSilent: false, atMs: nowMs };
  }
}
