/**
 * What all isolates have sent in the providers' days, for daily limits.
 * @module
 */
import type { DayUse } from "../../pool/limits/limit-book";
import { quotaDayStartMs } from "../../providers/answers/quota-day";
import { OUTCOMES } from "../../usage/types";
import type { Database } from "../open-database";
import { rootCause } from "../root-cause";
import { sumCells } from "../usage/read-usage-cells";
import type { KnownState } from "./known-state";

/** Minimum time between counts. */
const LEAST_GAP_MS = 60_000;
/** A count reads about one row per hour for each key, model and outcome: at most 864,000 rows per day. */
const GAP_MS_A_ROW = 100;
const HOURS_A_DAY = 24;

/** Providers don't count the requests that they reject. */
const COUNTED = OUTCOMES.filter((outcome) => outcome !== "limited");

export class DayCounts {
  readonly #db: Database;
  readonly #known: KnownState;
  /** When to count again, by provider. */
  readonly #dueMs = new Map<string, number>();

  constructor(db: Database, known: KnownState) {
    this.#db = db;
    this.#known = known;
  }

  /** Requests a new count, because keys were added since the last one. */
  countAgain(): void {
    this.#dueMs.clear();
  }

  /**
   * Counts for the pools that have such limits, if it is due. Never rejects: without it, the isolate relies on its own
   * count.
   */
  async refresh(nowMs: number): Promise<void> {
    const due = this.#known
      .providersWithDailyLimits()
      .filter((slug) => (this.#dueMs.get(slug) ?? 0) <= nowMs);
    if (due.length === 0) return;
    for (const slug of due) this.#dueMs.set(slug, nowMs + LEAST_GAP_MS);
    try {
      const counts = await this.#count(due, nowMs);
      for (const [index, slug] of due.entries()) {
        const uses = counts[index] ?? [];
        for (const pool of this.#known.pools(slug).all()) pool.noteUsedToday(uses, nowMs);
        const gapMs = Math.max(LEAST_GAP_MS, uses.length * HOURS_A_DAY * GAP_MS_A_ROW);
        this.#dueMs.set(slug, nowMs + gapMs);
      }
    } catch (error) {
      console.error("state: what was used today cannot be counted:", rootCause(error));
    }
  }

  async #count(slugs: readonly string[], nowMs: number): Promise<readonly DayUse[][]> {
    const sums = await sumCells(
      this.#db,
      slugs.map((provider) => ({
        side: "key",
        grain: "hour",
        fromMs: quotaDayStartMs(this.#known.quotaDayZone(provider), nowMs),
        toMs: nowMs + 1,
        by: ["model", "subjectId"],
        where: { provider },
        only: { dimension: "outcome", values: COUNTED },
        measures: ["requests", "attempts"],
      })),
    );
    return sums.map((rows) =>
      rows.map(({ model, subjectId, values }) => ({
        keyId: subjectId,
        model,
        requests: values.attempts,
      })),
    );
  }
}
