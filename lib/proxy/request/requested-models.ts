/**
 * Every model that a request could be understood to name, whichever parser an upstream has. Computed only for tokens to
 * which it matters: those restricted to models, and those with a money budget.
 * @module
 */
import type { HeaderFields } from "../../http/read-headers";
import { GENERAL_MODEL_FIELDS } from "../../providers/provider-defaults";
import type { Provider } from "../../providers/types";
import { namedStrings } from "../../usage/json-strings";
import { bodyForms } from "./body-form";
import { type FieldNode, fieldTree, foldName } from "./model-tree";
import { pathReadings } from "./path-readings";
import { scanForm, scanUrlEncoded } from "./scan-form";
import { type OnField, scanJson } from "./scan-json";

/** The request as it will be sent. */
export interface SentRequest {
  readonly provider: Provider;
  /** The part of the path after the provider's slug, without a leading slash. */
  readonly path: string;
  /** Including its `?`, or empty. */
  readonly search: string;
  readonly headers: HeaderFields;
  /** All of it, decompressed; null for none, and for a long body of a type that names no models. */
  readonly body: Uint8Array | null;
  readonly isSocket: boolean;
  /**
   * The prefix of this provider's model names at a service that serves several providers (`groq/`); otherwise empty.
   */
  readonly prefix: string;
}

export interface RequestedModels {
  /** All names, without duplicates. */
  readonly models: readonly string[];
  /** Why two parsers could find different models, in a message to the caller; null if they agree. */
  readonly contradiction: string | null;
  /** Why it may use models that it doesn't name, in a message to the caller; null if it names all. */
  readonly hidden: string | null;
}

export function requestedModels(facts: SentRequest): RequestedModels {
  const found = new FoundModels(facts.prefix);
  readPath(facts, found);
  readQuery(facts, found);
  readHeaders(facts, found);
  readBody(facts, found);
  return found.result();
}

/** Each is compared with the token's patterns; lists of alternatives have a few entries. */
const MAX_MODELS = 1_000;

const MAY_BE_NAME = /^\s*[^\s]{1,256}\s*$/;

/** What was found so far. */
class FoundModels {
  readonly #prefix: string;
  readonly #all = new Set<string>();
  /** Names in places that the provider obeys: there must be exactly one. */
  readonly #obeyed = new Set<string>();
  #contradiction: string | null = null;
  #hidden: string | null = null;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  model(name: string, isObeyed: boolean): void {
    if (name === "") return;
    const short = this.#short(name);
    if (this.#all.size >= MAX_MODELS && !this.#all.has(short)) {
      this.contradicts(`it names more than ${MAX_MODELS} models`);
      return;
    }
    this.#all.add(short);
    if (isObeyed) this.#obeyed.add(short);
  }

  /** A text where a model is likely: a name is short, and has no space in it. */
  likely(text: string): void {
    if (MAY_BE_NAME.test(text)) this.model(text.trim(), false);
  }

  contradicts(reason: string): void {
    this.#contradiction ??= reason;
  }

  hides(reason: string): void {
    this.#hidden ??= reason;
  }

  get namesNone(): boolean {
    return this.#obeyed.size === 0;
  }

  result(): RequestedModels {
    if (this.#obeyed.size > 1) {
      const [first, second] = [...this.#obeyed].map((name) => JSON.stringify(name.slice(0, 64)));
      this.contradicts(`it names ${first}, and ${second} as well`);
    }
    return {
      models: [...this.#all],
      contradiction: this.#contradiction,
      hidden: this.#hidden,
    };
  }

  /** The canonical name of a model: without the provider's prefix, and without Google's `models/`. */
  #short(name: string): string {
    const own = name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : name;
    return own.startsWith("models/") ? own.slice("models/".length) : own;
  }
}

const anyCase = new WeakMap<RegExp, RegExp>();

/** Some servers match paths case-insensitively (Azure). */
function inAnyCase(pattern: RegExp): RegExp {
  let folded = anyCase.get(pattern);
  if (folded === undefined) {
    folded = new RegExp(
      pattern.source,
      pattern.flags.includes("i") ? pattern.flags : `${pattern.flags}i`,
    );
    anyCase.set(pattern, folded);
  }
  return folded;
}

function readPath({ provider, path }: SentRequest, found: FoundModels): void {
  for (const reading of pathReadings(path)) {
    readModelIn(reading, provider, found);
    if (provider.hidesModel.paths.some((pattern) => inAnyCase(pattern).test(reading))) {
      found.hides("calls of this path may use models that they do not name");
    }
  }
}

function readModelIn(path: string, { model }: Provider, found: FoundModels): void {
  const name = model.path && inAnyCase(model.path).exec(path)?.[1];
  if (name) found.model(decode(name), true);
}

const GENERAL_NAMES: ReadonlySet<string> = new Set(
  GENERAL_MODEL_FIELDS.filter((place) => /^\w+$/.test(place)).map(foldName),
);

function readQuery({ provider, search, isSocket }: SentRequest, found: FoundModels): void {
  if (search === "") return;
  const { query, socketQuery, body = [] } = provider.model;
  const obeyed = foldName((isSocket ? (socketQuery ?? query) : query) ?? "");
  const others = [query, socketQuery, ...body].flatMap((name) => (name ? [foldName(name)] : []));
  for (const [name, value] of new URLSearchParams(search.replaceAll(";", "&"))) {
    for (const spelling of new Set([name, decode(name)])) {
      const folded = foldName(spelling.replace(/\[\w*\]$/, ""));
      const isObeyed = folded === obeyed;
      const isLikely = GENERAL_NAMES.has(folded) || LIKELY.test(folded);
      if (!isObeyed && !others.includes(folded) && !isLikely) continue;
      for (const reading of new Set([value, decode(value)])) found.model(reading, isObeyed);
    }
  }
}

/** `x-model`, `x-vendor-model-id`, `vendor-model-override`; `?fallback_model=`. */
const LIKELY = /model|fallback/;
/** The caller's own data, about the request. */
const IS_DATA = /^baggage$|metadata/;

function readHeaders({ provider, headers }: SentRequest, found: FoundModels): void {
  headers.forEach((value, name) => {
    if (name === provider.model.urlHeader) readUrl(value, provider, found);
    else if (IS_DATA.test(name)) return;
    else if (/^\s*[{[]/.test(value)) readSettings(value, found);
    else if (LIKELY.test(foldName(name))) found.likely(value);
  });
}

/** Gateways take their configuration in headers too, as JSON. */
function readSettings(text: string, found: FoundModels): void {
  for (const { name, value } of namedStrings(text) ?? []) {
    if (LIKELY.test(foldName(name))) found.likely(value);
  }
}

/** An address to which the request is sent instead. */
function readUrl(address: string, provider: Provider, found: FoundModels): void {
  if (!URL.canParse(address)) {
    found.hides("it names an address that cannot be read");
    return;
  }
  for (const reading of pathReadings(new URL(address).pathname.slice(1))) {
    readModelIn(reading, provider, found);
  }
}

function readBody({ provider, headers, body }: SentRequest, found: FoundModels): void {
  if (body === null || body.length === 0) return;
  const contentType = headers.get("content-type") ?? "";
  const forms = bodyForms(body, contentType);
  const tree = fieldTree(provider);
  const onField = fieldsInto(found);
  const problems: (string | null)[] = [];
  if (forms.multipart) problems.push(scanForm(body, contentType, tree, onField));
  if (forms.json) problems.push(scanJson(body, tree, onField));
  if (forms.urlEncoded) problems.push(scanUrlEncoded(body, tree, onField));
  const problem = problems.find((each) => each !== null);
  if (problem) found.contradicts(`parsers could read its body differently: ${problem}`);
  if (!isUtf8Type(contentType)) found.contradicts("its body is in another encoding than UTF-8");
  if (problems.length === 0 && found.namesNone) {
    found.hides("its body is neither JSON nor a form, and nothing else names a model");
  }
}

function fieldsInto(found: FoundModels): OnField {
  return ({ kind, place, value: hiding }: FieldNode, value) => {
    if (kind === "hides") {
      if (hiding === null || hiding === value) {
        found.hides(`"${place}" brings a model with it that the request does not name`);
      }
    } else if (kind === "likely") {
      if (value !== null) found.likely(value);
    } else if (value === null) found.hides(`"${place}" is no text`);
    else found.model(value, kind === "model");
  };
}

function isUtf8Type(contentType: string): boolean {
  return [...contentType.matchAll(/charset[\s*]*=\s*"?([^\s;",]*)/gi)].every(([, charset = ""]) =>
    /^(?:utf-?8|us-ascii)$/i.test(charset),
  );
}

function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
