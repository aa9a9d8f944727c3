/**
 * How our settings are added to the text of a client's configuration file, and removed. Each format leaves everything
 * else unchanged, and verifies that by parsing the result.
 * @module
 */
import { isDeepStrictEqual, parseEnv } from "node:util";
import { parse as parseToml } from "smol-toml";
import { PROVIDER_ID, tomlEntries, type Variables } from "../../lib/snippets/client-config.ts";
import { ConfigError } from "./config-error.ts";
import {
  type JsonPath,
  rawInJson,
  readJson,
  removeFromJson,
  setInJson,
  setRawInJson,
} from "./edit-json.ts";
import { hasOwnBlocks, withOwnBlocks, withoutOwnBlocks } from "./edit-lines.ts";

type Values = Readonly<Record<string, unknown>>;

/** Our settings in a file. Texts are of the whole file. */
export interface ConfigFormat {
  /**
   * @param before As in `takeOut`; null if nothing of ours is in the text.
   * @throws {ConfigError} if the file is broken, or ours contradict its content.
   */
  put(text: string, before: string | null): string;
  /**
   * The text without ours, with what they replaced put back.
   * @param before The text as it was before us; empty for no file.
   * @throws {ConfigError}
   */
  takeOut(text: string, before: string): string;
  /** All values, ours and others. @throws {ConfigError} */
  read(text: string): Values;
  /** Whether it contains our settings; null if only the backup shows that. */
  isOurs(text: string): boolean | null;
}

/** Values by their paths in a JSON object; undefined for one that an earlier run may have set. */
export function jsonFormat(
  settings: readonly (readonly [path: JsonPath, value: unknown])[],
): ConfigFormat {
  return {
    put(text, before) {
      return settings.reduce((changed, [path, value]) => {
        if (value !== undefined) return setInJson(changed, path, value);
        return before === null ? changed : putBack(changed, path, before);
      }, text);
    },
    takeOut(text, before) {
      const left = settings.reduce((each, [path]) => putBack(each, path, before), text);
      return settings.reduce((each, [path]) => withoutEmptied(each, path, before), left);
    },
    read: readJson,
    isOurs: () => null,
  };
}

function putBack(text: string, path: JsonPath, before: string): string {
  const raw = rawInJson(before, path);
  return raw === null ? removeFromJson(text, path) : setRawInJson(text, path, raw);
}

/** Objects that were created for ours are removed if they are empty. */
function withoutEmptied(text: string, path: JsonPath, before: string): string {
  const outer = path.slice(0, -1);
  if (outer.length === 0 || rawInJson(before, outer) !== null) return text;
  if (rawInJson(text, outer)?.replaceAll(/\s/g, "") !== "{}") return text;
  return withoutEmptied(removeFromJson(text, outer), outer, before);
}

/** Variables, as in `.env` files. */
export function envFormat(variables: Variables): ConfigFormat {
  const names = Object.keys(variables);
  const isNamed = new RegExp(`^\\s*(?:export\\s+)?(?:${names.join("|")})\\s*=`);
  const bottom = Object.entries(variables)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join("\n");
  const contradicting = (lines: readonly string[]) =>
    indexesOf(lines, (line) => isNamed.test(line));
  return {
    put(text) {
      const base = withoutOwnBlocks(text);
      const changed = withOwnBlocks(base, { top: "", bottom, contradicting });
      expectOutcome(readEnv(changed), { ...readEnv(base), ...variables });
      return changed;
    },
    takeOut: withoutOwnBlocks,
    read: readEnv,
    isOurs: hasOwnBlocks,
  };
}

function readEnv(text: string): Values {
  return { ...parseEnv(text) };
}

const TABLE = /^\s*\[/;
const OWN_TABLE = new RegExp(
  `^\\s*\\[\\s*model_providers\\s*\\.\\s*["']?${PROVIDER_ID}["']?\\s*[.\\]]`,
);

/** Codex's `config.toml`: a few names at its top, and a provider's table. */
export function codexFormat({
  model_providers,
  ...top
}: {
  readonly model_providers: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  readonly [name: string]: unknown;
}): ConfigFormat {
  const own = model_providers[PROVIDER_ID] ?? {};
  const names = Object.keys(top).join("|");
  const isNamed = new RegExp(`^\\s*(?:${names}|"(?:${names})")\\s*=`);
  const blocks = {
    top: tomlEntries(top as Variables),
    bottom: `[model_providers.${PROVIDER_ID}]\n${tomlEntries(own)}`,
    contradicting(lines: readonly string[]) {
      const firstTable = lines.findIndex((line) => TABLE.test(line));
      let isOwnTable = false;
      return indexesOf(lines, (line, index) => {
        if (TABLE.test(line)) isOwnTable = OWN_TABLE.test(line);
        const isTop = firstTable === -1 || index < firstTable;
        return isTop ? isNamed.test(line) : isOwnTable && line.trim() !== "";
      });
    },
  };
  return {
    put(text) {
      const base = withoutOwnBlocks(text);
      const was = readToml(base);
      const changed = withOwnBlocks(base, blocks);
      const providers = { ...(was.model_providers as Values | undefined), ...model_providers };
      expectOutcome(readToml(changed), { ...was, ...top, model_providers: providers });
      return changed;
    },
    takeOut: withoutOwnBlocks,
    read: readToml,
    isOurs: hasOwnBlocks,
  };
}

function readToml(text: string): Values {
  try {
    return parseToml(text);
  } catch (error) {
    const [first = ""] = error instanceof Error ? error.message.split("\n") : [];
    const line = (error as { readonly line?: unknown }).line;
    throw new ConfigError(typeof line === "number" ? `line ${line}: ${first}` : first);
  }
}

function indexesOf(
  lines: readonly string[],
  is: (line: string, index: number) => boolean,
): ReadonlySet<number> {
  return new Set(lines.flatMap((line, index) => (is(line, index) ? [index] : [])));
}

/** A text may have a form that line editing doesn't foresee (strings over several lines, dotted names). */
function expectOutcome(outcome: Values, expected: Values): void {
  const plain = (value: Values) => JSON.parse(JSON.stringify(value)) as unknown;
  if (isDeepStrictEqual(plain(outcome), plain(expected))) return;
  throw new ConfigError("its settings are written in a way that cannot be changed safely");
}
