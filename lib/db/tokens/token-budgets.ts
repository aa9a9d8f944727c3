/**
 * The budgets of access tokens and members over D1: what was used, and what a request may cost.
 * @module
 */

import type { LimitHolder } from "../../budgets/limit-holder";
import type { SpendPeriod } from "../../budgets/spend";
import type { TokenLedger } from "../../budgets/token-ledger";
import type { KeepAlive, TokenBudgets } from "../../proxy/ports";
import type { PriceBook } from "../../usage/price";
import { NO_USAGE, type Usage } from "../../usage/types";
import type { Database } from "../open-database";
import { rootCause } from "../root-cause";
import { BoundedMap } from "../state/bounded-map";
import type { LeaseClient } from "../state/lease-client";
import { SharedRead } from "../state/shared-read";
import type { UsageRecorder } from "../usage/usage-recorder";
import { readTokenSpend } from "./token-spend";

/** How long a request waits for another's read, and then for its own. */
const JOIN_MS = 1_000;
const WAIT_MS = 2_000;
/** After a failure, none waits for this long. */
const RETRY_MS = 5_000;
/** The most reads in progress that are remembered. */
const READS_MAX = 1_000;

export class D1TokenBudgets implements TokenBudgets {
  readonly #db: Database;
  readonly #recorder: UsageRecorder;
  readonly #leaseClient: LeaseClient | null;
  /** The last one loaded: accurate enough for settling while a new one is loaded. */
  #book: PriceBook | null = null;
  /** Reads in progress, by what they read: simultaneous requests read the same. */
  readonly #reads = new BoundedMap<string, SharedRead>(READS_MAX);
  #failedMs = Number.NEGATIVE_INFINITY;

  /**
   * @param recorder Its flushes write what tokens used.
   * @param leaseClient Requests the leases for the recorder's ledger; null if it has none.
   */
  constructor(db: Database, recorder: UsageRecorder, leaseClient: LeaseClient | null = null) {
    this.#db = db;
    this.#recorder = recorder;
    this.#leaseClient = leaseClient;
  }

  lease(group: string, keep?: KeepAlive): Promise<void> | null {
    return this.#leaseClient === null ? null : this.#leaseClient.ask(group, keep);
  }

  get ledger(): TokenLedger {
    return this.#recorder.ledger;
  }

  ready(holders: readonly LimitHolder[], nowMs: number, keep?: KeepAlive): Promise<void> | null {
    const unknown = isWithin(RETRY_MS, this.#failedMs, nowMs)
      ? []
      : this.ledger.unknownPeriods(holders, nowMs);
    const needsPrices = this.#recorder.loadedPrices === null && holders.some(hasCostBudget);
    if (unknown.length === 0 && !needsPrices) return null;
    return this.#load(unknown, needsPrices, nowMs, keep);
  }

  costNanoUsd(
    provider: string,
    model: string | null,
    usage: Pick<Usage, "inputTokens" | "outputTokens"> & Partial<Usage>,
    atMs: number,
  ): number | null {
    const book = this.#recorder.loadedPrices ?? this.#book;
    if (book === null) return null;
    return book.costNanoUsd(provider, model, { ...NO_USAGE, ...usage }, atMs);
  }

  async #load(
    asked: readonly SpendPeriod[],
    needsPrices: boolean,
    nowMs: number,
    keep?: KeepAlive,
  ): Promise<void> {
    if (needsPrices) this.#book = await this.#recorder.prices();
    if (asked.length === 0) return;
    const name = JSON.stringify(asked);
    const other = this.#reads.get(name);
    // A read in progress for longer may belong to a terminated request.
    if (other !== undefined && isWithin(JOIN_MS, other.sinceMs, nowMs)) {
      if (await other.endsWithin(JOIN_MS)) return;
    }
    const read = new SharedRead(nowMs, () => this.#read(asked, nowMs));
    this.#reads.set(name, read);
    keep?.(read.done);
    if (!(await read.endsWithin(WAIT_MS))) this.#failedMs = nowMs;
    if (this.#reads.get(name) === read) this.#reads.delete(name);
  }

  async #read(asked: readonly SpendPeriod[], nowMs: number): Promise<void> {
    try {
      this.ledger.load(await readTokenSpend(this.#db, asked), nowMs);
    } catch (error) {
      this.#failedMs = nowMs;
      console.error("budgets: the store cannot be read, counting goes on:", rootCause(error));
    }
  }
}

/** Whether `nowMs` is less than `ms` after `sinceMs`; false if the clock was set back. */
function isWithin(ms: number, sinceMs: number, nowMs: number): boolean {
  return nowMs >= sinceMs && nowMs - sinceMs < ms;
}

function hasCostBudget({ limits }: LimitHolder): boolean {
  return limits.dailyCostUsd !== null || limits.monthlyCostUsd !== null;
}
