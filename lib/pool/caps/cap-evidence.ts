import type { Evidence } from "../evidence";
import { EVERY_MODEL } from "../types";
import type { ReachedKey } from "./cap-book";

/** A cooldown as stored. */
export interface CapCooldown {
  readonly kind: "key-cooled";
  readonly keyId: string;
  readonly model: string;
  readonly untilMs: number;
  readonly evidence: Evidence;
}

/** The event that informs the store, and through it all isolates, that a key has reached a cap. */
export function capReached(
  { keyId, reason, untilMs }: ReachedKey,
  cause: Pick<Evidence, "requestId" | "model" | "atMs">,
): CapCooldown {
  const evidence = { ...cause, meaning: reason, rule: "cap", status: 0, words: "" };
  return { kind: "key-cooled", keyId, model: EVERY_MODEL, untilMs, evidence };
}
