/**
 * What a request wants from the pool, and what the pool returns.
 * @module
 */

import type { CapHold } from "./caps/key-caps";
import type { Sent } from "./limits/sent";
import type { Conversation } from "./schedule/affinity";
import type { Group, PoolEntry } from "./schedule/group";
import type { ModelScheduler } from "./schedule/model-scheduler";
import type { Waiter } from "./share/fair-queue";
import type { Claim, PoolKey } from "./types";

/** A request for quota. */
export interface KeyRequest {
  readonly claim: Claim;
  /** Estimated. */
  readonly tokens: number;
  /** Ids of keys that must not be used. */
  tried: ReadonlySet<string>;
  /** Whether keys that worked recently come first, because those whose turn it was rejected too often. */
  prefersProven: boolean;
  /** The conversation it belongs to, whose key it prefers; null for none. */
  readonly conversation: Conversation | null;
  /** How long it may wait, in epoch milliseconds. */
  readonly maxWaitUntilMs: number;
  /** Its place in the queue; null while it isn't waiting. */
  waiter: Waiter | null;
  isCounted: boolean;
  /** Until when the last forecast is accurate enough, in epoch milliseconds. */
  hopefulUntilMs: number;
}

/** A key handed out for one attempt. */
export interface Lease {
  readonly key: PoolKey;
  readonly entry: PoolEntry;
  readonly sent: Sent;
  readonly group: Group;
  readonly scheduler: ModelScheduler;
  /** What it holds of the key's caps; null for a key without. */
  readonly hold: CapHold | null;
  /** Whether its outcome was recorded, which happens only once. */
  isSettled: boolean;
}

export type PickResult =
  | { readonly kind: "granted"; readonly lease: Lease }
  /** Poll again then. */
  | { readonly kind: "wait"; readonly untilMs: number }
  /** No quota within its longest wait; there may be some at `retryAtMs`. */
  | { readonly kind: "exhausted"; readonly retryAtMs: number }
  /** Every key left is in `tried`, or there is none. */
  | { readonly kind: "unavailable" };

/** A request that won't wait. */
export function newKeyRequest(claim: Claim, tried: ReadonlySet<string> = new Set()): KeyRequest {
  return {
    claim,
    tokens: 1,
    tried,
    prefersProven: false,
    conversation: null,
    maxWaitUntilMs: 0,
    waiter: null,
    isCounted: false,
    hopefulUntilMs: 0,
  };
}
