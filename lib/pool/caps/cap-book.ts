/**
 * The keys of a pool that have caps, and how isolates share these: each reports what it holds and spends, as for other
 * quotas of keys (`lib/pool/peers`). Nothing is reported while little of a cap is used.
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

/** How long high use is a reason to report. */
const SHARE_MS = 30_000;
/** An isolate that hasn't reported for this long wants nothing. */
const FRESH_MS = 9_000;
/** What can't be shared evenly goes to one isolate for as long as a report takes to reach the others. */
const TURN_MS = 8_000;
/** The most keys in a report. */
const MAX_REPORTED = 200;

/** What all isolates have written for one key, in 1e-9 US dollars. */
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
  /** Keys that requests hold, or held since the last report. */
  readonly #used = new Set<KeyCaps>();
  /** Keys that may serve no more until a request ends. */
  readonly #full = new Set<KeyCaps>();
  /** Whether others reported keys of this pool. */
  #peers: "unknown" | "none" | "others" = "unknown";
  readonly #reported = new Set<string>();
  /** Keys that others last reported to be in use. */
  #shared: ReadonlySet<string> = new Set();
  #sharesUntilMs = 0;

  /**
   * @param board On which isolates report to each other; null if there are no others.
   * @param pool Its name in reports.
   */
  constructor(board: UseBoard | null, pool: string) {
    this.#board = board;
    // Names of models begin with the pool's name and a space.
    this.name = `${pool}#caps`;
  }

  /** The caps of a key that was added or changed; null for none. */
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

  /** Whether a waiting request may be served as soon as another ends. */
  get isHeld(): boolean {
    return this.#full.size > 0;
  }

  /** Keys whose costs are counted. */
  countedKeys(): readonly string[] {
    return [...this.#capped.values()].flatMap((caps) => (caps.countsCosts ? [caps.keyId] : []));
  }

  /** Whether some of them weren't counted yet. */
  get isUncounted(): boolean {
    return this.#capped.values().some((caps) => caps.isUncounted);
  }

  /** Applies what all isolates have written up to a moment. @returns Keys that turn out to have reached a cap. */
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

  /** @returns Whether the key, which couldn't serve, can serve again. */
  release(caps: KeyCaps, hold: CapHold, nowMs: number): boolean {
    if (!caps.release(hold)) return false;
    const wasFull = this.#full.has(caps);
    this.#changed(caps, nowMs);
    return wasFull && !this.#full.has(caps);
  }

  /** The request has ended, and its work goes on. @returns As `release`. */
  keep(caps: KeyCaps, hold: CapHold, work: string, nowMs: number): boolean {
    const wasFull = this.#full.has(caps);
    caps.keep(hold, work, nowMs);
    this.#changed(caps, nowMs);
    return wasFull && !this.#full.has(caps);
  }

  /** Some work holds nothing any more. @returns As `release`. */
  letGo(caps: KeyCaps, work: string, nowMs: number): boolean {
    if (!caps.letGo(work)) return false;
    const wasFull = this.#full.has(caps);
    this.#changed(caps, nowMs);
    return wasFull && !this.#full.has(caps);
  }

  /** Records what a request cost. @returns The cap that this reaches. */
  spend(caps: KeyCaps, costNanoUsd: number, atMs: number, nowMs: number): ReachedKey | null {
    caps.spend(costNanoUsd, atMs, nowMs);
    this.#changed(caps, nowMs);
    return this.#reached(caps, nowMs);
  }

  get pressure(): Pressure {
    if (this.#peers === "none") return "alone";
    return this.#peers === "unknown" || this.isHeld ? "tight" : "roomy";
  }

  isSharing(nowMs: number): boolean {
    return nowMs < this.#sharesUntilMs && this.#board?.isOff === false;
  }

  report(nowMs: number): ModelReport {
    const report: DomainReport[] = [];
    this.#reported.clear();
    for (const caps of this.#used) {
      const costs = encodeSends(caps.costReport(nowMs), nowMs);
      const wants = caps.isWanting(nowMs);
      if (caps.held === 0 && costs.length === 0 && !wants) this.#used.delete(caps);
      else if (report.length < MAX_REPORTED) {
        // What is held, and whether more is wanted, instead of ages and amounts.
        report.push([caps.keyId, [caps.held, wants ? 1 : 0], costs, 0, 0]);
        this.#reported.add(caps.keyId);
      }
    }
    return [this.name, this.#full.size, 0, report];
  }

  receive(reports: readonly PeerReport[], nowMs: number): void {
    const isolate = this.#board?.isolate ?? "";
    const byKey = new Map<string, { readonly isolate: string; readonly reported: PeerCaps }[]>();
    for (const report of reports) {
      const isFresh = nowMs - report.reportedMs < FRESH_MS;
      const model = report.models.find(([name]) => name === this.name);
      for (const [keyId, [held = 0, wants = 0], costs] of model?.[3] ?? []) {
        const isWanting = wants > 0 && isFresh;
        const reported = { held, isWanting, costs: decodeSends(costs, report.reportedMs) };
        if (held === 0 && !isWanting && reported.costs.length === 0) continue;
        const known = byKey.get(keyId);
        const peer = { isolate: report.isolate, reported };
        if (known === undefined) byKey.set(keyId, [peer]);
        else known.push(peer);
      }
    }
    this.#peers = byKey.size > 0 ? "others" : "none";
    for (const keyId of new Set([...byKey.keys(), ...this.#reported, ...this.#shared])) {
      const caps = this.#capped.get(keyId);
      const peers = byKey.get(keyId) ?? [];
      const users = peers.filter(({ reported }) => reported.held > 0 || reported.isWanting);
      const rank = (atMs: number) => {
        const turn = Math.floor(atMs / TURN_MS);
        const own = scoreOf(keyId, turn, { isolate, weight: 1 });
        return users.filter((peer) => scoreOf(keyId, turn, { ...peer, weight: 1 }) < own).length;
      };
      caps?.receive(
        peers.map(({ reported }) => reported),
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
      this.#sharesUntilMs = nowMs + SHARE_MS;
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
