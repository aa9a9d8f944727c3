/**
 * Memory used by long request bodies in this isolate, which has 128 MB in total.
 * @module
 */
import { ProxyError } from "../proxy-error";

const MEBIBYTE = 1024 * 1024;

/** For all requests together; sending a body takes as much again. */
const MAX_HELD_BYTES = 48 * MEBIBYTE;
/** Per caller, however slowly the bodies arrive: the longest possible body, so that something is left for others. */
const MAX_OF_ONE_BYTES = 32 * MEBIBYTE + 1;

let heldBytes = 0;
/** By caller, while anything is held. */
const heldBy = new Map<string, number>();

export interface HeldMemory {
  /** Keeps only this much of it. */
  shrink(bytes: number): void;
  /** May be called again. */
  release(): void;
}

/**
 * @param callerId The access token's id.
 * @throws {ProxyError} `body_too_large`, to be retried, if the total or this caller's part is used up.
 */
export function holdMemory(bytes: number, callerId: string): HeldMemory {
  if ((heldBy.get(callerId) ?? 0) + bytes > MAX_OF_ONE_BYTES) {
    throw occupied("This token's other long requests take its share of");
  }
  if (heldBytes + bytes > MAX_HELD_BYTES) throw occupied("Other long requests take");
  let held = 0;
  const hold = (kept: number) => {
    const all = (heldBy.get(callerId) ?? 0) + kept - held;
    if (all === 0) heldBy.delete(callerId);
    else heldBy.set(callerId, all);
    heldBytes += kept - held;
    held = kept;
  };
  hold(bytes);
  return {
    shrink: (kept) => {
      if (held > 0) hold(kept);
    },
    release: () => hold(0),
  };
}

function occupied(who: string): ProxyError {
  return new ProxyError(
    "body_too_large",
    `${who} the memory there is for reading bodies whole. Repeat the request, or name the model before its long fields.`,
    { retryAfterMs: 1000 },
  );
}
