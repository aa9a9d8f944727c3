/**
 * Brings what an isolate's requests used into the store, without loss and without counting twice.
 *
 * Each finished request leaves one event. A flush, at most one a second (every ten where nothing is
 * logged), writes all that wait in one transaction, under an id. If its answer is not heard, the very same
 * flush is written again, before any other: the store knows its id. With the store down events wait, in
 * bounded memory: first those beyond the bound are counted without a log row, then what cannot even be
 * counted is counted as lost and told with the next flush.
 *
 * Who writes, and when, is decided as in `event-writer.ts`: one request's `waitUntil` at a time, taken over
 * by the next request if it may have died.
 * @module
 */
import { type TakenSpend, TokenLedger } from "../pool/token-ledger";
import { affordableShare, isProblem, wantedShare } from "../usage/logged-share";
import { loadPriceBook, type PriceBook, type PriceOverride } from "../usage/price";
import type { RequestEvent } from "../usage/request-event";
import { Cells, DAY_MS } from "../usage/rollup";
import { compactUsage } from "./compact-usage";
import { newRowId } from "./new-row-id";
import type { Database } from "./open-database";
import { pruneUsage } from "./prune-usage";
import { rootCause } from "./root-cause";
import type { Settings } from "./settings";
import { spendsOfCells } from "./spends-of-cells";
import type { RequestLogRow } from "./usage-schema";
import { type UsageFlush, type UsageFlushResult, writeUsage } from "./write-usage";

/** What the team decided about recording. */
export type RecordingSettings = Pick<Settings, "logging" | "retention" | "metering" | "prices">;

export interface UsageRecorderOptions {
  readonly db: Database;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
  /** As this isolate knows them; their parts stay the same objects until they change. */
  settings(): RecordingSettings;
}

const FLUSH_GAP_MS = 1_000;
const COUNTING_GAP_MS = 10_000;
const BACKOFF_MAX_MS = 30_000;
const RUNNER_TRUST_MS = 5_000;
const RUNNER_LIFE_MS = 20_000;
/** With their log rows well below D1's 2 MB a parameter. */
const FLUSH_MAX_EVENTS = 500;
const WAITING_MAX_EVENTS = 20_000;
const OVERFLOW_MAX_CELLS = 3_000;
/** Longer names are no model's. */
const MAX_MODEL_CHARS = 200;
/** A flush that was not confirmed for so long is given up: the ids of compacted ones are kept twice as long. */
const FLUSH_LIFE_MS = DAY_MS;
/** So many flushes in the journal are compacted; plus chance, so that isolates do not all do it at once. */
const JOURNAL_MAX_FLUSHES = 40;
const JOURNAL_JITTER_FLUSHES = 20;

interface FlushUnderWay {
  readonly flush: UsageFlush;
  readonly requests: number;
  /** What of it the ledger counts as not written. */
  readonly taken: TakenSpend;
}

export class UsageRecorder {
  /** What tokens and members with limits use; told of every flush. */
  readonly ledger = new TokenLedger();
  readonly #options: UsageRecorderOptions;
  #waiting: RequestEvent[] = [];
  #overflow = new Cells();
  #overflowRequests = 0;
  #overflowTaken: TakenSpend = new Map();
  #dropped = 0;
  #unlogged = 0;
  #underWay: FlushUnderWay | null = null;
  #runner: { readonly sinceMs: number } | null = null;
  #nextFlushMs = 0;
  #failures = 0;
  #rowsWritten = 0;
  #rowsWrittenToday = 0;
  #prices: { readonly book: PriceBook; readonly overrides: readonly PriceOverride[] } | null = null;

  constructor(options: UsageRecorderOptions) {
    this.#options = options;
  }

  add(event: RequestEvent): void {
    if (this.#waiting.length < WAITING_MAX_EVENTS) {
      this.#waiting.push(event);
    } else if (this.#overflow.size < OVERFLOW_MAX_CELLS && this.#prices !== null) {
      this.#overflow.add(clipped(event), this.#costNanoUsd(event, this.#prices.book));
      this.#overflowRequests += 1;
      this.ledger.take(event.id, this.#overflowTaken);
      this.#unlogged += 1;
    } else {
      this.ledger.take(event.id, new Map());
      this.#dropped += 1;
    }
  }

  /** Whether there is something to write that no trusted runner sees to. */
  isDue(): boolean {
    if (!this.#hasWork()) return false;
    return this.#runner === null || this.#options.nowMs() - this.#runner.sinceMs >= RUNNER_TRUST_MS;
  }

  /** Resolves when all is written, or another call sees to it, or the store refuses for too long. Never rejects. */
  async flush(): Promise<void> {
    if (!this.isDue()) return;
    const { nowMs, sleep } = this.#options;
    const runner = { sinceMs: nowMs() };
    this.#runner = runner;
    while (this.#hasWork()) {
      const waitMs = Math.max(0, this.#nextFlushMs - nowMs());
      if (nowMs() + waitMs > runner.sinceMs + RUNNER_LIFE_MS) break;
      if (waitMs > 0) await sleep(waitMs);
      if (this.#runner !== runner) return;
      const result = await this.#writeOne();
      if (this.#runner !== runner) return;
      if (result !== null) await this.#tidyUp(result);
      if (this.#runner !== runner) return;
    }
    this.#runner = null;
  }

  #hasWork(): boolean {
    return this.#underWay !== null || this.#waiting.length > 0 || this.#overflow.size > 0;
  }

  async #writeOne(): Promise<UsageFlushResult | null> {
    const { db, nowMs } = this.#options;
    this.#giveUpOld();
    // Where the log is off, `COUNTING_GAP_MS` makes a flush of more requests, and so fewer rows of all.
    this.#nextFlushMs = nowMs() + (this.#isLogging() ? FLUSH_GAP_MS : COUNTING_GAP_MS);
    try {
      const { book } = await this.#loadPrices();
      this.#underWay ??= this.#takeFlush(book);
      const underWay = this.#underWay;
      const result = await writeUsage(db, underWay.flush);
      if (this.#underWay !== underWay) return null;
      this.#underWay = null;
      this.#failures = 0;
      this.ledger.written(underWay.taken, result.spent, nowMs());
      this.#rowsWritten += result.rowsWritten;
      this.#rowsWrittenToday = result.rowsWrittenToday + this.#rowsWritten;
      if (this.#waiting.length >= FLUSH_MAX_EVENTS) this.#nextFlushMs = nowMs();
      return result;
    } catch (error) {
      this.#failures += 1;
      const backoffMs = Math.min(BACKOFF_MAX_MS, FLUSH_GAP_MS * 2 ** this.#failures);
      this.#nextFlushMs = nowMs() + backoffMs;
      console.error("usage: not written, retried later:", rootCause(error));
      return null;
    }
  }

  /** Compacts and prunes now and then. A failure is not worth a retry: the next flush comes by here too. */
  async #tidyUp({ journalLength }: UsageFlushResult): Promise<void> {
    const { db, nowMs, random, settings } = this.#options;
    if (journalLength < JOURNAL_MAX_FLUSHES + random() * JOURNAL_JITTER_FLUSHES) return;
    try {
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

  #takeFlush(book: PriceBook): FlushUnderWay {
    const atMs = this.#options.nowMs();
    const events = this.#waiting.splice(0, FLUSH_MAX_EVENTS).map(clipped);
    const cells = this.#overflow;
    const requests = this.#overflowRequests + events.length;
    const taken = this.#overflowTaken;
    this.#overflow = new Cells();
    this.#overflowRequests = 0;
    this.#overflowTaken = new Map();
    const logRows: RequestLogRow[] = [];
    for (const event of events) {
      const costNanoUsd = this.#costNanoUsd(event, book);
      this.ledger.take(event.id, taken);
      cells.add(event, costNanoUsd);
      if (this.#isLogged(event)) logRows.push(this.#toLogRow(event, costNanoUsd));
    }
    const stored = cells.toStored();
    const flush: UsageFlush = {
      id: newRowId("uf", atMs),
      atMs,
      cells: stored,
      logRows,
      spends: spendsOfCells(stored),
      rowsWritten: this.#rowsWritten,
      dropped: this.#dropped,
      unlogged: this.#unlogged,
    };
    this.#rowsWritten = 0;
    this.#dropped = 0;
    this.#unlogged = 0;
    return { flush, requests, taken };
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

  #toLogRow(event: RequestEvent, costNanoUsd: number | null): RequestLogRow {
    const { usage, attempts, ...rest } = event;
    const keepsWords = this.#options.settings().logging.errorWords;
    return {
      ...rest,
      keyId: attempts.at(-1)?.keyId ?? null,
      attemptCount: attempts.length,
      attempts: keepsWords ? attempts : attempts.map((each) => ({ ...each, words: null })),
      inputTokens: usage?.inputTokens ?? null,
      outputTokens: usage?.outputTokens ?? null,
      cachedInputTokens: usage?.cachedInputTokens ?? null,
      cacheWriteTokens: usage?.cacheWriteTokens ?? null,
      reasoningTokens: usage?.reasoningTokens ?? null,
      isEstimate: usage?.isEstimate ?? false,
      costNanoUsd,
    };
  }

  #costNanoUsd({ provider, model, usage, atMs }: RequestEvent, book: PriceBook): number | null {
    if (provider === null || model === null || usage === null) return null;
    return book.costNanoUsd(provider, model, usage, atMs);
  }

  /** The prices of now, the team's own included. */
  async prices(): Promise<PriceBook> {
    return (await this.#loadPrices()).book;
  }

  /** The same where they are loaded; null where they are not, or were changed since. */
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

/** Model names come from clients. */
function clipped(event: RequestEvent): RequestEvent {
  const isLong = event.model !== null && event.model.length > MAX_MODEL_CHARS;
  return isLong ? { ...event, model: event.model.slice(0, MAX_MODEL_CHARS) } : event;
}
