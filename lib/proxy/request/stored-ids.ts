/**
 * What providers store for an account (files, batches, stored responses, conversations, caches, vector stores, tuned
 * models, predictions …), and where requests and responses name it. Pure.
 *
 * Ids: OpenAI `file-…`, `batch_…`, `resp_…`, `conv_…`, `thread_…`, `vs_…`, `ftjob-…`; Anthropic `file_…`, `msgbatch_…`;
 * Google `files/…`, `cachedContents/…`, `batches/…`; Mistral's and Replicate's are bare words.
 * @module
 */
import { namedStrings } from "../../usage/json-strings";
import { pathReadings } from "./path-readings";
import { quotedWords } from "./quoted-words";

/** Path segments that are followed by an id. */
const COLLECTIONS = [
  "files",
  "batches",
  "batch/jobs",
  "responses",
  "conversations",
  "interactions",
  "chat/completions",
  "threads",
  "uploads",
  "vector_stores",
  "assistants",
  "agents",
  "containers",
  "videos",
  "evals",
  "skills",
  "cachedContents",
  "fileSearchStores",
  "corpora",
  "tunedModels",
  "operations",
  "fine_tuning/jobs",
  "fine-tunes",
  "predictions",
  "trainings",
  "embed-jobs",
  "datasets",
  "libraries",
  "history",
] as const;

/** What an account lists besides: ids in these paths are unknown here, or those of the account's own administration. */
const LISTS = [
  "api_keys",
  "async-invoke",
  "batchPredictionJobs",
  "generatedFiles",
  "invites",
  "keys",
  "members",
  "model-invocation-jobs?",
  "ragCorpora",
  "ragFiles",
  "reasoningEngines",
  "requests",
  "tuningJobs",
  "users",
  "webhooks",
] as const;

const SHAPED_ID =
  "(?:file|cfile|batch|msgbatch|resp|conv|thread|run|step|ftjob|upload|vs|vsfb|asst|cntr|container|video|eval|evalrun|skill|chatcmpl|ag|lib)[-_][A-Za-z0-9_-]{4,120}";
/** Google's names, which include their collection. */
const FULL_NAME =
  "(?:files|cachedContents|batches|operations|tunedModels|fileSearchStores|corpora|interactions)/[A-Za-z0-9_-]{4,120}";
const SHAPED = `${SHAPED_ID}|${FULL_NAME}`;

const OF_COLLECTION = COLLECTIONS.join("|");
// Some servers (Azure) match paths in any case.
const PATH_ID = new RegExp(`/(${OF_COLLECTION})/+([^/?:]+)`, "gi");
/** Looked for after every slash: `vector_stores/vs_abc/files/file-abc` contains two. */
const SHAPED_IN_PATH = new RegExp(`/(?=(${SHAPED_ID})(?:[/?:]|$))`, "gi");
const NAME_IN_PATH = new RegExp(`/(?=(${FULL_NAME})(?:[/?:]|$))`, "gi");
const IN_COLLECTION = new RegExp(`/(?:${OF_COLLECTION})(?:[/:]|$)`, "i");
const LISTING = new RegExp(`/(?:${OF_COLLECTION}|${LISTS.join("|")})/*$`, "i");
const MAKING = new RegExp(
  `/(?:${OF_COLLECTION})(?::[a-zA-Z]+)?/*$|:predictLongRunning|:batch[A-Z]|/threads/runs$|:asyncBatch`,
  "i",
);
const CHAT = /\/chat\/completions\/?$/;
/** At the end of a string in a field for ids, of an answer: by itself, or of an address. Of `files/file-abc`, the id. */
const SHAPED_IN_ANSWER = new RegExp(
  `"(?:[a-z]\\w{0,40})?(?:id|name|uri|file)"\\s{0,4}:\\s{0,4}"(?:[^"\\\\]{1,300}/)?(${SHAPED_ID}|${FULL_NAME.replace("/", `/(?!${SHAPED_ID}")`)})"`,
  "gi",
);
const WHOLE_SHAPE = new RegExp(`^(?:.{1,300}/)?(${SHAPED})$`);
/** Anywhere in a value that refers to something: addresses have queries, and some servers trim what they read. */
const SHAPED_IN_VALUE = new RegExp(
  `(?<![A-Za-z0-9_-])(${SHAPED_ID}|${FULL_NAME.replace("/", `/(?!${SHAPED_ID})`)})(?![A-Za-z0-9_-])`,
  "g",
);
/** A plain field of a multipart form. */
const SHAPED_IN_FORM = new RegExp(`\\r?\\n\\r?\\n(${SHAPED})\\s*\\r?\\n`, "g");
const BARE_ID = /^[\w-]{6,128}$/;

/** Fields whose value names something stored; case, `_` and `-` are ignored. */
const REFERENCE_NAMES: ReadonlySet<string> = new Set([
  "assistantid",
  "batchid",
  "cachedcontent",
  "container",
  "containerid",
  "conversation",
  "conversationid",
  "fileid",
  "fileids",
  "filesearchstorenames",
  "fileuri",
  "inputfileid",
  "previousinteractionid",
  "previousresponseid",
  "responseid",
  "threadid",
  "trainingfile",
  "validationfile",
  "vectorstoreid",
  "vectorstoreids",
]);
/** An escape of an ordinary letter: a name may be written with it. */
const NEEDLESS_ESCAPE = /\\u00[2-7]/i;

/** Items of stored responses: messages, reasoning, tool calls. */
const ITEM_ID =
  /^(?:msg|rs|fc|fco|ctc|ws|fs|ci|ig|cu|cuo|mcp|mcpl|mcpr|lsh|sh|apc|cmp)_[A-Za-z0-9]{8,120}$/;
/** Lists name many. */
const MOST_IDS = 50;
/**
 * Per request, which are read with one query. A conversation may refer to hundreds of items; of what names more, not
 * everything could be compared with its owner.
 */
export const MOST_NAMED = 2_000;
/** In the text of a value that refers to something: more is no reference. */
const MOST_IN_VALUE = 20;
const MOST_VALUE_CHARS = 2_000;

export interface NamedId {
  readonly id: string;
  /** It is in a place for ids; otherwise it only looks like one. */
  readonly isCertain: boolean;
}

/** Whether a path is about stored things. */
export function isAboutStored(url: string): boolean {
  return pathFacts(url).isAboutStored;
}

const WRITES: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** Whether a call lists what the account stores, or does something to all of it. */
export function isListing(method: string, url: string): boolean {
  return !WRITES.has(method) && pathFacts(url).isListing;
}

/** Whether a call creates something that is stored: what its response names belongs to the caller. */
export function isCreating(method: string, url: string): boolean {
  return method === "POST" && pathFacts(url).isMaking;
}

/** Whether a call is a chat completion, which is stored only if its body says so. */
export function isChat(url: string): boolean {
  return pathFacts(url).isChat;
}

/**
 * @param url With the query.
 * @param isGoogle Whether the service's names include their collection (`files/abc`).
 */
export function idsInUrl(url: string, isGoogle: boolean): readonly NamedId[] {
  const { ids, googleNames } = pathFacts(url);
  const inPath = isGoogle ? googleNames : ids;
  const inQuery = idsInQuery(url);
  if (inPath.length + inQuery.length === 0) return NONE;
  const found = new Set(inPath);
  for (const { id } of inQuery) found.add(id);
  return [...found].map((id) => ({ id, isCertain: true }));
}

const NONE: readonly NamedId[] = [];

/** @param text The whole body, if it is JSON. */
export function idsInJson(text: string): readonly NamedId[] {
  const isEscaped = text.includes("\\u00") && NEEDLESS_ESCAPE.test(text);
  const plain = isEscaped ? unescapedJson(text) : text;
  const { namesReference, namesItem, shaped } = quotedWords(plain, MOST_NAMED + 1);
  // Nearly all requests.
  if (!namesReference && !namesItem && !isEscaped && shaped.length === 0) return NONE;
  const found = new Map<string, NamedId>();
  const named = namesReference || namesItem || isEscaped ? (namedStrings(text) ?? []) : [];
  if (namesReference || isEscaped) {
    for (const { name, value } of named) {
      if (!REFERENCE_NAMES.has(plainName(name)) && !isConversationId(name, value)) continue;
      for (const id of idsInValue(value)) {
        // Containers, and files in them, are created by responses whose streams aren't read.
        found.set(id, { id, isCertain: !/^(?:cntr|cfile|container)[-_]/.test(id) });
      }
    }
  }
  if (namesItem) {
    for (const { name, value } of named) {
      if (name === "id" && ITEM_ID.test(value)) found.set(value, { id: value, isCertain: true });
    }
  }
  for (const id of shaped) {
    if (found.size > MOST_NAMED) break;
    if (!found.has(id)) found.set(id, { id, isCertain: false });
  }
  return [...found.values()];
}

/** @param text A multipart form. */
export function idsInForm(text: string): readonly NamedId[] {
  return [...text.matchAll(SHAPED_IN_FORM)].flatMap(([, id]) =>
    id === undefined ? [] : [{ id, isCertain: true }],
  );
}

export function idsInQuery(url: string): readonly NamedId[] {
  const query = url.indexOf("?");
  return query === -1 ? NONE : idsInPairs(url.slice(query + 1));
}

/** @param text A query without its `?`, or a form written like one. */
export function idsInPairs(text: string): readonly NamedId[] {
  if (!/id|file|conversation|container|cache/i.test(text)) return [];
  const found = new Set<string>();
  for (const [name, value] of new URLSearchParams(text.replaceAll(";", "&"))) {
    if (!REFERENCE_NAMES.has(plainName(name.replace(/\[\w*\]$/, "")))) continue;
    for (const id of idsInValue(value)) found.add(id);
  }
  return [...found].map((id) => ({ id, isCertain: true }));
}

/** The ids to which a field's value refers: one of a known shape, wherever it stands in it, or the value itself. */
function idsInValue(text: string): readonly string[] {
  const value = text.slice(0, MOST_VALUE_CHARS).trim();
  if (value === "auto") return [];
  const whole = WHOLE_SHAPE.exec(value)?.[1];
  if (whole !== undefined) return [whole];
  const shaped = [...value.matchAll(SHAPED_IN_VALUE)].flatMap(([, id]) =>
    id !== undefined && isRandom(id) ? [id] : [],
  );
  if (shaped.length > 0) return shaped.slice(0, MOST_IN_VALUE);
  return BARE_ID.test(value) ? [value] : [];
}

/** Whether an id is that of an item of a stored response. */
export function isItemId(id: string): boolean {
  return ITEM_ID.test(id);
}

/**
 * What a response mentions in fields for ids, because it is worth knowing in whose account it is. What a model writes is
 * in none.
 */
export function idsMentioned(text: string): readonly string[] {
  const ids = new Set<string>();
  for (const [, id] of text.matchAll(SHAPED_IN_ANSWER)) {
    if (ids.size >= MOST_IDS) break;
    if (id !== undefined) ids.add(id);
  }
  return [...ids];
}

/**
 * What a response says was created: its own id or name, and those of its results. Read only from where the provider
 * writes them: a response repeats fields of the request, and a caller must not come to own what it merely names.
 * @param text The response's text, or the first events of a stream.
 */
export function idsCreated(text: string): readonly string[] {
  const answer = parsed(text);
  if (answer === null) {
    // The first event of a stream of Responses (`{"type":"response.created","response":{"id":…`), or a truncated
    // response: the id comes before anything from the request, and is inside of nothing else.
    const [, id] = FIRST_ID.exec(text) ?? [];
    return id === undefined ? [] : [id];
  }
  const { id, name, file, container, batch } = answer;
  const named = [
    id,
    // Only Google names what it creates; elsewhere a name is the caller's.
    typeof name === "string" && name.includes("/") ? name : null,
    object(file).name,
    object(file).id,
    object(container).id,
    object(batch).name,
    answer.output_file_id,
    answer.error_file_id,
    ...list(answer.result_files),
    ...list(answer.output).flatMap(idsInOutput),
    // Results of Google's long-running operations.
    ...stringsIn(answer.response),
    object(object(answer.metadata).output).responsesFile,
  ];
  const made = named.flatMap((each) => {
    if (typeof each !== "string") return [];
    const shaped = WHOLE_SHAPE.exec(each)?.[1];
    return shaped !== undefined ? [shaped] : [];
  });
  const bare = typeof id === "string" && made.length === 0 && BARE_ID.test(id);
  return bare ? [id] : made;
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

const FIRST_ID =
  /^[^{}]{0,200}\{[^{}[\]]{0,200}?(?:"response"\s*:\s*\{\s*)?"id"\s*:\s*"([\w-]{4,128})"/;

/** From an item of a response: the container it ran in, and the files it left there. */
function idsInOutput(item: unknown): unknown[] {
  const { container_id, content } = object(item);
  const annotations = list(content).flatMap((part) => list(object(part).annotations));
  const files = annotations.map((each) => object(each).file_id);
  // Other files are only quoted.
  return [container_id, ...files.filter((file) => /^cfile[-_]/.test(String(file)))];
}

/** `conversation: {id}` and `container: {id}`: they are named by the enclosing object, whose name is lost here. */
function isConversationId(name: string, value: string): boolean {
  return name === "id" && /^(?:conv|cntr|container|vs|asst|thread)_/.test(value);
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, "");
}

/** Path words such as `compact` or `input_tokens` aren't ids; what is still escaped has another reading without. */
function isId(segment: string): boolean {
  if (/[%;]/.test(segment)) return false;
  return /[\dA-Z]/.test(segment) || segment.length >= 20;
}

/** Ids look random; tool names (`file_search`, `run_command`) don't. */
function isRandom(id: string): boolean {
  return id.includes("/") || /[\dA-Z]/.test(id);
}

interface PathFacts {
  readonly isAboutStored: boolean;
  readonly isListing: boolean;
  readonly isMaking: boolean;
  readonly isChat: boolean;
  readonly ids: readonly string[];
  readonly googleNames: readonly string[];
}

/** Clients use few addresses, and reading a path takes longer than looking its address up. */
const knownUrls = new Map<string, PathFacts>();
const MAX_KNOWN_URLS = 500;
const MAX_KNOWN_CHARS = 250;

function pathFacts(url: string): PathFacts {
  const known = knownUrls.get(url);
  if (known !== undefined) return known;
  const host = url.indexOf("//");
  const end = url.indexOf("?");
  const facts = readPath(url.slice(host === -1 ? 0 : host + 2, end === -1 ? url.length : end));
  if (url.length <= MAX_KNOWN_CHARS) {
    if (knownUrls.size >= MAX_KNOWN_URLS) knownUrls.clear();
    knownUrls.set(url, facts);
  }
  return facts;
}

function readPath(path: string): PathFacts {
  const readings = readingsOf(path);
  const firstIn = (pattern: RegExp) =>
    readings.flatMap((reading) => [...reading.matchAll(pattern)].map(([, id = ""]) => id));
  const inCollections = readings.flatMap((reading) =>
    [...reading.matchAll(PATH_ID)].map(([, , segment = ""]) => segment),
  );
  return {
    isAboutStored: readings.some((each) => IN_COLLECTION.test(each) || MAKING.test(each)),
    isListing: readings.some((each) => LISTING.test(each)),
    isMaking: readings.every((each) => MAKING.test(each)),
    isChat: CHAT.test(path),
    ids: [...firstIn(SHAPED_IN_PATH), ...inCollections.filter(isId)],
    googleNames: firstIn(NAME_IN_PATH),
  };
}

/** The path as different servers read it: of almost all requests, as it is. */
function readingsOf(path: string): readonly string[] {
  if (!/[%;\\#]|\/\//.test(path)) return [path];
  const readings = [...pathReadings(path)].map((reading) =>
    reading.replace(/[?#].*$/s, "").trimEnd(),
  );
  return [...new Set(readings)];
}

/** A JSON text without needless escapes of ordinary letters. */
export function unescapedJson(text: string): string {
  if (!text.includes("\\u00")) return text;
  return text.replaceAll(/\\u00([2-7][\da-f])/gi, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function object(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
