import { type CapKind, EVERY_MODEL, isCap } from "../types";
import { entryReadyAtMs, type Group, type PoolEntry } from "./group";

/** How many keys could serve a model, and when. */
export interface Availability {
  /** Active keys that may serve it at all. */
  readonly keys: number;
  /** Those that could take a request now. */
  readonly ready: number;
  /** When the first of them can, in epoch milliseconds; now or earlier if one is ready, null if there is none. */
  readonly readyAtMs: number | null;
  /** The keys that a cap blocks: for each kind of cap, the first to renew; absent for none. */
  readonly atCap?: readonly KeysAtCap[];
}

export interface KeysAtCap {
  readonly kind: CapKind;
  readonly keys: number;
  /** When the first of them may serve again: epoch milliseconds. */
  readonly readyAtMs: number;
}

export function availabilityOf(
  groups: readonly Group[],
  model: string,
  nowMs: number,
): Availability {
  let [keys, ready] = [0, 0];
  let firstMs: number | null = null;
  const atCap = new Map<CapKind, KeysAtCap>();
  for (const group of groups) {
    const roomMs = group.roomAtMs(1, nowMs);
    for (const entry of group.entries) {
      const { key, presence } = entry;
      if (presence !== "present" || key.status !== "active") continue;
      const atMs = Math.max(roomMs, entryReadyAtMs(entry, model, nowMs));
      keys += 1;
      if (atMs <= nowMs) ready += 1;
      else noteCap(entry, atMs, atCap, nowMs);
      firstMs = Math.min(firstMs ?? atMs, atMs);
    }
  }
  const capped = atCap.size === 0 ? {} : { atCap: [...atCap.values()] };
  return { keys, ready, readyAtMs: firstMs, ...capped };
}

function noteCap(
  { caps, key }: PoolEntry,
  atMs: number,
  atCap: Map<CapKind, KeysAtCap>,
  nowMs: number,
): void {
  if (caps === null) return;
  // Another isolate may have found it.
  const reason = key.cooldowns.get(EVERY_MODEL)?.reason ?? "";
  const kind = caps.holdingBack(nowMs) ?? (isCap(reason) ? reason : null);
  if (kind === null) return;
  const known = atCap.get(kind);
  const readyAtMs = Math.min(atMs, known?.readyAtMs ?? atMs);
  atCap.set(kind, { kind, keys: 1 + (known?.keys ?? 0), readyAtMs });
}
