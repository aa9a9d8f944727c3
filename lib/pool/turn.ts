/**
 * What a request and the pool say to each other.
 * @module
 */
import type { Conversation } from "./affinity";
import type { Group, PoolEntry } from "./group";
import type { Lane, Outlook } from "./lane";
import type { Sent } from "./pace";
import type { Claim, PoolKey } from "./types";
import type { Waiter } from "./waiting-line";

/** A request for quota. */
export interface Ask {
  readonly claim: Claim;
  /** Estimated. */
  readonly tokens: number;
  /** Ids of keys that must not be used. */
  tried: ReadonlySet<string>;
  /** Whether keys that answered lately are asked first: those in their turn refused too often. */
  prefersProven: boolean;
  /** What it is part of, and so prefers the key of; null for nothing. */
  readonly conversation: Conversation | null;
  /** Until when it may wait: epoch milliseconds. */
  readonly patientUntilMs: number;
  /** Its place in the line; null while it does not wait. */
  waiter: Waiter | null;
  isCounted: boolean;
}

/** A key handed out for one attempt. */
export interface Lease {
  readonly key: PoolKey;
  readonly entry: PoolEntry;
  readonly sent: Sent;
  readonly group: Group;
  readonly lane: Lane;
  /** Whether its outcome was accounted for: that is done once. */
  isSettled: boolean;
}

export type Turn =
  | { readonly kind: "go"; readonly lease: Lease }
  /** Ask again then. */
  | { readonly kind: "wait"; readonly untilMs: number }
  /** Nothing within its patience; there may be something at `retryAtMs`. */
  | { readonly kind: "full"; readonly retryAtMs: number }
  /** Every key left is in `tried`, or there is none. */
  | { readonly kind: "none"; readonly outlook: Outlook };

/** A request for quota that will not wait. */
export function newAsk(claim: Claim, tried: ReadonlySet<string> = new Set()): Ask {
  return {
    claim,
    tokens: 1,
    tried,
    prefersProven: false,
    conversation: null,
    patientUntilMs: 0,
    waiter: null,
    isCounted: false,
  };
}
