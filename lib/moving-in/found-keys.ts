/**
 * What the readers of pasted text find, and what they skip.
 * @module
 */
import type { OffState } from "./switched-off";

export interface KeySettings {
  readonly remark?: string;
  readonly weight?: number;
  readonly priority?: number;
  readonly quotaDomain?: string;
  /** Ids of One Balance's groups. */
  readonly groups?: readonly string[];
  readonly models?: readonly string[];
  /** Caps. */
  readonly concurrentRequests?: number;
  readonly dailyCostUsd?: number;
  readonly monthlyCostUsd?: number;
}

export interface FoundKey {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** What names the provider: a variable, or the provider itself; null if nothing does. */
  readonly hint: string | null;
  readonly settings: KeySettings;
  /** Absent if the key works, according to the text. */
  readonly status?: Exclude<OffState, null>;
  /** Where its program sends requests, if stated. */
  readonly baseUrl?: string;
}

/**
 * Why a line or an entry contains no key. `comment`; `no-key`: nothing in it looks like one; `no-credential`: the
 * variable's name refers to something else; `no-value`; `elsewhere`: it names a variable or a vault that isn't in the
 * text; `too-deep`: it is nested too deep.
 */
export const LEFT_OUT = [
  "comment",
  "no-key",
  "no-credential",
  "no-value",
  "elsewhere",
  "too-deep",
] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

export interface LeftLine {
  readonly line: number;
  readonly why: LeftOut;
}

export interface FoundKeys {
  readonly keys: readonly FoundKey[];
  readonly left: readonly LeftLine[];
}
