/**
 * The keys of one quota domain that stand together in a scheduler, because they have one limiter.
 * @module
 */

import { modelMatches } from "../../models/model-matches";
import type { KeyTrouble } from "../guard/key-trouble";
import type { RateLimiter } from "../limits/rate-limiter";
import { domainOf } from "../quota-domain";
import type { PoolKey } from "../types";
import { type Candidate, hashText } from "./affinity";
import { readyAtMs } from "./readiness";
import type { Placed } from "./ready-ring";

/** A key's place in its pool; shared by every scheduler the key stands in. */
export interface PoolEntry {
  key: PoolKey;
  /** False once the key was removed from the pool. */
  present: boolean;
  /** False where the key's text cannot be had: the secret that it was sealed with is another. */
  opens: boolean;
  /** What speaks against it; null while nothing does. */
  trouble: KeyTrouble | null;
  /** Grows with every pick; keeps the order when schedulers are rebuilt. */
  lastPick: number;
}

/** Keys of one quota domain, of one priority and weight. */
export class Group implements Candidate, Placed {
  /** Null until the group is used for the first time. */
  limiter: RateLimiter | null = null;
  /** Its name among the limiters of the scheduler's model. */
  readonly id: string;
  /** Requests it served out of turn, or is about to: it is skipped for as many turns. */
  debt = 0;
  /** When the group's place in one of the heaps is due; null while it stands in a ring alone. */
  asleepUntilMs: number | null = null;
  place = 0;
  /** Most groups have one key, and there may be very many. */
  #only: PoolEntry;
  /** The one to use first in front; null where there is only one. */
  #all: PoolEntry[] | null = null;
  #hash: number | null = null;

  constructor(domain: string, first: PoolEntry) {
    this.id = domain;
    this.#only = first;
  }

  add(entry: PoolEntry): void {
    this.#all ??= [this.#only];
    this.#all.push(entry);
  }

  get entries(): readonly PoolEntry[] {
    return this.#all ?? [this.#only];
  }

  get priority(): number {
    return this.#only.key.priority;
  }

  get weight(): number {
    return this.#only.key.weight;
  }

  /** Whether other groups may have the same domain. */
  get isShared(): boolean {
    return this.#only.key.quotaDomain !== null;
  }

  get hash(): number {
    this.#hash ??= hashText(this.id);
    return this.#hash;
  }

  get load(): number {
    return this.limiter?.requestsSoFar ?? 0;
  }

  /** Whether it comes last, in a ring and a heap: it could serve, but all its keys are in trouble. */
  get isAside(): boolean {
    return this.asleepUntilMs !== null && this.place !== 0;
  }

  /** Whether any of its keys may be used at all, resting or not. */
  get isUsable(): boolean {
    return this.entries.some(isUsable);
  }

  /** Whether one of its keys was not accused. */
  get hasUnsuspected(): boolean {
    return this.entries.some(({ trouble }) => (trouble?.suspicion ?? null) === null);
  }

  /** When there is room for a request of so many tokens: epoch milliseconds, 0 for now. */
  roomAtMs(tokens: number, nowMs: number): number {
    return this.limiter === null ? 0 : this.limiter.earliestMs(tokens, nowMs);
  }

  /** When the smallest request for a model may go: epoch milliseconds, 0 for now, -1 for never. */
  readyAtMs(model: string, nowMs: number): number {
    let readyMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#all ?? [this.#only]) {
      if (isUsable(entry)) readyMs = Math.min(readyMs, readyAtMs(entry.key, model));
    }
    if (readyMs === Number.POSITIVE_INFINITY) return -1;
    return Math.max(readyMs, this.roomAtMs(1, nowMs));
  }

  /** Until when all its keys that are ready come last: epoch milliseconds, 0 where one is in no trouble. */
  asideUntilMs(model: string, nowMs: number): number {
    let asideMs = Number.POSITIVE_INFINITY;
    for (const entry of this.entries) {
      if (!isUsable(entry) || readyAtMs(entry.key, model) > nowMs) continue;
      asideMs = Math.min(asideMs, entry.trouble?.asideUntilMs ?? 0);
    }
    return asideMs > nowMs && asideMs < Number.POSITIVE_INFINITY ? asideMs : 0;
  }

  /** Whether another key answered since something last spoke against one of its keys. */
  isRecalled(answeredMs: number): boolean {
    return this.entries.some(({ trouble }) => (trouble?.lastMs ?? 0) <= answeredMs);
  }

  /** Whether a key is ready, in no trouble, and not tried. */
  canServe(model: string, tried: ReadonlySet<string>, nowMs: number): boolean {
    return this.entries.some((entry) => isFree(entry, model, nowMs, tried, false));
  }

  /** The preferred key if it is ready and not tried, else the one used longest ago of those that are. It goes to the back. */
  usableEntry(
    model: string,
    nowMs: number,
    tried: ReadonlySet<string>,
    preferredId: string | null = null,
    takesTroubled = false,
  ): PoolEntry | null {
    const all = this.#all;
    if (all === null) {
      return isFree(this.#only, model, nowMs, tried, takesTroubled) ? this.#only : null;
    }
    let found = -1;
    for (const [index, entry] of all.entries()) {
      if (!isFree(entry, model, nowMs, tried, takesTroubled)) continue;
      if (found < 0) found = index;
      if (preferredId === null) break;
      if (entry.key.id === preferredId) found = index;
    }
    const entry = all[found];
    if (entry === undefined) return null;
    if (found < all.length - 1) {
      all.splice(found, 1);
      all.push(entry);
    }
    return entry;
  }
}

/** The groups of the keys that may serve a model (null: a call that names none), the one to use first in front. */
export function groupsOf(pool: Iterable<PoolEntry>, model: string | null): Group[] {
  const groups: Group[] = [];
  const shared = new Map<string, Group>();
  for (const entry of byLastPick(pool, model)) {
    const { key } = entry;
    const domain = domainOf(key);
    if (key.quotaDomain === null) {
      groups.push(new Group(domain, entry));
      continue;
    }
    const name = `${key.priority} ${key.weight} ${domain}`;
    const known = shared.get(name);
    if (known !== undefined) {
      known.add(entry);
      continue;
    }
    const group = new Group(domain, entry);
    shared.set(name, group);
    groups.push(group);
  }
  return groups;
}

/** Of places in a list: more than keys there are, and small enough that a pick's number and a place fit in a double. */
const PLACES = 2 ** 20;

/**
 * The keys that may serve a model, the one picked longest ago in front. Sorted as numbers, which takes a tenth of the
 * time that a comparison in JavaScript does: a new isolate may have ten thousand.
 */
function byLastPick(pool: Iterable<PoolEntry>, model: string | null): PoolEntry[] {
  const entries: PoolEntry[] = [];
  for (const entry of pool) if (modelMatches(entry.key.models, model)) entries.push(entry);
  if (entries.length > PLACES) return entries.sort((a, b) => a.lastPick - b.lastPick);
  const order = new Float64Array(entries.length);
  for (const [place, { lastPick }] of entries.entries()) order[place] = lastPick * PLACES + place;
  order.sort();
  const sorted: PoolEntry[] = [];
  for (const number of order) {
    const entry = entries[number - Math.floor(number / PLACES) * PLACES];
    if (entry !== undefined) sorted.push(entry);
  }
  return sorted;
}

export interface Choice {
  readonly group: Group;
  readonly entry: PoolEntry;
}

/** @param takesTroubled Whether one that comes last is good enough. */
function isFree(
  entry: PoolEntry,
  model: string,
  nowMs: number,
  tried: ReadonlySet<string>,
  takesTroubled: boolean,
): boolean {
  return (
    isUsable(entry) &&
    !tried.has(entry.key.id) &&
    readyAtMs(entry.key, model) <= nowMs &&
    (takesTroubled || (entry.trouble?.asideUntilMs ?? 0) <= nowMs)
  );
}

function isUsable(entry: PoolEntry): boolean {
  return entry.present && entry.opens && entry.key.status === "active";
}
