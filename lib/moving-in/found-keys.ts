/**
 * What the readers of pasted text find, and what they leave out.
 * @module
 */
import type { Standing } from "./switched-off";

export interface KeySettings {
  readonly remark?: string;
  readonly weight?: number;
  readonly priority?: number;
  readonly quotaDomain?: string;
  readonly models?: readonly string[];
}

export interface FoundKey {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** What names the provider: a variable, or the provider itself; null if nothing does. */
  readonly hint: string | null;
  readonly settings: KeySettings;
  /** Absent for one that works as far as the text says. */
  readonly status?: Exclude<Standing, null>;
  /** Where its program sends requests, if it says. */
  readonly baseUrl?: string;
}

/**
 * Why a line or an entry holds no key. `comment`; `no-key`: nothing in it looks like one; `no-credential`: the
 * variable's name speaks of something else; `no-value`; `elsewhere`: it names a variable or a safe that is not in
 * the text; `too-deep`: it lies deeper than is looked.
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
