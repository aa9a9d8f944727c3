import type { Meaning } from "../providers/types";
import type { CapReason } from "./types";

/** Why a key's state changed; kept with the change and shown to people. */
export interface Evidence {
  readonly meaning: Meaning | CapReason | "manual";
  /** Name of the rule that decided. */
  readonly rule: string;
  /** Upstream status; 0 if there was no response. */
  readonly status: number;
  /** The upstream's message, redacted. */
  readonly words: string;
  readonly requestId: string;
  readonly model: string | null;
  readonly atMs: number;
}
