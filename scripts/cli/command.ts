import type { ParseArgsConfig } from "node:util";
import type { Tags } from "../../lib/tags/tags.ts";
import type { Connection } from "./connection.ts";

/** The command line is invalid. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export type GivenOptions = Readonly<
  Record<string, string | boolean | (string | boolean)[] | undefined>
>;

export interface Call {
  readonly connection: Connection;
  readonly positionals: readonly string[];
  readonly options: GivenOptions;
  /** For programs: one JSON value on stdout, and nothing else there. */
  readonly isJson: boolean;
}

export interface Command {
  /** `["keys", "add"]` */
  readonly name: readonly string[];
  /** Without `one-balance` before it: `keys add <provider> [file]`. */
  readonly usage: string;
  readonly summary: string;
  /** The description of each of its own options, in the order of the help. */
  readonly optionHelp: Readonly<Record<string, string>>;
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** The minimum and maximum number of arguments. */
  readonly positionals: readonly [least: number, most: number];
  /** @returns The exit code. */
  run(call: Call): Promise<number>;
}

export const OPTIONS_OF_ALL = {
  url: { type: "string" },
  token: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies NonNullable<ParseArgsConfig["options"]>;

/** An option with a text; undefined if absent. */
export function textOption(options: GivenOptions, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** An option that may be given several times. */
export function listOption(options: GivenOptions, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** `a,b` as a list; undefined if absent. */
export function namesOption(options: GivenOptions, name: string): string[] | undefined {
  return textOption(options, name)
    ?.split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

/** `name=value,…`; undefined if absent. @throws {UsageError} if it can't be read. */
export async function tagsOption(options: GivenOptions, name: string): Promise<Tags | undefined> {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const { parseTags } = await import("../../lib/tags/tag-text.ts");
  const read = parseTags(text);
  if ("tags" in read) return read.tags;
  throw new UsageError(`--${name}: ${read.problem}`);
}

/** @throws {UsageError} if it isn't a number. */
export function numberOption(options: GivenOptions, name: string): number | undefined {
  const value = textOption(options, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number)) {
    throw new UsageError(`--${name} must be a number`);
  }
  return number;
}
