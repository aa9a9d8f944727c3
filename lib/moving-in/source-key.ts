/**
 * What a program's data says about provider keys, whichever program it is.
 * @module
 */
import type { LeftOut } from "./found-keys";
import type { PastedSettings } from "./read-pasted-keys";

/** Programs and formats from which keys are read. `text`: CSV, `.env` files, lists, JSON of unknown origin. */
export const SOURCE_FORMS = [
  "one-balance",
  "gpt-load",
  "new-api",
  "one-api",
  "litellm",
  "text",
] as const;
export type SourceForm = (typeof SOURCE_FORMS)[number];

export interface SourceKey {
  readonly text: string;
  /** From 1: the line of a text, the row of a table, the entry of a list. */
  readonly position: number;
  /** The provider according to the source: a name or slug. Null if not stated. */
  readonly service: string | null;
  /** A word that may name the provider, such as a variable's or a group's name. */
  readonly hint: string | null;
  /** Where the source sends requests, if stated. A key is only ever assigned to the provider with that address. */
  readonly baseUrl: string | null;
  readonly settings: PastedSettings;
  readonly state: SourceState;
  /** Cooldowns; some may have ended. */
  readonly cooldowns: readonly SourceCooldown[];
}

export type SourceState =
  | { readonly kind: "active" }
  /** Disabled by a person. */
  | { readonly kind: "disabled" }
  | {
      readonly kind: "blocked";
      readonly meaning: "key_blocked" | "key_doubtful";
      /** The reason according to the source; may be empty. */
      readonly words: string;
    };

export interface SourceCooldown {
  /** `*` for every model. */
  readonly model: string;
  /** Epoch milliseconds. */
  readonly untilMs: number;
}

/**
 * Why an entry contains no key that can be imported. `elsewhere`: it names a variable that isn't in the file; `pair`:
 * an access key and its secret, which sign requests; `sealed`: encrypted by the source; `malformed`: the file can't be
 * read any further.
 */
export type SourceProblem = "elsewhere" | "pair" | "sealed" | "malformed";

export interface Source {
  readonly form: SourceForm;
  readonly keys: readonly SourceKey[];
  readonly unusable: readonly { readonly position: number; readonly problem: SourceProblem }[];
  /** Entries and lines that don't even look like a key. */
  readonly skipped: number;
  /** The same with their reasons, if they are reported one by one; otherwise absent. */
  readonly leftOut?: readonly { readonly position: number; readonly why: LeftOut }[];
}

/** A key about which a source says nothing more. */
export const PLAIN_KEY = {
  service: null,
  hint: null,
  baseUrl: null,
  settings: {},
  state: { kind: "active" },
  cooldowns: [],
} as const satisfies Omit<SourceKey, "text" | "position">;

/** The maximum length of a key's note. */
const REMARK_MAX = 1_000;

/** A note from parts, without duplicates; undefined without any. */
export function remarkOf(...parts: readonly unknown[]): string | undefined {
  const words = new Set(parts.map((part) => textOf(part).trim()).filter((part) => part !== ""));
  return words.size === 0 ? undefined : [...words].join(", ").slice(0, REMARK_MAX);
}

/** A cell's text; empty if it isn't text. */
export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** A cell that contains JSON, parsed or not yet. Undefined if it doesn't. */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== "string") return value ?? undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** The fields of a JSON object; none for anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : {};
}
