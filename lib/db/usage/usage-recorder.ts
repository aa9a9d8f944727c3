/**
 * Writes the usage of an isolate's requests to the store, without loss and without counting twice.
 *
 * Each finished request leaves one event. A flush, at most one per second (every ten seconds if nothing is logged),
 * writes all pending events in one transaction, under an id. If its outcome is unknown, the same flush is written again
 * before any other; the store deduplicates it by id. While the store is down, events wait in bounded memory. Beyond the
 * bound, events are first counted without a log row; what can't even be counted is recorded as lost and reported with
 * the next flush. A flush that the store rejects for its content is halved until the rejected event is alone: it is
 * lost, and counted as such.
 *
 * Which request writes, and when, is decided as in `event-writer.ts`: one request's `waitUntil` at a time, taken over
 * by the next request if it may have died.
 * @module
 */
import { type TakenSpend, TokenLedger } from "../../budgets/token-ledger";
import type { LeasedLimits } from "../../leases/leased-limits";
import { affordableShare, isProblem, wantedShare } from "../../usage/logged-share";
import { type Cost, loadPriceBook, type PriceBook, type PriceOverride } from "../../usage/price";
import type { RequestEvent } from "../../usage/request-event";
import { Cells, DAY_MS, tagSubject } from "../../usage/rollup";
import { newRowId } from "../new-row-id";
import type { Database } from "../open-database";
import { rootCause } from "../root-cause";
import type { RequestLogRow } from "../schema/usage-schema";
import { boundedRecord } from "../state/bounded-record";
import { isRefusedForContent } from "../state/refused-for-content";
import { steadyClock } from "../state/steady-clock";
import type { Settings } from "../team/settings";
import { spendsOfCells } from "../tokens/spends-of-cells";
import { compactUsage } from "./compact-usage";
import { pruneUsage } from "./prune-usage";
import { type UsageFlush, type UsageFlushResult, writeUsage } from "./write-usage";

/** The team's settings for recording. */
export type RecordingSettings = Pick<
  Settings,
  "logging" | "retention" | "metering" | "prices" | "tags"
>;

export interface UsageRecorderOptions {
  readonly db: Database;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
  /** As known to this isolate; their parts stay the same objects until they change. */
  settings(): RecordingSettings;
  /** How many other records were lost since the last call: they are reported with this isolate's requests. */
  takeLost?(): number;
  /** Absent: `newRowId`. */
  newFlushId?(nowMs: number): string;
  /** Through which the ledger shares limits with other isolates; absent if there are none. */
  readonly leases?: LeasedLimits;
  /** Rolls up the journal elsewhere; absent if this isolate does it. May reject. */
  rollUp?(): Promise<void>;
}

const FLUSH_GAP_MS = 1_000;
const COUNTING_GAP_MS = 10_000;
const BACKOFF_MAX_MS = 30_000;
const RUNNER_TRUST_MS = 5_000;
const RUNNER_LIFE_MS = 20_000;
/** Including their log rows, well below D1's 2 MB. */
const FLUSH_MAX_EVENTS = 500;
const WAITING_MAX_EVENTS = 20_000;
const OVERFLOW_MAX_CELLS = 3_000;
/** No model's name is longer. */
const MAX_MODEL_CHARS = 200;
/** Per text of an event. */
const MAX_CHARS = 1_000;
/** A flush that wasn't confirmed for this long is given up: the ids of compacted ones are kept twice as long. */
const FLUSH_LIFE_MS = DAY_MS;
/**
 * With this many flushes in the journal (plus a random number, so that isolates don't all do it at once), it is
 * compacted.
 */
const JOURNAL_MAX_FLUSHES = 40;
const JOURNAL_JITTER_FLUSHES = 20;
/** With this many, no one rolls up the journal: this isolate does it after all. */
const JOURNAL_STUCK_FLUSHES = 400;
/** How often an isolate requests it elsewhere. */
const ROLL_UP_GAP_MS = 60_000;

interface FlushUnderWay {
  readonly flush: UsageFlush;
  /** The events it consists of; empty for requests that were only counted. */
  readonly events: readonly RequestEvent[];
  readonly requests: number;
  /** The part that the ledger counts as not written. */
  readonly taken: TakenSpend;
}

export class UsageRecorder {
  /** What tokens and members with limits use; notified of every flush. */
  readonly ledger: TokenLedger;
  readonly #options: UsageRecorderOptions;
  #waiting: RequestEvent[] = [];
  #overflow: Cells;
  #overflowRequests = 0;
  #overflowTaken: TakenSpend = new Map();
  #dropped = 0;
  #unlogged = 0;
  #underWay: FlushUnderWay | null = null;
  /** Halves of a rejected flush, to be written before others. */
  #halves: FlushUnderWay[] = [];
  #runner: { readonly sinceMs: number } | null = null;
  /** For gaps; rows contain the machine's own time. */
  readonly #steadyMs: () => number;
  #nextFlushMs = Number.NEGATIVE_INFINITY;
  #rollUpAskedMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #rowsWritten = 0;
  #rowsWrittenToday = 0;
  #prices: { readonly book: PriceBook; readonly overrides: readonly PriceOverride[] } | null = null;

  constructor(options: UsageRecorderOptions) {
    this.#options = options;
    this.#overflow = this.#newCells();
    this.ledger = new TokenLedger(options.leases ?? null);
    this.#steadyMs = steadyClock(options.nowMs);
  }

  add(event: RequestEvent): void {
    if (this.#waiting.length < WAITING_MAX_EVENTS) {
      this.#waiting.push(clipped(event));
    } else if (this.#overflow.size < OVERFLOW_MAX_CELLS && this.#prices !== null) {
      this.#overflow.add(clipped(event), this.#costOf(event, this.#prices.book)?.nanoUsd ?? null);
      this.#overflowRequests += 1;
      this.ledger.take(event.id, this.#overflowTaken);
      this.#unlogged += 1;
    } else {
      this.ledger.take(event.id, new Map());
      this.#dropped += 1;
    }
  }

  /** Whether there is something to write that no trusted runner is writing. */
  isDue(): boolean {
    if (!this.#hasWork()) return false;
    return this.#runner === null || this.#steadyMs() - this.#runner.sinceMs >= RUNNER_TRUST_MS;
  }

  /**
   * Resolves when everything is written, when another call writes it, or when the store rejects for too long. Never
   * rejects.
   */
  async flush(): Promise<void> {
    if (!this.isDue()) return;
    const { sleep } = this.#options;
    const runner = { sinceMs: this.#steadyMs() };
    this.#runner = runner;
    while (this.#hasWork()) {
      const nowMs = this.#steadyMs();
      const waitMs = Math.max(0, this.#nextFlushMs - nowMs);
      if (nowMs + waitMs > runner.sinceMs + RUNNER_LIFE_MS) break;
      if (waitMs > 0) await sleep(waitMs);
      if (this.#runner !== runner) return;
      const result = await this.#writeOne();
      if (this.#runner !== runner) return;
      if (result !== null) await this.#tidyUp(result);
      if (this.#runner !== runner) return;
    }
    this.#runner = null;
  }

  /** Requests that aren't in the store yet. */
  get waiting(): number {
    const halves = this.#halves.reduce((sum, { requests }) => sum + requests, 0);
    return this.#waiting.length + this.#overflowRequests + (this.#underWay?.requests ?? 0) + halves;
  }

  #hasWork(): boolean {
    return (
      this.#underWay !== null ||
      this.#halves.length > 0 ||
      this.#waiting.length > 0 ||
      this.#overflow.size > 0
    );
  }

  async #writeOne(): Promise<UsageFlushResult | null> {
    const { db, nowMs } = this.#options;
    this.#giveUpOld();
    // If the log is off, `COUNTING_GAP_MS` puts more requests into a flush, so fewer rows are written.
    const gapMs = this.#isLogging() ? FLUSH_GAP_MS : COUNTING_GAP_MS;
    this.#nextFlushMs = this.#steadyMs() + gapMs;
    try {
      const { book } = await this.#loadPrices();
      this.#underWay ??= this.#halves.shift() ?? this.#takeFlush(book);
      const underWay = this.#underWay;
      const result = await writeUsage(db, underWay.flush);
      if (this.#underWay !== underWay) return null;
      this.#underWay = null;
      this.#failures = 0;
      this.ledger.written(underWay.taken, result.spent, nowMs());
      this.#rowsWritten += result.rowsWritten;
      this.#rowsWrittenToday = result.rowsWrittenToday + this.#rowsWritten;
      // What a full flush leaves has waited for a gap already: another one, and a crash would lose two.
      const hasMore = this.#halves.length > 0 || underWay.requests >= FLUSH_MAX_EVENTS;
      if (hasMore) this.#nextFlushMs = this.#steadyMs();
      return result;
    } catch (error) {
      this.#failures += 1;
      const backoffMs = Math.min(BACKOFF_MAX_MS, FLUSH_GAP_MS * 2 ** this.#failures);
      this.#nextFlushMs = this.#steadyMs() + backoffMs;
      console.error("usage: not written, retried later:", rootCause(error));
      if (isRefusedForContent(error)) this.#halve();
      return null;
    }
  }

  /** Splits the rejected flush. Nothing of it was written, so its halves are separate flushes. */
  #halve(): void {
    const refused = this.#underWay;
    if (refused === null || this.#prices === null) return;
    this.#underWay = null;
    this.#failures = 0;
    this.#nextFlushMs = this.#steadyMs() + FLUSH_GAP_MS;
    const { flush, events, requests, taken } = refused;
    this.#dropped += flush.dropped;
    this.#rowsWritten += flush.rowsWritten;
    if (events.length <= 1) {
      console.error("usage: what the store refuses is dropped:", `${requests} requests`);
      this.#dropped += requests;
      this.ledger.written(taken, [], this.#options.nowMs());
      return;
    }
    const { book } = this.#prices;
    const middle = Math.ceil(events.length / 2);
    const [first, second] = [events.slice(0, middle), events.slice(middle)];
    // What the ledger counts as not written goes with the last of them.
    this.#halves.unshift(
      this.#flushOf(first, this.#newCells(), first.length, new Map(), book),
      this.#flushOf(second, this.#newCells(), second.length, taken, book),
    );
  }

  /** Compacts and prunes from time to time. A failure isn't worth a retry: the next flush does it again. */
  async #tidyUp({ journalLength }: UsageFlushResult): Promise<void> {
    const { db, nowMs, random, settings, rollUp } = this.#options;
    if (journalLength < JOURNAL_MAX_FLUSHES + random() * JOURNAL_JITTER_FLUSHES) return;
    try {
      if (rollUp !== undefined && journalLength < JOURNAL_STUCK_FLUSHES) {
        const sinceMs = this.#steadyMs() - this.#rollUpAskedMs;
        if (sinceMs < ROLL_UP_GAP_MS) return;
        this.#rollUpAskedMs = this.#steadyMs();
        await rollUp();
        return;
      }
      this.#rowsWritten += await compactUsage(db, newRowId("uf", nowMs()), nowMs());
      this.#rowsWritten += await pruneUsage(db, settings().retention, nowMs());
    } catch (error) {
      console.error("usage: not compacted, tried again later:", rootCause(error));
    }
  }

  #isLogging(): boolean {
    const { logging, metering } = this.#options.settings();
    const left = affordableShare(this.#rowsWrittenToday, metering.dailyRowBudget, false);
    return logging.requests !== "none" && left > 0;
  }

  /** Pending events; those that were only counted are written separately. */
  #takeFlush(book: PriceBook): FlushUnderWay {
    if (this.#waiting.length > 0) {
      const events = this.#waiting
        .splice(0, FLUSH_MAX_EVENTS)
        .map((event) => boundedRecord(event, MAX_CHARS));
      const taken: TakenSpend = new Map();
      for (const { id } of events) this.ledger.take(id, taken);
      return this.#flushOf(events, this.#newCells(), events.length, taken, book);
    }
    const [cells, requests, taken] = [this.#overflow, this.#overflowRequests, this.#overflowTaken];
    this.#overflow = this.#newCells();
    this.#overflowRequests = 0;
    this.#overflowTaken = new Map();
    return this.#flushOf([], cells, requests, taken, book);
  }

  #newCells(): Cells {
    const { rollUp, limits } = this.#options.settings().tags;
    return new Cells(rollUp, new Set(limits.map(({ name, value }) => tagSubject(name, value))));
  }

  #flushOf(
    events: readonly RequestEvent[],
    cells: Cells,
    requests: number,
    taken: TakenSpend,
    book: PriceBook,
  ): FlushUnderWay {
    const atMs = this.#options.nowMs();
    const logRows: RequestLogRow[] = [];
    for (const event of events) {
      const cost = this.#costOf(event, book);
      cells.add(event, cost?.nanoUsd ?? null);
      if (event.part !== "turn" && this.#isLogged(event)) {
        logRows.push(this.#toLogRow(event, cost));
      }
    }
    const stored = cells.toStored();
    const flush: UsageFlush = {
      id: this.#options.newFlushId?.(atMs) ?? newRowId("uf", atMs),
      atMs,
      cells: stored,
      logRows,
      spends: spendsOfCells(stored),
      rowsWritten: this.#rowsWritten,
      dropped: this.#dropped + (this.#options.takeLost?.() ?? 0),
      unlogged: this.#unlogged,
    };
    this.#rowsWritten = 0;
    this.#dropped = 0;
    this.#unlogged = 0;
    return { flush, events, requests, taken };
  }

  #isLogged(event: RequestEvent): boolean {
    const { logging, metering } = this.#options.settings();
    const problem = isProblem(event);
    const wanted = wantedShare(logging.requests, problem);
    const left = affordableShare(this.#rowsWrittenToday, metering.dailyRowBudget, problem);
    const chance = this.#options.random();
    if (chance >= wanted) return false;
    if (chance < left) return true;
    this.#unlogged += 1;
    return false;
  }

  #toLogRow(event: RequestEvent, cost: Cost | null): RequestLogRow {
    const { usage, attempts } = event;
    const keepsWords = this.#options.settings().logging.errorWords;
    return {
      id: event.id,
      atMs: event.atMs,
      provider: event.provider,
      model: event.model,
      tokenId: event.tokenId,
      userId: event.userId,
      outcome: event.outcome,
      status: event.status,
      errorCode: event.errorCode,
      durationMs: event.durationMs,
      timeToFirstTokenMs: event.timeToFirstTokenMs,
      timeToFirstByteMs: event.timeToFirstByteMs,
      isStream: event.isStream,
      gatewayLogId: event.gatewayLogId,
      keyId: attempts.at(-1)?.keyId ?? null,
      attemptCount: attempts.length,
      attempts: keepsWords ? attempts : attempts.map((each) => ({ ...each, words: null })),
      inputTokens: usage?.inputTokens ?? null,
      outputTokens: usage?.outputTokens ?? null,
      cachedInputTokens: usage?.cachedInputTokens ?? null,
      cacheWriteTokens: usage?.cacheWriteTokens ?? null,
      reasoningTokens: usage?.reasoningTokens ?? null,
      isEstimate: usage?.isEstimate ?? false,
      costNanoUsd: cost?.nanoUsd ?? null,
      costBasis: cost?.basis ?? null,
      turns: event.turns ?? null,
      tags: event.tags ?? null,
      reachedLimit: event.reachedLimit ?? null,
    };
  }

  #costOf(event: RequestEvent, book: PriceBook): Cost | null {
    const { provider, model, usage, atMs, statedNanoUsd } = event;
    const cost =
      provider === null || usage === null ? null : book.cost(provider, model, usage, atMs);
    if (cost !== null || statedNanoUsd === undefined) return cost;
    return { nanoUsd: statedNanoUsd, basis: { source: "stated" } };
  }

  /** Current prices, including the team's own. */
  async prices(): Promise<PriceBook> {
    return (await this.#loadPrices()).book;
  }

  /** The same if they are loaded; null if they aren't, or were changed since. */
  get loadedPrices(): PriceBook | null {
    const { overrides } = this.#options.settings().prices;
    return this.#prices?.overrides === overrides ? this.#prices.book : null;
  }

  async #loadPrices() {
    const { overrides } = this.#options.settings().prices;
    if (this.#prices?.overrides !== overrides) {
      this.#prices = { book: await loadPriceBook(overrides), overrides };
    }
    return this.#prices;
  }

  #giveUpOld(): void {
    const underWay = this.#underWay;
    if (underWay === null || this.#options.nowMs() - underWay.flush.atMs < FLUSH_LIFE_MS) return;
    this.#underWay = null;
    this.#dropped += underWay.requests + underWay.flush.dropped;
    this.#unlogged += underWay.flush.unlogged;
  }
}

/** Clients choose model names. */
function clipped(event: RequestEvent): RequestEvent {
  const isLong = event.model !== null && event.model.length > MAX_MODEL_CHARS;
  return isLong ? { ...event, model: event.model.slice(0, MAX_MODEL_CHARS) } : event;
}
