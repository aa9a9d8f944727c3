/**
 * The state as a new isolate read it, encrypted, in the Cache API of its data center: an isolate that starts while D1
 * doesn't respond serves from it. It never replaces a read of D1 that succeeds.
 * @module
 */
import { hashToken } from "../../crypto/hash-token";
import { openBytes, sealBytes } from "../../crypto/seal-bytes";
import { rootCause } from "../root-cause";
import { STATE_COLUMNS, type StateChanges } from "./read-state";

/** A token that was revoked since then still works, but only while D1 doesn't respond. */
export const SNAPSHOT_LIFE_MS = 600_000;
/** Clocks of machines don't differ by more: a later time says nothing about the age. */
const CLOCKS_DIFFER_MS = 60_000;
/** Encrypting more would take too much of an invocation's CPU. */
const MAX_CHARS = 512 * 1024;
/** So would writing more as JSON, to find out that it is too long: the shortest rows have some 250 characters. */
const MAX_ROWS = 2_000;

const PURPOSE = "one-balance/v1/state-snapshot";

/** The platform's `Cache`, as far as it is needed. */
export interface SnapshotCache {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
}

interface Snapshot {
  /** When it was read, in epoch milliseconds. */
  readonly atMs: number;
  readonly state: StateChanges;
}

export class StateSnapshot {
  readonly #cache: SnapshotCache;
  readonly #secret: string;
  /** With the deployment, so that no other one can decrypt it, wherever it lies. */
  readonly #purpose: string;
  #unkept: Snapshot | null = null;
  #isDue = false;

  /**
   * @param secret `KEY_ENCRYPTION_SECRET`.
   * @param deployment What no other deployment has that shares the cache, even with the same secret: its snapshot is of
   * another database.
   */
  constructor(cache: SnapshotCache, secret: string, deployment: string) {
    this.#cache = cache;
    this.#secret = secret;
    this.#purpose = JSON.stringify([PURPOSE, deployment]);
  }

  /** The isolate has read this from D1. */
  note(state: StateChanges, atMs: number): void {
    this.#unkept = { atMs, state };
  }

  /** Keeps what was noted, but not after the first response, which has work enough. Null if there is nothing to do. */
  keepIfDue(): Promise<void> | null {
    const unkept = this.#unkept;
    if (unkept === null) return null;
    if (!this.#isDue) {
      this.#isDue = true;
      return null;
    }
    this.#unkept = null;
    return this.#keep(unkept);
  }

  /** Null if there is none that can be read, or it is too old. Never rejects. */
  async recall(nowMs: number): Promise<StateChanges | null> {
    try {
      const cached = await this.#cache.match(await this.#url());
      if (cached === undefined) return null;
      const sealed = new Uint8Array(await cached.arrayBuffer());
      const bytes = await openBytes(sealed, this.#secret, this.#purpose);
      // Only a release with the same columns can have encrypted it for this address.
      const { atMs, state } = JSON.parse(new TextDecoder().decode(bytes)) as Snapshot;
      const ageMs = nowMs - atMs;
      return ageMs > SNAPSHOT_LIFE_MS || ageMs < -CLOCKS_DIFFER_MS ? null : state;
    } catch (error) {
      console.error("state: its snapshot cannot be read:", rootCause(error));
      return null;
    }
  }

  async #keep(snapshot: Snapshot): Promise<void> {
    try {
      if (rowsIn(snapshot.state) > MAX_ROWS) return;
      const text = JSON.stringify(snapshot);
      if (text.length > MAX_CHARS) return;
      const sealed = await sealBytes(new TextEncoder().encode(text), this.#secret, this.#purpose);
      const headers = { "cache-control": `max-age=${SNAPSHOT_LIFE_MS / 1_000}` };
      await this.#cache.put(await this.#url(), new Response(sealed, { headers }));
    } catch (error) {
      console.error("state: its snapshot cannot be kept:", rootCause(error));
    }
  }

  async #url(): Promise<string> {
    const columns = Object.values(STATE_COLUMNS).map((each) => Object.keys(each));
    const name = await hashToken(JSON.stringify([this.#purpose, this.#secret, columns]));
    return `https://state.one-balance.internal/${encodeURIComponent(name)}`;
  }
}

function rowsIn(state: StateChanges): number {
  const tables = Object.keys(STATE_COLUMNS) as (keyof typeof STATE_COLUMNS)[];
  return tables.reduce((rows, table) => rows + state[table].length, 0);
}
