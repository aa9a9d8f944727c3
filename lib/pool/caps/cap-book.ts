/**
 * The keys of a pool that have caps, and how isolates share them: each tells what it holds and spends, as of other
 * quotas of keys (`lib/pool/peers`). Nothing is told while little of a cap is used.
 * @module
 */

import { scoreOf } from "../peers/rendezvous-turns";
import {
  type DomainReport,
  decodeSends,
  encodeSends,
  type ModelReport,
  type PeerReport,
} from "../peers/report-format";
import type { Pressure, SharedModel, UseBoard } from "../peers/use-board";
import type { PoolKey } from "../types";
import { type CapHold, KeyCaps, type PeerCaps, type ReachedCap } from "./key-caps";

/** Much use is a reason to tell for so long. */
const HOT_MS = 30_000;
/** Who has told nothing for so long wants nothing. */
const FRESH_MS = 9_000;
/** What cannot be shared evenly is drawn for as long as it takes the others to hear. */
const TURN_MS = 8_000;
/** So many keys are told of. */
const TOLD_MAX = 200;

/** What all isolates have written of one key, in 1e-9 US dollars. */
export interface KeySpend {
  readonly keyId: string;
  readonly day: number;
  readonly month: number;
}

export interface ReachedKey extends ReachedCap {
  readonly keyId: string;
}

export class CapBook implements SharedModel {
  readonly name: string;
  readonly #board: UseBoard | null;
  readonly #capped = new Map<string, KeyCaps>();
  /** Those that requests hold, or did since others were told. */
  readonly #used = new Set<KeyCaps>();
  /** Those that may serve no more until a request is over. */
  readonly #full = new Set<KeyCaps>();
  /** Whether others told of keys here. */
  #heard: "nothing" | "nobody" | "others" = "nothing";
  readonly #told = new Set<string>();
  /** Keys that others told last that they use. */
  #shared: ReadonlySet<string> = new Set();
  #hotUntilMs = 0;

  /**
   * @param board On which isolates tell each other; null where there are no others.
   * @param pool Names the pool to them.
   */
  constructor(board: UseBoard | null, pool: string) {
    this.#board = board;
    // Names of models begin with the pool's name and a blank.
    this.name = `${pool}#caps`;
  }

  /** The caps of a key that came, or has others now; null for none. */
  of({ id, caps }: PoolKey, nowMs: number): KeyCaps | null {
    const known = this.#capped.get(id);
    if (caps === undefined) {
      if (known !== undefined) this.#drop(known);
      return null;
    }
    if (known === undefined) {
      const added = new KeyCaps(id, caps, nowMs);
      this.#capped.set(id, added);
      return added;
    }
    known.change(caps, nowMs);
    this.#noteFull(known, nowMs);
    return known;
  }

  remove(keyId: string): void {
    const known = this.#capped.get(keyId);
    if (known !== undefined) this.#drop(known);
  }

  /** Whether a request that waits may be served as soon as another is over. */
  get isHeld(): boolean {
    return this.#full.size > 0;
  }

  /** Keys whose costs are counted. */
  countedKeys(): readonly string[] {
    return [...this.#capped.values()].flatMap((caps) => (caps.countsCosts ? [caps.keyId] : []));
  }

  /** Whether keys have such caps that were not counted yet. */
  get isUncounted(): boolean {
    return this.#capped.values().some((caps) => caps.isUncounted);
  }

  /** Takes over what all isolates have written up to a moment. @returns Keys that turn out to have reached a cap. */
  noteSpent(spends: readonly KeySpend[], atMs: number): readonly ReachedKey[] {
    const byKey = new Map(spends.map((spend) => [spend.keyId, spend]));
    return [...this.#capped.values()].flatMap((caps) => {
      if (!caps.countsCosts) return [];
      const { day = 0, month = 0 } = byKey.get(caps.keyId) ?? {};
      caps.noteSpent(day, month, atMs);
      return this.#reached(caps, atMs) ?? [];
    });
  }

  take(caps: KeyCaps, nowMs: number): CapHold {
    const hold = caps.take(nowMs);
    this.#changed(caps, nowMs);
    return hold;
  }

  reserve(caps: KeyCaps, hold: CapHold, costNanoUsd: number, nowMs: number): void {
    caps.reserve(hold, costNanoUsd, nowMs);
    this.#changed(caps, nowMs);
  }

  /** @returns Whether the key may serve again that could not. */
  release(caps: KeyCaps, hold: CapHold, nowMs: number): boolean {
    if (!caps.release(hold)) return false;
    const wasFull = this.#full.has(caps);
    this.#changed(caps, nowMs);
    return wasFull && !this.#full.has(caps);
  }

  /** A request came to so much. @returns The cap that is reached by it. */
  spend(caps: KeyCaps, costNanoUsd: number, atMs: number, nowMs: number): ReachedKey | null {
    caps.spend(costNanoUsd, atMs, nowMs);
    this.#changed(caps, nowMs);
    return this.#reached(caps, nowMs);
  }

  get pressure(): Pressure {
    if (this.#heard === "nobody") return "alone";
    return this.#heard === "nothing" || this.isHeld ? "tight" : "roomy";
  }

  isSharing(nowMs: number): boolean {
    return nowMs < this.#hotUntilMs && this.#board?.isOff === false;
  }

  report(nowMs: number): ModelReport {
    const told: DomainReport[] = [];
    this.#told.clear();
    for (const caps of this.#used) {
      const costs = encodeSends(caps.toldCosts(nowMs), nowMs);
      const wants = caps.isWanting(nowMs);
      if (caps.held === 0 && costs.length === 0 && !wants) this.#used.delete(caps);
      else if (told.length < TOLD_MAX) {
        // What is held, and whether more is wanted, in place of ages and amounts.
        told.push([caps.keyId, [caps.held, wants ? 1 : 0], costs, 0, 0]);
        this.#told.add(caps.keyId);
      }
    }
    return [this.name, this.#full.size, 0, told];
  }

  receive(reports: readonly PeerReport[], nowMs: number): void {
    const isolate = this.#board?.isolate ?? "";
    const byKey = new Map<string, { readonly isolate: string; readonly told: PeerCaps }[]>();
    for (const report of reports) {
      const isFresh = nowMs - report.reportedMs < FRESH_MS;
      const model = report.models.find(([name]) => name === this.name);
      for (const [keyId, [held = 0, wants = 0], costs] of model?.[3] ?? []) {
        const isWanting = wants > 0 && isFresh;
        const told = { held, isWanting, costs: decodeSends(costs, report.reportedMs) };
        if (held === 0 && !isWanting && told.costs.length === 0) continue;
        const known = byKey.get(keyId);
        const peer = { isolate: report.isolate, told };
        if (known === undefined) byKey.set(keyId, [peer]);
        else known.push(peer);
      }
    }
    this.#heard = byKey.size > 0 ? "others" : "nobody";
    for (const keyId of new Set([...byKey.keys(), ...this.#told, ...this.#shared])) {
      const caps = this.#capped.get(keyId);
      const peers = byKey.get(keyId) ?? [];
      const users = peers.filter(({ told }) => told.held > 0 || told.isWanting);
      const rank = (atMs: number) => {
        const turn = Math.floor(atMs / TURN_MS);
        const own = scoreOf(keyId, turn, { isolate, weight: 1 });
        return users.filter((peer) => scoreOf(keyId, turn, { ...peer, weight: 1 }) < own).length;
      };
      caps?.heard(
        peers.map(({ told }) => told),
        rank,
        nowMs,
      );
      if (caps !== undefined) this.#noteFull(caps, nowMs);
    }
    this.#shared = new Set(byKey.keys());
  }

  #changed(caps: KeyCaps, nowMs: number): void {
    this.#used.add(caps);
    this.#noteFull(caps, nowMs);
    if (this.#board === null) return;
    const isShared = this.isSharing(nowMs) && this.#shared.has(caps.keyId);
    if (isShared || caps.isMuchUsed(nowMs)) {
      this.#hotUntilMs = nowMs + HOT_MS;
      this.#board.share(this);
    } else if (this.isSharing(nowMs)) this.#board.markDue();
  }

  #noteFull(caps: KeyCaps, nowMs: number): void {
    if (caps.isHeld(nowMs)) this.#full.add(caps);
    else this.#full.delete(caps);
  }

  #reached(caps: KeyCaps, nowMs: number): ReachedKey | null {
    const reached = caps.takeReached(nowMs);
    return reached === null ? null : { ...reached, keyId: caps.keyId };
  }

  #drop(caps: KeyCaps): void {
    this.#capped.delete(caps.keyId);
    this.#used.delete(caps);
    this.#full.delete(caps);
  }
}
