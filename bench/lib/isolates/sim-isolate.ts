/**
 * One isolate in virtual time: the real handler, pool, ledger, leases and lease client over a modeled store.
 * @module
 */

import type { LimitHolder } from "../../../lib/budgets/limit-holder.ts";
import type { PeriodSpend } from "../../../lib/budgets/spend.ts";
import { type TakenSpend, TokenLedger } from "../../../lib/budgets/token-ledger.ts";
import { LeaseClient } from "../../../lib/db/state/lease-client.ts";
import { StoreLeases } from "../../../lib/db/state/store-leases.ts";
import { LeasedLimits } from "../../../lib/leases/leased-limits.ts";
import type { RequestGaps } from "../../../lib/leases/request-gaps.ts";
import type { KeyPool } from "../../../lib/pool/key-pool.ts";
import type { ProxyInstance } from "../../../lib/proxy/handle-request.ts";
import type { AccessToken, StateEvent, TokenBudgets } from "../../../lib/proxy/ports.ts";
import { loadPriceBook } from "../../../lib/usage/price.ts";
import type { RequestEvent } from "../../../lib/usage/request-event.ts";
import { MemoryCatalog } from "../../../tests/doors/memory-catalog.ts";
import { MemoryWorks } from "../../../tests/doors/memory-works.ts";
import type { VirtualTime } from "../quota/virtual-time.ts";
import type { SimStore } from "./sim-store.ts";

/** What hands out leases: nothing, isolates over D1, or an object. */
export type Sharing = "none" | "store" | "object";

export const LEASE_OPTIONS: Readonly<Record<"store" | "object", RequestGaps>> = {
  store: { fullGapMs: 2_000, requestsPerAsk: null },
  object: { fullGapMs: 15_000, requestsPerAsk: 50 },
};

const FLUSH_GAP_MS = 1_000;
/** The cost of a token: 1e-9 US dollars. */
export const TOKEN_NANO_USD = 1_000;

export interface SimIsolateOptions {
  readonly id: string;
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly store: SimStore;
  readonly sharing: Sharing;
  readonly pool: KeyPool;
  readonly tokenOf: (text: string) => AccessToken;
  /** Of the tags that each request has. */
  readonly tagHolders: readonly LimitHolder[];
  readonly fetch: ProxyInstance["ports"]["fetch"];
  record(event: StateEvent): void;
}

export class SimIsolate {
  readonly proxy: ProxyInstance;
  readonly ledger: TokenLedger;
  readonly leaseClient: LeaseClient | null;
  readonly #options: SimIsolateOptions;
  #waiting: RequestEvent[] = [];
  #isFlushing = false;
  #nextFlushMs = 0;

  constructor(options: SimIsolateOptions) {
    this.#options = options;
    const { id, time, random, store, sharing, pool, tokenOf, tagHolders, fetch, record } = options;
    const setTimer = (callback: () => void, ms: number) => time.at(time.nowMs + ms, callback);
    const nowMs = () => time.nowMs;
    this.leaseClient =
      sharing === "none"
        ? null
        : new LeaseClient({
            leases: new LeasedLimits(LEASE_OPTIONS[sharing]),
            isolate: id,
            object: sharing === "object" ? store.objects() : null,
            store: new StoreLeases(store),
            nowMs,
            setTimer,
          });
    this.ledger = new TokenLedger(this.leaseClient?.leases ?? null);
    let requests = 0;
    this.proxy = {
      config: {
        gatewayUrl: null,
        gatewayToken: null,
        maxAttempts: 10,
        firstByteTimeoutMs: 120_000,
        consecutive429Threshold: 5,
      },
      ports: {
        nowMs,
        random,
        fetch,
        setTimer,
        newRequestId: () => `${id}-${requests++}`,
        state: {
          isLoaded: true,
          ready: () => null,
          whole: () => null,
          findAccessToken: tokenOf,
          tagHolders: () => tagHolders,
          customProvider: () => undefined,
          customProviders: () => [],
          modelAliases: () => new Map(),
          goesDirect: () => true,
          pool: () => pool,
          everyKey: () => pool,
          openKey: (key) => key.sealed,
          storedThings: () => new Map(),
          record,
          shareUse: () => {},
          afterResponse: () => null,
        },
        usage: { add: (event) => this.#waiting.push(event), flush: () => this.#flush() },
        budgets: this.#budgets(),
        works: new MemoryWorks(),
        prices: () => loadPriceBook(),
      },
      catalog: new MemoryCatalog(),
    };
  }

  #budgets(): TokenBudgets {
    const { store } = this.#options;
    return {
      ledger: this.ledger,
      ready: (holders: readonly LimitHolder[], nowMs: number) => {
        const unknown = this.ledger.unknownPeriods(holders, nowMs);
        if (unknown.length === 0) return null;
        return store.readSpend(unknown).then(
          (rows) => this.ledger.load(rows, nowMs),
          () => {},
        );
      },
      lease: (group) => this.leaseClient?.ask(group) ?? null,
      costNanoUsd: (_provider, _model, { inputTokens, outputTokens }) =>
        ((inputTokens ?? 0) + (outputTokens ?? 0)) * TOKEN_NANO_USD,
    };
  }

  #flush(): Promise<void> | null {
    const leasing = this.leaseClient?.afterRequest() ?? null;
    const writing = this.#isFlushing ? null : this.#write();
    return Promise.all([leasing, writing]).then(() => {});
  }

  async #write(): Promise<void> {
    const { time, store } = this.#options;
    this.#isFlushing = true;
    while (this.#waiting.length > 0) {
      if (this.#nextFlushMs > time.nowMs) await time.sleep(this.#nextFlushMs - time.nowMs);
      this.#nextFlushMs = time.nowMs + FLUSH_GAP_MS;
      const events = this.#waiting;
      this.#waiting = [];
      const taken: TakenSpend = new Map();
      for (const { id } of events) this.ledger.take(id, taken);
      const spends = [...taken].map(
        ([{ holderId, period }, spend]): PeriodSpend => ({ holderId, period, ...spend }),
      );
      for (;;) {
        try {
          const totals = await store.writeUsage(events.length, spends);
          this.ledger.written(taken, totals, time.nowMs);
          break;
        } catch {
          await time.sleep(FLUSH_GAP_MS);
        }
      }
    }
    this.#isFlushing = false;
  }
}
