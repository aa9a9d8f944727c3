/**
 * Recognizes which program's data a text is, and reads its keys. Runs where the text is, in the browser or on the
 * command line, so that anything that isn't a key never leaves it.
 * @module
 */
import { isChannel, readChannels } from "./read-channels";
import { isGptLoad, readGptLoad, readGptLoadName } from "./read-gpt-load";
import { readJson, rowsOf } from "./read-json-rows";
import { isLitellm, readLitellm } from "./read-litellm";
import { isOneBalance, readOneBalance } from "./read-one-balance";
import { isOneBalancePage, readOneBalancePage } from "./read-one-balance-page";
import { type Row, readSqlTables } from "./read-sql-tables";
import { readText } from "./read-text";
import type { Source } from "./source-key";

/** @param fileName The file's name, which may help; empty if it wasn't a file. */
export function readSource(text: string, fileName = ""): Source {
  const clean = text.replace(/^\uFEFF/, "");
  return (
    readTables(clean) ?? readJsonRows(clean) ?? readMarkup(clean) ?? readNamed(clean, fileName)
  );
}

// Only blanks on its own line may precede a statement: otherwise blank lines would be scanned again from each of them.
const DUMP = /^[ \t]*(?:(?:INSERT|REPLACE)\s(?:\w{1,20}\s){0,2}INTO\s|COPY\s.+\sFROM stdin;)/im;

const TABLES = new Set(["keys", "api_keys", "groups", "channels"]);

/** Null if the text isn't a dump. In a dump without a known table, nothing is considered a key. */
function readTables(text: string): Source | null {
  if (!DUMP.test(text)) return null;
  const tables = readSqlTables(text, TABLES);
  const rows = (table: string) => tables.get(table) ?? [];
  return (
    readRows(rows("keys"), []) ??
    readRows(rows("api_keys"), rows("groups")) ??
    readRows(rows("channels"), []) ?? { form: "text", keys: [], unusable: [], skipped: 1 }
  );
}

function readJsonRows(text: string): Source | null {
  return /^\s*[[{]/.test(text) ? readRows(rowsOf(readJson(text)), []) : null;
}

/** Null if the rows belong to none of the programs. */
function readRows(rows: readonly Row[], groups: readonly Row[]): Source | null {
  const [first] = rows;
  if (first === undefined) return null;
  if (isOneBalance(first)) return readOneBalance(rows);
  if (isGptLoad(first)) return readGptLoad(rows, groups);
  if (isChannel(first)) return readChannels(rows);
  return null;
}

function readMarkup(text: string): Source | null {
  if (isOneBalancePage(text)) return readOneBalancePage(text);
  return isLitellm(text) ? readLitellm(text) : null;
}

function readNamed(text: string, fileName: string): Source {
  const source = readText(text);
  const byName = readGptLoadName(fileName);
  if (byName === undefined) return source;
  return {
    ...source,
    form: "gpt-load",
    keys: source.keys.map((key) => ({
      ...key,
      state: byName.state,
      hint: key.hint ?? byName.hint,
    })),
  };
}
