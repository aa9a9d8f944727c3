/**
 * D1 and the objects of a deployment in virtual time: their data on usage and leases, their latency, and what they
 * would cost.
 * @module
 */
import {
  NO_SPEND,
  type PeriodSpend,
  type Spend,
  type SpendPeriod,
  sum,
} from "../../../lib/budgets/spend.ts";
import type { LeaseRow, LeaseRows, OtherLeaseRow } from "../../../lib/db/state/store-leases.ts";
import { LeaseBook } from "../../../lib/leases/lease-book.ts";
import type { LeasePort } from "../../../lib/leases/lease-port.ts";
import type { LeaseQuestion } from "../../../lib/leases/leased-limit.ts";
import type { VirtualTime } from "../quota/virtual-time.ts";

export interface StoreBill {
  calls: number;
  rowsWritten: number;
  rowsRead: number;
  /** Lease requests: to D1, each with a written row, and to objects. */
  leaseCalls: number;
  leaseRowsRead: number;
  objectCalls: number;
}

/** The round-trip time of a call, in milliseconds. */
export type Latency = readonly [least: number, most: number];

export class SimStore implements LeaseRows {
  readonly bill: StoreBill = {
    calls: 0,
    rowsWritten: 0,
    rowsRead: 0,
    leaseCalls: 0,
    leaseRowsRead: 0,
    objectCalls: 0,
  };
  readonly #time: VirtualTime;
  readonly #random: () => number;
  readonly #leases = new Map<string, LeaseRow & { readonly atMs: number }>();
  readonly #spends = new Map<string, Spend>();
  readonly #books = new Map<string, LeaseBook>();
  latency: Latency;
  objectLatency: Latency = [8, 40];
  /** Whether calls fail. */
  isDown = false;
  /** Whether objects fail. */
  areObjectsDown = false;

  constructor(time: VirtualTime, random: () => number, latency: Latency) {
    this.#time = time;
    this.#random = random;
    this.latency = latency;
  }

  /** One transaction, half-way through the call's duration. */
  async call<Result>(run: () => Result): Promise<Result> {
    this.bill.calls += 1;
    return this.#after(this.latency, run);
  }

  async #after<Result>([least, most]: Latency, run: () => Result): Promise<Result> {
    const ms = least + this.#random() * (most - least);
    await this.#time.sleep(ms / 2);
    if (this.isDown) throw new Error("the store is down");
    const result = run();
    await this.#time.sleep(ms / 2);
    return result;
  }

  exchange(own: LeaseRow): Promise<readonly OtherLeaseRow[]> {
    return this.call(() => {
      const { nowMs } = this.#time;
      this.#leases.set(own.isolate, { ...own, atMs: nowMs });
      this.bill.rowsWritten += 1;
      const others = [...this.#leases.values()].filter(({ isolate }) => isolate !== own.isolate);
      this.bill.rowsRead += others.length + 1;
      this.bill.leaseCalls += 1;
      this.bill.leaseRowsRead += others.length + 1;
      return others.map(({ atMs, ...row }) => ({ ...row, ageMs: nowMs - atMs }));
    });
  }

  readSpend(asked: readonly SpendPeriod[]): Promise<readonly PeriodSpend[]> {
    return this.call(() => {
      this.bill.rowsRead += asked.length;
      return asked.map((each) => ({ ...each, ...this.#spendOf(each) }));
    });
  }

  /** A flush: its row of the journal, a row of the log for each request, and the totals of periods. */
  writeUsage(requests: number, spends: readonly PeriodSpend[]): Promise<readonly PeriodSpend[]> {
    return this.call(() => {
      this.bill.rowsWritten += 1 + requests + spends.length;
      return spends.map((spend) => {
        const total = sum(this.#spendOf(spend), spend);
        this.#spends.set(`${spend.holderId} ${spend.period}`, total);
        return { holderId: spend.holderId, period: spend.period, ...total };
      });
    });
  }

  /** The objects: one for each group. */
  objects(): LeasePort {
    return {
      takes: "a group",
      ask: (isolate: string, questions: readonly LeaseQuestion[]) => {
        this.bill.objectCalls += 1;
        return this.#after(this.objectLatency, () => {
          if (this.areObjectsDown) throw new Error("Exceeded allowed requests in the free tier.");
          const group = questions[0]?.group ?? "";
          const book = this.#books.get(group) ?? new LeaseBook();
          this.#books.set(group, book);
          return book.lease(isolate, questions, this.#time.nowMs);
        });
      },
    };
  }

  #spendOf({ holderId, period }: SpendPeriod): Spend {
    return this.#spends.get(`${holderId} ${period}`) ?? NO_SPEND;
  }
}
