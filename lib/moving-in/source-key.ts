/**
 * What a program's own data say about provider keys, whichever program it was.
 * @module
 */
import type { LeftOut } from "./found-keys";
import type { PastedSettings } from "./read-pasted-keys";

/** Programs and forms that keys are read from. `text`: CSV, `.env` files, lists, JSON of nobody in particular. */
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
  /** Whose key the source says it is: a provider's name or slug. Null where it does not say. */
  readonly service: string | null;
  /** A word that may name the provider, such as a variable's or a group's name. */
  readonly hint: string | null;
  /** Where the source sends requests, if it says. A key is only ever taken for one of that address. */
  readonly baseUrl: string | null;
  readonly settings: PastedSettings;
  readonly state: SourceState;
  /** Rests; those that are over may be among them. */
  readonly cooldowns: readonly SourceCooldown[];
}

export type SourceState =
  | { readonly kind: "active" }
  /** Switched off by a person. */
  | { readonly kind: "disabled" }
  | {
      readonly kind: "blocked";
      readonly meaning: "key_blocked" | "key_doubtful";
      /** Why, as the source has it; may be empty. */
      readonly words: string;
    };

export interface SourceCooldown {
  /** `*` for every model. */
  readonly model: string;
  /** Epoch milliseconds. */
  readonly untilMs: number;
}

/**
 * Why an entry holds no key that could be moved. `elsewhere`: it names a variable that is not in the file;
 * `pair`: an access key and its secret, which sign requests; `sealed`: encrypted by the source; `malformed`: the file cannot be
 * read on from there.
 */
export type SourceProblem = "elsewhere" | "pair" | "sealed" | "malformed";

export interface Source {
  readonly form: SourceForm;
  readonly keys: readonly SourceKey[];
  readonly unusable: readonly { readonly position: number; readonly problem: SourceProblem }[];
  /** Entries and lines that hold no key, and that nobody would take for one. */
  readonly skipped: number;
  /** The same with their reasons, as far as they are told one by one; absent where they are not. */
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

/** The longest remark that a key may have. */
const REMARK_MAX = 1_000;

/** A remark from parts, each once; undefined without any. */
export function remarkOf(...parts: readonly unknown[]): string | undefined {
  const words = new Set(parts.map((part) => textOf(part).trim()).filter((part) => part !== ""));
  return words.size === 0 ? undefined : [...words].join(", ").slice(0, REMARK_MAX);
}

/** A cell's text; empty for what is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** A cell that holds JSON, parsed or not yet. Undefined where it is none. */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== "string") return value ?? undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** The fields of a JSON object; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : {};
}
