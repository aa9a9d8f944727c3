/**
 * The keys of one provider and the choice among them: a state machine over plain data, with the clock
 * handed in. No I/O.
 *
 * Rotation is even: the key used longest ago is next, weights share by class, and a lower priority tier
 * serves only when no higher one has a ready key.
 * @module
 */
import { Lane, type Outlook, type PoolEntry } from "./lane";
import { modelMatches } from "./model-matches";
import { NO_MODEL, type PoolKey } from "./types";

/**
 * Ring slots all lanes of one pool may hold together. Model names come from clients, so lanes must not
 * grow with them without bound; the oldest lane goes first and is rebuilt when asked for.
 */
const MAX_LANE_SLOTS = 1_000_000;

const NONE: ReadonlySet<string> = new Set();

export class KeyPool {
  readonly #random: () => number;
  readonly #entries = new Map<string, PoolEntry>();
  readonly #lanes = new Map<string, Lane>();
  #picks = 0;

  /** @param random In [0, 1); spreads the first round, so that isolates do not march in step. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): PoolKey | undefined {
    return this.#entries.get(id)?.key;
  }

  *keys(): Generator<PoolKey, void> {
    for (const entry of this.#entries.values()) yield entry.key;
  }

  /** Adds a key, or takes over a new version of one with the same id. */
  upsert(key: PoolKey): void {
    const entry = this.#entries.get(key.id);
    if (entry === undefined) {
      this.#entries.set(key.id, {
        key,
        present: true,
        lastPick: -this.#random(),
        bare429s: null,
      });
      this.#lanes.clear();
      return;
    }
    // Lanes notice by themselves what got worse; only what may wake a key or move it needs new lanes.
    if (mayServeMore(entry.key, key)) this.#lanes.clear();
    entry.key = key;
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.present = false;
    this.#entries.delete(id);
  }

  /**
   * The key to use next for a model (null: a call that names none), or null if none that is not in
   * `tried` is ready. Constant time, amortised.
   */
  pick(model: string | null, nowMs: number, tried: ReadonlySet<string> = NONE): PoolKey | null {
    const entry = this.#lane(model, nowMs).pick(nowMs, tried);
    if (entry === null) return null;
    this.#picks += 1;
    entry.lastPick = this.#picks;
    return entry.key;
  }

  /** Why `pick` found nothing, and when to come back. */
  outlook(model: string | null, nowMs: number): Outlook {
    return this.#lane(model, nowMs).outlook(nowMs);
  }

  /** Rests a key for one model (or `EVERY_MODEL`). Never shortens a rest. */
  cool(id: string, model: string, untilMs: number, reason: string): void {
    const cooldowns = this.#entries.get(id)?.key.cooldowns;
    if (cooldowns === undefined || (cooldowns.get(model)?.untilMs ?? 0) >= untilMs) return;
    cooldowns.set(model, { untilMs, reason });
  }

  block(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.key.status = "blocked";
  }

  /** Counts a 429 that told neither quota nor reset; returns how many came in a row for key and model. */
  countBare429(id: string, model: string | null): number {
    const entry = this.#entries.get(id);
    if (entry === undefined) return 0;
    entry.bare429s ??= new Map();
    const count = (entry.bare429s.get(model ?? NO_MODEL) ?? 0) + 1;
    entry.bare429s.set(model ?? NO_MODEL, count);
    return count;
  }

  /** A success ends the row of bare 429s for key and model. */
  succeed(id: string, model: string | null): void {
    this.#entries.get(id)?.bare429s?.delete(model ?? NO_MODEL);
  }

  #lane(model: string | null, nowMs: number): Lane {
    const name = model ?? NO_MODEL;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      const entries = [...this.#entries.values()].filter((entry) =>
        modelMatches(entry.key.models, model),
      );
      entries.sort((a, b) => a.lastPick - b.lastPick);
      lane = new Lane(name, entries, nowMs);
      this.#makeRoom();
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  #makeRoom(): void {
    const limit = Math.max(4, Math.floor(MAX_LANE_SLOTS / Math.max(1, this.#entries.size)));
    for (const name of this.#lanes.keys()) {
      if (this.#lanes.size < limit) return;
      this.#lanes.delete(name);
    }
  }
}

/** Whether the new version of a key could be picked where or when the old one could not. */
function mayServeMore(before: PoolKey, after: PoolKey): boolean {
  if (after.status === "active" && before.status !== "active") return true;
  if (after.priority !== before.priority || after.weight !== before.weight) return true;
  if (JSON.stringify(after.models) !== JSON.stringify(before.models)) return true;
  for (const [model, cooldown] of before.cooldowns) {
    if ((after.cooldowns.get(model)?.untilMs ?? 0) < cooldown.untilMs) return true;
  }
  return false;
}
