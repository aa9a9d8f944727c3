/**
 * The keys of one quota domain that a scheduler treats as one, because they share a limiter.
 * @module
 */

import { modelMatches } from "../../models/model-matches";
import type { KeyCaps } from "../caps/key-caps";
import type { KeyTrouble } from "../guard/key-trouble";
import type { RateLimiter } from "../limits/rate-limiter";
import { domainOf } from "../quota-domain";
import type { PoolKey } from "../types";
import { type Candidate, hashText } from "./affinity";
import { readyAtMs } from "./readiness";
import type { Placed } from "./ready-ring";

/** A key's state in its pool; shared by every scheduler that contains the key. */
export interface PoolEntry {
  key: PoolKey;
  /** `unreadable` if the key can't be decrypted, because it was encrypted with another secret. */
  presence: "present" | "unreadable" | "removed";
  /** The evidence against it; null if there is none. */
  trouble: KeyTrouble | null;
  /** The most that people allow it; null for no cap. */
  caps: KeyCaps | null;
  /** Grows with every pick; preserves the order when schedulers are rebuilt. */
  lastPick: number;
}

/** Keys of one quota domain with the same priority and weight. */
export class Group implements Candidate, Placed {
  /** Null until the group is first used. */
  limiter: RateLimiter | null = null;
  /** Its key in the limiters of the scheduler's model. */
  readonly id: string;
  /** Requests served (or about to be) out of turn; the group skips that many of its later turns. */
  debt = 0;
  /** When the group's entry in one of the heaps is due; null while it is only in a ring. */
  asleepUntilMs: number | null = null;
  place = 0;
  /** One, or several with the one to use first in front: most groups have one, and there may be very many groups. */
  #keys: PoolEntry | PoolEntry[];
  #hash: number | null = null;

  constructor(domain: string, first: PoolEntry) {
    this.id = domain;
    this.#keys = first;
  }

  add(entry: PoolEntry): void {
    if (Array.isArray(this.#keys)) this.#keys.push(entry);
    else this.#keys = [this.#keys, entry];
  }

  get entries(): readonly PoolEntry[] {
    return Array.isArray(this.#keys) ? this.#keys : [this.#keys];
  }

  get priority(): number {
    return anyEntry(this).key.priority;
  }

  get weight(): number {
    return anyEntry(this).key.weight;
  }

  /** Whether other groups may have the same domain. */
  get isShared(): boolean {
    return anyEntry(this).key.quotaDomain !== null;
  }

  get hash(): number {
    this.#hash ??= hashText(this.id);
    return this.#hash;
  }

  get load(): number {
    return this.limiter?.requestsSoFar ?? 0;
  }

  /** Whether it is used last, in a ring and a heap: it could serve, but all its keys are in trouble. */
  get isAside(): boolean {
    return this.asleepUntilMs !== null && this.place !== 0;
  }

  /** Whether any of its keys may be used at all, in cooldown or not. */
  get isUsable(): boolean {
    return this.entries.some(isUsable);
  }

  /** Whether one of its keys was not accused. */
  get hasUnsuspected(): boolean {
    return this.entries.some(({ trouble }) => (trouble?.suspicion ?? null) === null);
  }

  /** When there is room for a request with this many tokens: epoch milliseconds, 0 for now. */
  roomAtMs(tokens: number, nowMs: number): number {
    return this.limiter === null ? 0 : this.limiter.earliestMs(tokens, nowMs);
  }

  /** When the smallest request for a model may be sent: epoch milliseconds, 0 for now, -1 for never. */
  readyAtMs(model: string, nowMs: number): number {
    let readyMs = Number.POSITIVE_INFINITY;
    for (const entry of this.entries) {
      if (isUsable(entry)) readyMs = Math.min(readyMs, entryReadyAtMs(entry, model, nowMs));
    }
    if (readyMs === Number.POSITIVE_INFINITY) return -1;
    return Math.max(readyMs, this.roomAtMs(1, nowMs));
  }

  /** Until when all its ready keys are used last: epoch milliseconds, 0 if one isn't in trouble. */
  asideUntilMs(model: string, nowMs: number): number {
    let asideMs = Number.POSITIVE_INFINITY;
    for (const entry of this.entries) {
      if (!isUsable(entry) || entryReadyAtMs(entry, model, nowMs) > nowMs) continue;
      asideMs = Math.min(asideMs, entry.trouble?.asideUntilMs ?? 0);
    }
    return asideMs > nowMs && asideMs < Number.POSITIVE_INFINITY ? asideMs : 0;
  }

  /** Whether another key has worked since the last evidence against one of its keys. */
  isRecalled(answeredMs: number): boolean {
    return this.entries.some(({ trouble }) => (trouble?.lastMs ?? 0) <= answeredMs);
  }

  /** Whether a key is ready, not in trouble, and not tried. */
  canServe(model: string, tried: ReadonlySet<string>, nowMs: number): boolean {
    return this.entries.some((entry) => isFree(entry, model, nowMs, tried, false));
  }

  /**
   * The preferred key if it is ready and not tried, otherwise the least recently used of those that are. It moves to
   * the back.
   */
  usableEntry(
    model: string,
    nowMs: number,
    tried: ReadonlySet<string>,
    preferredId: string | null = null,
    takesTroubled = false,
  ): PoolEntry | null {
    const all = this.#keys;
    if (!Array.isArray(all)) {
      return isFree(all, model, nowMs, tried, takesTroubled) ? all : null;
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

/** One of its keys: they have the same priority, weight and domain. */
function anyEntry({ entries }: Group): PoolEntry {
  const [first] = entries;
  if (first === undefined) throw new Error("a group has at least one key");
  return first;
}

/** The groups of the keys that may serve a model (null: a call that names none), in order of use. */
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

/**
 * The number of places in a list: more than there are keys, and small enough that a pick's number and a place fit into
 * a double.
 */
const PLACES = 2 ** 20;

/**
 * The keys that may serve a model, least recently picked first. Sorted as numbers, which takes a tenth of the time of a
 * comparison function: a new isolate may have ten thousand keys.
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

/** @param takesTroubled Whether a key in trouble is acceptable. */
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
    entryReadyAtMs(entry, model, nowMs) <= nowMs &&
    (takesTroubled || (entry.trouble?.asideUntilMs ?? 0) <= nowMs)
  );
}

function isUsable(entry: PoolEntry): boolean {
  return entry.presence === "present" && entry.key.status === "active";
}

/** When this key may next serve the model, including its caps: epoch milliseconds, 0 for now. Ignores its status. */
export function entryReadyAtMs({ key, caps }: PoolEntry, model: string, nowMs: number): number {
  const cooledUntilMs = readyAtMs(key, model);
  return caps === null ? cooledUntilMs : Math.max(cooledUntilMs, caps.readyAtMs(nowMs));
}
