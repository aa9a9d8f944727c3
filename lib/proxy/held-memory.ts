/**
 * Memory that long request bodies take in this isolate, which has 128 MB for everything.
 * @module
 */
import { ProxyError } from "./proxy-error";

/** Of all requests together; sending a body takes as much again. */
const MAX_HELD_BYTES = 48 * 1024 * 1024;

let heldBytes = 0;

export interface HeldMemory {
  /** Keeps this much of it only. */
  shrink(bytes: number): void;
  /** May be called again. */
  release(): void;
}

/** @throws {ProxyError} `body_too_large`, to be repeated, where others hold what there is. */
export function holdMemory(bytes: number): HeldMemory {
  if (heldBytes + bytes > MAX_HELD_BYTES) {
    throw new ProxyError(
      "body_too_large",
      "Other long requests take the memory there is for reading bodies whole. Repeat the request, or name the model before its long fields.",
      { retryAfterMs: 1000 },
    );
  }
  heldBytes += bytes;
  let held = bytes;
  return {
    shrink(kept) {
      heldBytes -= held - kept;
      held = kept;
    },
    release() {
      heldBytes -= held;
      held = 0;
    },
  };
}
