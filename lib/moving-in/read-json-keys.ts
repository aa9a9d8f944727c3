/**
 * Keys in JSON of unknown origin, by its structure: a list of texts or of records; a list next to or below the name of
 * its provider (`{"provider": "deepseek", "keys": […]}`, `{"openai": […]}`, `{"providers": {"openai": {"keys":
 * [{"value": …}]}}}`); settings of an app that contain providers, such as the backups of Cherry Studio, where JSON is
 * inside of texts; service accounts.
 * @module
 */
import type { FoundKey, FoundKeys, LeftLine } from "./found-keys";
import { type OffState, offStateOf, plain } from "./switched-off";

/** No key is nested deeper. */
const MAX_DEPTH = 40;
/** Texts in JSON that are themselves JSON, nested. */
const MAX_TEXTS = 4;

const KEY_FIELDS = ["key", "apikey", "token", "secret", "value", "credential", "authtoken", "密钥"];
/** Fields that contain keys: one, a list, or several separated by commas. */
const KEYS_FIELDS = [
  "keys",
  "apikeys",
  "tokens",
  "secrets",
  "credentials",
  "accounts",
  "items",
  "data",
];
const HINT_FIELDS = ["provider", "providername", "providerid", "service", "vendor", "供应商"];
/** They name the provider if the record has a list of keys, or an address: elsewhere they name the key. */
const PROVIDER_NAMES = ["id", "slug", "type", "name"];
const REMARK_FIELDS = ["remark", "remarks", "note", "notes", "comment", "name", "label", "备注"];
const ADDRESS_FIELDS = [
  "baseurl",
  "apibase",
  "apihost",
  "apiurl",
  "apibaseurl",
  "baseuri",
  "endpoint",
];
/** Fields with caps of a key: names that no other program uses for something else. */
const CAP_FIELDS = {
  concurrentRequests: ["concurrentrequests", "maxparallelrequests", "maxconcurrent"],
  dailyCostUsd: ["dailycostusd", "dailybudgetusd"],
  monthlyCostUsd: ["monthlycostusd", "monthlybudgetusd"],
} as const;
const DOMAIN_FIELDS = ["quotadomain", "domain", "project", "organization"];

/** The context of a value. */
interface Place {
  readonly line: number;
  /** What names the provider. */
  readonly hint: string | null;
  readonly baseUrl: string | null;
  readonly offState: OffState;
  /** Whether a text here is a key unless it looks like something else. */
  readonly isAmongKeys: boolean;
  /** Whether a record here is a provider, so that its name is the provider's. */
  readonly isAmongProviders: boolean;
  readonly depth: number;
  readonly texts: number;
}

/** Reads the keys of a line of text. */
export type ReadLine = (text: string, line: number) => readonly FoundKey[];

const OUTSIDE = {
  ...{ hint: null, baseUrl: null, offState: null, isAmongKeys: true, isAmongProviders: false },
  ...{ depth: 0, texts: 0 },
} as const;

/** @param line Where the JSON begins, from 1; null if it is the whole text: then entries of lists are counted. */
export function readJsonKeys(json: unknown, line: number | null, readLine: ReadLine): FoundKeys {
  const reader = new Reader(readLine, line === null);
  reader.read(json, { ...OUTSIDE, line: line ?? 1 });
  return { keys: reader.keys, left: reader.left };
}

/** Reads a row of a table. */
export function readRow(row: Fields, line: number, readLine: ReadLine): FoundKeys {
  const reader = new Reader(readLine, false);
  reader.row(row, { ...OUTSIDE, line });
  return { keys: reader.keys, left: reader.left };
}

type Fields = Readonly<Record<string, unknown>>;

class Reader {
  readonly keys: FoundKey[] = [];
  readonly left: LeftLine[] = [];
  readonly #readLine: ReadLine;
  readonly #countsEntries: boolean;

  constructor(readLine: ReadLine, countsEntries: boolean) {
    this.#readLine = readLine;
    this.#countsEntries = countsEntries;
  }

  row(row: Fields, place: Place): void {
    const hasKey = Object.entries(row).some(
      ([name, value]) => KEY_FIELDS.includes(plain(name)) && isFilled(value),
    );
    if (hasKey) this.#record(row, place);
    else this.#leave(place, "no-value");
  }

  read(value: unknown, place: Place): void {
    if (place.depth > MAX_DEPTH) {
      this.#leave(place, "too-deep");
      return;
    }
    if (typeof value === "string") {
      this.#text(value, place);
      return;
    }
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        const line = this.#countsEntries ? index + 1 : place.line;
        this.read(item, { ...place, depth: place.depth + 1, line });
      }
      return;
    }
    if (typeof value !== "object" || value === null) {
      if (place.isAmongKeys) this.#leave(place, "no-key");
      return;
    }
    this.#record(value as Fields, place);
  }

  #text(text: string, place: Place): void {
    const json = place.texts < MAX_TEXTS ? jsonIn(text) : undefined;
    if (json !== undefined) {
      this.read(json, { ...place, depth: place.depth + 1, texts: place.texts + 1 });
      return;
    }
    if (!place.isAmongKeys) return;
    if (isElsewhere(text)) {
      this.#leave(place, "elsewhere");
      return;
    }
    const found = this.#readLine(text, place.line);
    if (found.length === 0) {
      this.#leave(place, text.trim() === "" ? "no-value" : "no-key");
      return;
    }
    for (const key of found) this.#add({ ...key, hint: key.hint ?? place.hint }, place);
  }

  #record(record: Fields, outer: Place): void {
    const fields = new Map(Object.entries(record).map(([name, value]) => [plain(name), value]));
    const first = (names: readonly string[]) =>
      names.map((name) => textOf(fields.get(name))).find(Boolean);
    const own = offStateOf((name) => fields.get(name));
    const place: Place = {
      ...outer,
      depth: outer.depth + 1,
      hint: first(HINT_FIELDS) ?? outer.hint,
      baseUrl: first(ADDRESS_FIELDS) ?? outer.baseUrl,
      offState: worse(own, outer.offState),
      isAmongProviders: false,
    };
    // A service account's file is itself the key.
    if (typeof record.private_key === "string") {
      const hint = place.hint ?? (record.type === "service_account" ? "google-vertex-ai" : null);
      this.#add({ text: JSON.stringify(record), line: place.line, hint, settings: {} }, place);
      return;
    }
    const lists = KEYS_FIELDS.filter((name) => isList(fields.get(name)));
    const key = KEY_FIELDS.find((name) => isFilled(fields.get(name)));
    if (key !== undefined) {
      const isProvider =
        place.hint === null && (place.baseUrl !== outer.baseUrl || fields.has("models"));
      const named = isProvider ? first(["id", "type"]) : undefined;
      const listed = outer.isAmongProviders
        ? PROVIDER_NAMES.map((name) => textOf(fields.get(name))).find(isName)
        : undefined;
      const hint = place.hint ?? listed ?? named ?? null;
      this.#keyed(fields.get(key), first, fields, { ...place, hint });
      return;
    }
    if (lists.length > 0) {
      const hint = place.hint ?? first(PROVIDER_NAMES) ?? null;
      for (const name of lists) this.read(fields.get(name), { ...place, hint, isAmongKeys: true });
      return;
    }
    this.#others(record, place);
  }

  /** A record that has a key, or several separated by commas. */
  #keyed(
    value: unknown,
    first: (names: readonly string[]) => string | undefined,
    fields: ReadonlyMap<string, unknown>,
    place: Place,
  ): void {
    if (typeof value === "object") {
      this.read(value, { ...place, isAmongKeys: true });
      return;
    }
    const text = textOf(value) ?? "";
    if (isElsewhere(text)) {
      this.#leave(place, "elsewhere");
      return;
    }
    if (jsonIn(text) !== undefined) {
      this.read(text, { ...place, isAmongKeys: true });
      return;
    }
    const remark = first(REMARK_FIELDS.filter((name) => textOf(fields.get(name)) !== place.hint));
    const weight = wholeOf(fields.get("weight"));
    const priority = wholeOf(fields.get("priority"));
    const quotaDomain = first(DOMAIN_FIELDS);
    const models = namesIn(fields.get("models"));
    // Other programs have groups too, which mean something else.
    const groups = namesIn(fields.get("groups")).filter((id) => /^gr_\w+$/.test(id));
    const settings = {
      ...(remark !== undefined && { remark }),
      ...(weight !== undefined && { weight }),
      ...(priority !== undefined && { priority }),
      ...(quotaDomain !== undefined && { quotaDomain }),
      ...(groups.length > 0 && { groups }),
      ...(models.length > 0 && { models }),
      ...capsIn(fields),
    };
    for (const key of text.split(/[\s,;]+/)) {
      if (key !== "") this.#add({ text: key, line: place.line, hint: place.hint, settings }, place);
    }
  }

  /** A record whose names may be variables, providers, or an app's settings. */
  #others(record: Fields, place: Place): void {
    const before = this.keys.length + this.left.length;
    for (const [name, value] of Object.entries(record)) {
      if (typeof value === "object" && value !== null) {
        const isWord = /^[A-Za-z][\w .-]{0,60}$/.test(name) && !STRUCTURE.has(plain(name));
        const hint = isWord ? name : place.hint;
        this.read(value, {
          ...place,
          hint: place.hint ?? hint,
          isAmongKeys: isOfTexts(value),
          isAmongProviders: plain(name) === "providers" && Array.isArray(value),
        });
        continue;
      }
      const text = textOf(value) ?? "";
      if (jsonIn(text) !== undefined && place.texts < MAX_TEXTS) {
        this.read(text, { ...place, isAmongKeys: false });
      } else if (CREDENTIAL_NAME.test(name)) {
        this.#text(text, { ...place, hint: place.hint ?? name, isAmongKeys: true });
      } else if (place.depth <= 2) {
        this.#leave(place, "no-credential");
      }
    }
    if (this.keys.length + this.left.length === before && place.isAmongKeys) {
      this.#leave(place, "no-key");
    }
  }

  #add(key: FoundKey, { baseUrl, offState }: Place): void {
    this.keys.push({
      ...key,
      ...(baseUrl !== null && { baseUrl }),
      ...(offState !== null && { status: offState }),
    });
  }

  #leave({ line }: Place, why: LeftLine["why"]): void {
    this.left.push({ line, why });
  }
}

/** Names of variables that contain credentials; nothing else should leave the browser. */
export const CREDENTIAL_NAME = /KEY|TOKEN|SECRET|CREDENTIAL|_PAT$/i;

/** Names that describe an app's storage, not a provider. */
const STRUCTURE = new Set([
  ...[
    "providers",
    "provider",
    "channels",
    "keys",
    "apikeys",
    "accounts",
    "models",
    "settings",
    "config",
  ],
  ...[
    "llm",
    "data",
    "items",
    "results",
    "rows",
    "list",
    "default",
    "credentials",
    "secrets",
    "tokens",
  ],
  ...["localstorage", "state", "value", "values", "services", "env", "environment", "persist"],
]);

/** A value stored elsewhere, which the file doesn't contain. */
function isElsewhere(text: string): boolean {
  return /^(?:env\.|env:|\$\{?|os\.environ\/|process\.env\.|vault:|secret:\/\/|op:\/\/)[\w./:}-]+$/i.test(
    text.trim().slice(0, 300),
  );
}

function jsonIn(text: string): unknown {
  if (!/^\s{0,100}[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? value.trim() : undefined;
}

function isFilled(value: unknown): boolean {
  return typeof value === "string"
    ? value.trim() !== ""
    : typeof value === "object" && value !== null;
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || (typeof value === "object" && value !== null);
}

/** Not a number or a random id. */
function isName(text: string | undefined): boolean {
  return text !== undefined && /^[a-z]/i.test(text) && !/^[\da-f]{8}-/i.test(text);
}

/** A list of texts, or of lists and records: not settings of an app. */
function isOfTexts(value: object): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function wholeOf(value: unknown): number | undefined {
  const text = textOf(value);
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** The caps of a key; an amount that doesn't fit a cap is left to the verb, which reports it. */
function capsIn(fields: ReadonlyMap<string, unknown>): Readonly<Record<string, number>> {
  const caps: Record<string, number> = {};
  for (const [cap, names] of Object.entries(CAP_FIELDS)) {
    const text = names.map((name) => textOf(fields.get(name))).find(Boolean);
    if (text !== undefined && /^\d{1,9}(?:\.\d{1,9})?$/.test(text)) caps[cap] = Number(text);
  }
  return caps;
}

function namesIn(value: unknown): string[] {
  // A list of records is an app's catalog, and not a limit of the key.
  if (Array.isArray(value)) {
    return value.filter((each): each is string => typeof each === "string" && each !== "");
  }
  return typeof value === "string" ? value.split(/[\s,;|]+/).filter(Boolean) : [];
}

/** What is disabled above is disabled below. */
function worse(own: OffState, outer: OffState): OffState {
  if (own === "disabled" || outer === "disabled") return "disabled";
  return own ?? outer;
}
