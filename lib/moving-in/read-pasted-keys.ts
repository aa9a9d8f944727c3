/**
 * Finds provider keys in whatever people paste: one per line, lists with commas, quotes or bullets, CSV with notes, a
 * `.env` file, JSON. Runs in the browser, so that anything that isn't a key never leaves it. Takes time in proportion
 * to the text, whatever it is.
 * @module
 */
import Papa from "papaparse";
import type { FoundKey, FoundKeys, KeySettings, LeftLine } from "./found-keys";
import { CREDENTIAL_NAME, readJsonKeys, readRow } from "./read-json-keys";
import { readJsonBlock } from "./read-json-values";

export type PastedSettings = KeySettings;

export interface PastedKey extends FoundKey {
  /** The earlier line with the same key; null for the first. */
  readonly repeats: number | null;
}

export interface PastedKeys {
  readonly keys: readonly PastedKey[];
  /** Lines that contain something else, such as variables that aren't credentials. */
  readonly skipped: number;
  /** The same with their reasons, in order. */
  readonly left: readonly LeftLine[];
}

export function readPastedKeys(pasted: string): PastedKeys {
  const text = pasted.replace(/^\uFEFF/, "");
  const found = readJson(text) ?? readTable(text) ?? readLines(text);
  const firstLines = new Map<string, number>();
  const keys = found.keys.map((key) => {
    const repeats = firstLines.get(key.text) ?? null;
    if (repeats === null) firstLines.set(key.text, key.line);
    return { ...key, repeats };
  });
  return { keys, skipped: found.left.length, left: found.left };
}

/** Null if the text as a whole isn't JSON. */
function readJson(text: string): FoundKeys | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return readJsonKeys(JSON.parse(text), null, readLine);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Columns of keys. Others are found by `readRow`. */
const KEY_COLUMNS = ["key", "apikey", "token", "secret", "value", "credential", "密钥"];

/** CSV (or tabs, semicolons) whose first line names the columns. */
function readTable(text: string): FoundKeys | null {
  const [header = ""] = text.trimStart().slice(0, 2_000).split(/\r?\n/, 1);
  const columns = header.split(/[,;\t|]/).map((column) =>
    column
      .trim()
      .replace(/^"|"$/g, "")
      .toLowerCase()
      .replace(/[\s_-]/g, ""),
  );
  if (!columns.some((column) => KEY_COLUMNS.includes(column))) return null;
  const { data } = Papa.parse<Record<string, string>>(text.trim(), {
    header: true,
    skipEmptyLines: "greedy",
    delimitersToGuess: [",", "\t", ";", "|"],
  });
  return together(data.map((record, index) => readRow(record, index + 2, readLine)));
}

function together(parts: readonly FoundKeys[]): FoundKeys {
  return { keys: parts.flatMap(({ keys }) => keys), left: parts.flatMap(({ left }) => left) };
}

const COMMENT = /^(?:#|\/\/)/;
const LINE_END = /\r\n|\n|\r/g;

/** Lines of any kind; a line that begins with a bracket may be JSON over many lines. */
function readLines(text: string): FoundKeys {
  const keys: FoundKey[] = [];
  const left: LeftLine[] = [];
  let number = 0;
  /** Up to here no bracket begins JSON. */
  let noJsonBefore = 0;
  for (let at = 0; at <= text.length; ) {
    number += 1;
    LINE_END.lastIndex = at;
    const end = LINE_END.exec(text);
    const lineEnd = end?.index ?? text.length;
    const line = text.slice(at, lineEnd).trim();
    const start = at;
    at = lineEnd + (end?.[0].length ?? 1);
    if (line === "" || /^[,;\]})]+$/.test(line)) {
      if (line !== "") left.push({ line: number, why: "no-key" });
      continue;
    }
    if (COMMENT.test(line)) {
      left.push({ line: number, why: "comment" });
      continue;
    }
    const { intro, name } = introOf(line);
    if (/^[[{]/.test(line.slice(intro.length)) && start >= noJsonBefore) {
      const from = text.indexOf(line, start) + intro.length;
      const block = readJsonBlock(text, from);
      if (typeof block === "number") noJsonBefore = block;
      else {
        const found = readJsonKeys(block.value, number, readLine);
        keys.push(...found.keys.map((key) => ({ ...key, hint: key.hint ?? name })));
        left.push(...found.left);
        number += linesIn(text, from, block.end);
        const quote = /["'`]$/.exec(intro)?.[0];
        const isQuoted = quote !== undefined && text.startsWith(quote, block.end);
        const next = behindBlock(text, isQuoted ? block.end + 1 : block.end);
        // The rest of its last line is read as a separate line, with the same number.
        if (!next.isNewLine) number -= 1;
        at = next.at;
        continue;
      }
    }
    const found = readAssignment(line, number);
    if (found.keys.length === 0) left.push({ line: number, why: found.why });
    else keys.push(...found.keys);
  }
  return { keys, left };
}

/** Past blanks and one separator, and past the end of the line if nothing else is on it. */
function behindBlock(
  text: string,
  end: number,
): { readonly at: number; readonly isNewLine: boolean } {
  const [separator] = /[ \t]*[,;]?[ \t]*/y.exec(text.slice(end, end + SEPARATOR_MAX)) ?? [""];
  const at = end + separator.length;
  const lineEnd = text.startsWith("\r\n", at) ? 2 : /[\r\n]/.test(text.charAt(at)) ? 1 : 0;
  return { at: at + lineEnd, isNewLine: lineEnd > 0 };
}

const SEPARATOR_MAX = 20;

function linesIn(text: string, from: number, to: number): number {
  return text.slice(from, to).match(LINE_END)?.length ?? 0;
}

interface ReadText {
  readonly keys: readonly FoundKey[];
  /** If there is none. */
  readonly why: LeftLine["why"];
}

/** `NAME=value`, `export NAME="value"`, `"name": "value",`: up to the value. */
const VARIABLE = /^(?:export\s+|set\s+|\$env:)?["']?([A-Za-z_]\w*)["']?\s*(=|:\s)\s*/;

/** `GOOGLE_CREDENTIALS='{`: a credential whose value is JSON, up to that. Escaped JSON is one line, and read there. */
const NAMES_JSON = new RegExp(`${VARIABLE.source}["'\`]?(?=[[{](?!\\\\))`);

function introOf(line: string): { readonly intro: string; readonly name: string | null } {
  const [intro = "", name = null] = NAMES_JSON.exec(line) ?? [];
  return name !== null && CREDENTIAL_NAME.test(name) ? { intro, name } : { intro: "", name: null };
}

function readAssignment(line: string, number: number): ReadText {
  const [whole, name, sign] = VARIABLE.exec(line) ?? [];
  if (whole === undefined || name === undefined) return ofLine(line, number);
  const value = line.slice(whole.length).replace(/[,;]$/, "").trimEnd();
  // `QUtJQTEyMw==` is a key with padding, `MY_KEY=` a variable without a value.
  if (/^=*$/.test(value)) {
    return name.includes("_") ? { keys: [], why: "no-value" } : ofLine(line, number);
  }
  const isVariable = CREDENTIAL_NAME.test(name) || (sign === "=" && /^[A-Z0-9_]+$/.test(name));
  return isVariable ? readVariable(name, value, number) : ofLine(`${name} ${value}`, number);
}

function ofLine(line: string, number: number): ReadText {
  return { keys: readLine(line, number), why: "no-key" };
}

function readVariable(name: string, raw: string, line: number): ReadText {
  if (!CREDENTIAL_NAME.test(name)) return { keys: [], why: "no-credential" };
  const { value, comment } = splitComment(raw);
  const found = keysInJson(raw, line) ?? readLine(value, line);
  const keys = found.map((key) => ({
    ...key,
    hint: key.hint ?? name,
    settings: comment === "" ? key.settings : { ...key.settings, remark: comment },
  }));
  return { keys, why: value === "" ? "no-value" : "no-key" };
}

/** Of a text with JSON as a text: its quotes are escaped. Null for any other. Parts of a private key aren't keys. */
function keysInJson(raw: string, line: number): readonly FoundKey[] | null {
  if (!/^["'`]?[[{]/.test(raw)) return null;
  try {
    const text: unknown = JSON.parse(raw);
    const json: unknown = typeof text === "string" ? JSON.parse(text) : text;
    return readJsonKeys(json, line, readLine).keys;
  } catch {
    return raw.includes("private_key") ? [] : null;
  }
}

/** With or without quotes, possibly followed by a comment. */
function splitComment(raw: string): { readonly value: string; readonly comment: string } {
  const quote = raw.charAt(0);
  const close = quote === '"' || quote === "'" ? raw.indexOf(quote, 1) : -1;
  const behind = close === -1 ? "" : raw.slice(close + 1);
  if (close !== -1 && (behind === "" || /^\s+#/.test(behind))) {
    return { value: raw.slice(1, close), comment: behind.trimStart().slice(1).trim() };
  }
  const sign = raw.search(/\s#/);
  if (sign === -1) return { value: raw, comment: "" };
  return { value: raw.slice(0, sign).trimEnd(), comment: raw.slice(sign + 2).trim() };
}

const BULLET = /^(?:[-*•]|\d{1,5}[.):])\s+/;
/** What surrounds keys. A padded key ends with `=`. */
const BEFORE_KEY = ",;|:=\"'`()[]{}<>";
const BEHIND_KEY = ",;|:\"'`()[]{}<>";
const REMARK_MAX = 1_000;
/** A longer line is a list, and the text next to its keys isn't a note. */
const REMARKED_MAX_CHARS = 20_000;

interface Token {
  readonly text: string;
  /** Index in the line. */
  readonly at: number;
}

/** A line without a name before it: keys, and perhaps text about them. */
function readLine(line: string, number: number): FoundKey[] {
  const words = line.replace(BULLET, "");
  const tokens: Token[] = [];
  for (const { 0: word, index } of words.matchAll(/[^\s,;|]+/g)) {
    const text = trimmed(word, BEFORE_KEY, BEHIND_KEY);
    if (text !== "") tokens.push({ text, at: index + word.indexOf(text) });
  }
  const keys = keysAmong(tokens);
  const remark = words.length > REMARKED_MAX_CHARS ? "" : remarkBeside(words, keys);
  return keys.map(({ text }) => ({
    text,
    line: number,
    hint: null,
    settings: remark === "" ? {} : { remark },
  }));
}

/** The rest of a line without its keys. */
function remarkBeside(words: string, keys: readonly Token[]): string {
  let rest = "";
  let from = 0;
  for (const { text, at } of keys) {
    rest += words.slice(from, at);
    from = at + text.length;
  }
  rest += words.slice(from);
  // Of several separators with nothing between them one is enough.
  const sparse = rest.replace(/[\s"'`,;|]+/g, (run) => {
    const last = Math.max(run.lastIndexOf(","), run.lastIndexOf(";"), run.lastIndexOf("|"));
    const separators = run.replace(/[\s"'`]/g, "").length;
    return separators < 2 ? run : `,${run.slice(last + 1)}`;
  });
  const edges = `${BEFORE_KEY} \t\r\n\f\v\u00a0\ufeff`;
  return trimmed(sparse.trim(), edges, edges).trim().slice(0, REMARK_MAX);
}

/** Without the characters of these sets at its ends. */
function trimmed(text: string, before: string, behind: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && before.includes(text.charAt(from))) from += 1;
  while (to > from && behind.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/**
 * Tokens of a line that are keys. When in doubt, a token is one: a note isn't secret, and a key must not end up there.
 */
function keysAmong(tokens: readonly Token[]): readonly Token[] {
  const [only] = tokens;
  if (tokens.length === 1 && only !== undefined) {
    return mayBeKey(only.text) && only.text.length >= 8 ? [only] : [];
  }
  const isCandidate = ({ text }: Token) =>
    mayBeKey(text) && text.length >= 8 && /\d/.test(text) && /[a-z]/i.test(text);
  const longest = tokens
    .filter(isCandidate)
    .reduce((a, { text }) => (text.length > a.length ? text : a), "");
  return tokens.filter(
    (token) => isLong(token.text) || (isCandidate(token) && isAlike(token.text, longest)),
  );
}

function mayBeKey(token: string): boolean {
  return !token.includes("@") && !token.includes("://");
}

function isLong(token: string): boolean {
  return token.length >= 20 && mayBeKey(token) && /\d|[a-z][A-Z]|[A-Z][a-z]/.test(token);
}

function isAlike(token: string, key: string): boolean {
  return token.slice(0, 3) === key.slice(0, 3) || Math.abs(token.length - key.length) <= 2;
}
