/**
 * What all isolates have spent with keys whose cost is capped, for the day and the month (UTC).
 *
 * Past days are summed once; the current day is summed again each time, which reads about one row for each of its keys
 * and outcomes.
 * @module
 */
import type { KeySpend, ReachedKey } from "../../pool/caps/cap-book";
import { capReached } from "../../pool/caps/cap-evidence";
import type { StateEvent } from "../../proxy/ports";
import { DAY_MS } from "../../usage/rollup";
import type { Database } from "../open-database";
import { rootCause } from "../root-cause";
import { sumCells } from "../usage/read-usage-cells";
import type { KnownState } from "./known-state";

/** The shortest interval, unless keys arrived that weren't counted. */
const LEAST_GAP_MS = 60_000;
const GAP_MS_A_ROW = 100;

type Costs = ReadonlyMap<string, number>;

export class CapCounts {
  readonly #db: Database;
  readonly #known: KnownState;
  readonly #record: (event: StateEvent) => void;
  #dueMs = 0;
  /** The month up to its last day, by key, and when that day began. */
  #before: { readonly dayMs: number; readonly costs: Costs } | null = null;
  #counted: ReadonlySet<string> = new Set();

  /** @param record Reports to the store that a key has reached its cap. */
  constructor(db: Database, known: KnownState, record: (event: StateEvent) => void) {
    this.#db = db;
    this.#known = known;
    this.#record = record;
  }

  /** Counts if it is due. Never rejects: without it, the isolate relies on its own count. */
  async refresh(nowMs: number): Promise<void> {
    const isDue = nowMs >= this.#dueMs || this.#dueMs - nowMs > DAY_MS;
    if (!isDue && !this.#known.hasUncountedCaps) return;
    const capped = this.#known.costCappedKeys();
    if (capped.size === 0) return;
    this.#dueMs = nowMs + LEAST_GAP_MS;
    try {
      const rows = await this.#count([...capped.values()].flat(), nowMs);
      this.#dueMs = nowMs + Math.max(LEAST_GAP_MS, rows.length * GAP_MS_A_ROW);
      for (const slug of capped.keys()) {
        for (const pool of this.#known.pools(slug).all()) {
          for (const reached of pool.noteSpent(rows, nowMs)) this.#tell(reached, nowMs);
        }
      }
    } catch (error) {
      console.error("state: what capped keys cost cannot be counted:", rootCause(error));
    }
  }

  #tell(reached: ReachedKey, atMs: number): void {
    this.#record(capReached(reached, { requestId: "", model: null, atMs }));
  }

  async #count(keyIds: readonly string[], nowMs: number): Promise<readonly KeySpend[]> {
    const dayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
    const isKnown = keyIds.every((id) => this.#counted.has(id));
    if (this.#before?.dayMs !== dayMs || !isKnown) {
      const costs = await this.#sum(keyIds, monthStartMs(nowMs), dayMs);
      this.#before = { dayMs, costs };
      this.#counted = new Set(keyIds);
    }
    const before = this.#before.costs;
    const today = await this.#sum(keyIds, dayMs, nowMs + 1);
    const ids = new Set([...before.keys(), ...today.keys()]);
    return [...ids].map((keyId) => {
      const day = today.get(keyId) ?? 0;
      return { keyId, day, month: day + (before.get(keyId) ?? 0) };
    });
  }

  async #sum(keyIds: readonly string[], fromMs: number, toMs: number): Promise<Costs> {
    if (fromMs >= toMs) return new Map();
    const [sums = []] = await sumCells(this.#db, [
      {
        side: "key",
        grain: "day",
        fromMs,
        toMs,
        by: ["subjectId"],
        only: { dimension: "subjectId", values: keyIds },
        measures: ["costNanoUsd"],
      },
    ]);
    return new Map(sums.map(({ subjectId, values }) => [subjectId, values.costNanoUsd]));
  }
}

function monthStartMs(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
}
