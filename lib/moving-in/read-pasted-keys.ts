/**
 * Finds provider keys in whatever people paste: one a line, lists with commas, quotes or bullets, CSV with
 * remarks, a `.env` file, JSON. Runs in the browser, so that what is no key never leaves it.
 * @module
 */
import Papa from "papaparse";

export interface PastedKey {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** What names the provider: a variable, or the provider itself; null if nothing does. */
  readonly hint: string | null;
  readonly settings: PastedSettings;
  /** Of a column of that name, as One Balance's own export has it. */
  readonly status?: string;
  /** The line that has the same key before; null for the first. */
  readonly repeats: number | null;
}

export interface PastedSettings {
  readonly remark?: string;
  readonly weight?: number;
  readonly priority?: number;
  readonly quotaDomain?: string;
  readonly models?: readonly string[];
}

export interface PastedKeys {
  readonly keys: readonly PastedKey[];
  /** Lines that hold something else, such as variables that are no credentials. */
  readonly skipped: number;
}

type Found = Omit<PastedKey, "repeats">;

export function readPastedKeys(pasted: string): PastedKeys {
  const text = pasted.replace(/^\uFEFF/, "");
  const found = readJson(text) ?? readTable(text) ?? readLines(text);
  const firstLines = new Map<string, number>();
  const keys = found.keys.map((key) => {
    const repeats = firstLines.get(key.text) ?? null;
    if (repeats === null) firstLines.set(key.text, key.line);
    return { ...key, repeats };
  });
  return { keys, skipped: found.skipped };
}

interface FoundKeys {
  readonly keys: Found[];
  readonly skipped: number;
}

const KEY_FIELDS = ["key", "apikey", "token", "secret", "value", "credential", "密钥"];
const HINT_FIELDS = ["provider", "service", "vendor", "供应商"];
const REMARK_FIELDS = ["remark", "remarks", "note", "notes", "comment", "name", "label", "备注"];

/** A record of a table or of JSON, its field names as people vary them: `API Key`, `api_key`, `apiKey`. */
function readRecord(record: Readonly<Record<string, unknown>>, line: number): Found | null {
  const fields = new Map(
    Object.entries(record).map(([name, value]) => [
      name.toLowerCase().replace(/[\s_-]/g, ""),
      Array.isArray(value) ? value.join(",") : String(value ?? "").trim(),
    ]),
  );
  const first = (names: readonly string[]) =>
    names.map((name) => fields.get(name)).find((value) => value !== undefined && value !== "");
  const text = first(KEY_FIELDS);
  if (text === undefined) return null;
  const [remark, weight, priority] = [
    first(REMARK_FIELDS),
    fields.get("weight"),
    fields.get("priority"),
  ];
  const status = fields.get("status")?.toLowerCase();
  const quotaDomain = first(["quotadomain", "domain", "project", "organization"]);
  const models = fields
    .get("models")
    ?.split(/[\s,;|]+/)
    .filter(Boolean);
  return {
    text,
    line,
    hint: first(HINT_FIELDS) ?? null,
    ...(status && { status }),
    settings: {
      ...(remark && { remark }),
      ...(isWhole(weight) && { weight: Number(weight) }),
      ...(isWhole(priority) && { priority: Number(priority) }),
      ...(quotaDomain && { quotaDomain }),
      ...(models && models.length > 0 && { models }),
    },
  };
}

function isWhole(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,6}$/.test(text);
}

function readJson(text: string): FoundKeys | null {
  if (!/^\s*[[{]/.test(text)) return null;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  return readValue(json, 1);
}

function readValue(value: unknown, line: number): FoundKeys {
  if (typeof value === "string") return { keys: readLine(value, line), skipped: 0 };
  if (Array.isArray(value)) {
    const parts = value.map((item, index) => readValue(item, index + 1));
    return {
      keys: parts.flatMap((part) => part.keys),
      skipped: parts.reduce((sum, part) => sum + part.skipped, 0),
    };
  }
  if (typeof value !== "object" || value === null) return { keys: [], skipped: 1 };
  const record = value as Readonly<Record<string, unknown>>;
  // A service account's file is itself the key.
  if ("private_key" in record) {
    return { keys: [{ text: JSON.stringify(record), line, hint: null, settings: {} }], skipped: 0 };
  }
  const key = readRecord(record, line);
  if (key !== null) return { keys: [key], skipped: 0 };
  if (Array.isArray(record.keys)) return readValue(record.keys, line);
  const found = Object.entries(record).map(([name, each]) =>
    readVariable(name, String(each), line),
  );
  return { keys: found.flat(), skipped: found.filter((keys) => keys.length === 0).length };
}

/** CSV (or tabs, semicolons) whose first line names the columns. */
function readTable(text: string): FoundKeys | null {
  const [header = ""] = text.trimStart().split(/\r?\n/, 1);
  const columns = header.split(/[,;\t|]/).map((column) =>
    column
      .trim()
      .replace(/^"|"$/g, "")
      .toLowerCase()
      .replace(/[\s_-]/g, ""),
  );
  if (!columns.some((column) => KEY_FIELDS.includes(column))) return null;
  const { data } = Papa.parse<Record<string, string>>(text.trim(), {
    header: true,
    skipEmptyLines: "greedy",
    delimitersToGuess: [",", "\t", ";", "|"],
  });
  const found = data.map((record, index) => readRecord(record, index + 2));
  const keys = found.filter((key) => key !== null);
  return { keys, skipped: found.length - keys.length };
}

const COMMENT = /^(?:#|\/\/)/;

/** `NAME=value`, `export NAME="value"`, `"name": "value",`. */
const VARIABLE = /^(?:export\s+|set\s+|\$env:)?["']?([A-Za-z_]\w*)["']?\s*(=|:\s)\s*(.*?)\s*[,;]?$/;

function readLines(text: string): FoundKeys {
  const keys: Found[] = [];
  let skipped = 0;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.trim();
    if (line === "") continue;
    const found = COMMENT.test(line) ? [] : readAssignment(line, index + 1);
    if (found.length === 0) skipped += 1;
    keys.push(...found);
  }
  return { keys, skipped };
}

function readAssignment(line: string, number: number): Found[] {
  const [, name, sign, value = ""] = VARIABLE.exec(line) ?? [];
  if (name === undefined) return readLine(line, number);
  // `QUtJQTEyMw==` is a key with padding, `MY_KEY=` a variable without a value.
  if (/^=*$/.test(value)) return name.includes("_") ? [] : readLine(line, number);
  const isVariable = CREDENTIAL_NAME.test(name) || (sign === "=" && /^[A-Z0-9_]+$/.test(name));
  return isVariable ? readVariable(name, value, number) : readLine(`${name} ${value}`, number);
}

/** Names of variables that hold credentials; others hold nothing that is to leave the browser. */
const CREDENTIAL_NAME = /KEY|TOKEN|SECRET|CREDENTIAL|_PAT$/i;

const VALUE = /^(?:"([^"]*)"|'([^']*)'|(.*?))(?:\s+#\s*(.*))?$/;

function readVariable(name: string, raw: string, line: number): Found[] {
  if (!CREDENTIAL_NAME.test(name)) return [];
  const [, double, single, plain, comment] = VALUE.exec(raw) ?? [];
  return readLine(double ?? single ?? plain ?? "", line).map((key) => ({
    ...key,
    hint: name,
    settings: comment ? { ...key.settings, remark: comment } : key.settings,
  }));
}

const BULLET = /^(?:[-*•]|\d{1,5}[.):])\s+/;
/** What stands around keys and remarks. */
const EDGES = /^[\s,;|:="'`()[\]{}<>]+|[\s,;|:="'`()[\]{}<>]+$/g;
/** A padded key ends with `=`. */
const TOKEN_EDGES = /^[,;|:="'`()[\]{}<>]+|[,;|:"'`()[\]{}<>]+$/g;

/** A line without a name before it: keys, and perhaps words about them. */
function readLine(line: string, number: number): Found[] {
  if (line.startsWith("{")) {
    const json = readJson(line.replace(/,$/, ""));
    if (json !== null) return json.keys.map((key) => ({ ...key, line: number }));
  }
  const words = line.replace(BULLET, "");
  const tokens = words
    .split(/[\s,;|]+/)
    .map((token) => token.replace(TOKEN_EDGES, ""))
    .filter((token) => token !== "");
  const keys = keysAmong(tokens);
  let remark = words;
  for (const key of keys) remark = remark.replace(key, "");
  remark = remark
    .replace(/(?:[\s"'`]*[,;|]){2,}/g, ",")
    .replace(EDGES, "")
    .slice(0, REMARK_MAX);
  return keys.map((text) => ({
    text,
    line: number,
    hint: null,
    settings: remark === "" ? {} : { remark },
  }));
}

const REMARK_MAX = 1_000;

/** Tokens of a line that are keys. In doubt a token is one: a remark is not secret, and a key must not land there. */
function keysAmong(tokens: readonly string[]): string[] {
  const [only] = tokens;
  if (tokens.length === 1 && only !== undefined)
    return mayBeKey(only) && only.length >= 8 ? [only] : [];
  const candidates = tokens.filter(
    (token) => mayBeKey(token) && token.length >= 8 && /\d/.test(token) && /[a-z]/i.test(token),
  );
  const longest = candidates.reduce((a, b) => (b.length > a.length ? b : a), "");
  return tokens.filter(
    (token) => isLong(token) || (candidates.includes(token) && isAlike(token, longest)),
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
