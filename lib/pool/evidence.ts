import type { Meaning } from "../providers/types";

/** Why a key's state changed; kept with the change and shown to people. */
export interface Evidence {
  readonly meaning: Meaning | "manual";
  /** Name of the rule that decided. */
  readonly rule: string;
  /** Upstream status, 0 where there was none. */
  readonly status: number;
  /** The upstream's words, redacted. */
  readonly words: string;
  readonly requestId: string;
  readonly model: string | null;
  readonly atMs: number;
}
