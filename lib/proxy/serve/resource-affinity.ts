/**
 * Files, batches, stored responses, caches and the like live in the account whose key created them, and belong to their
 * maker. What a response names is remembered with its key and its maker; a request that names it goes to that key, if
 * the caller may reach it (`stored-access.ts`), and otherwise gets the provider's own 404.
 * @module
 */
import type { PoolKey } from "../../pool/types";
import { readHead } from "../answer/stream-head";
import type { AccessToken, Creator, StoredThing } from "../ports";
import { ProxyError } from "../proxy-error";
import { beginsJson, bodyForms, isWide, jsonText } from "../request/body-form";
import { bodyHead, bodyText, TEXT_BYTES } from "../request/request-body";
import {
  idsCreated,
  idsInForm,
  idsInJson,
  idsInPairs,
  idsInQuery,
  idsInUrl,
  idsMentioned,
  isAboutStored,
  isChat,
  isCreating,
  isListing,
  MOST_NAMED,
  type NamedId,
} from "../request/stored-ids";
import { poolFor, type RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import type { Answer } from "./served";
import { creatorOf, isUnlimited, mayReach } from "./stored-access";

const SEARCHED_BYTES = 64 * 1024;
/** By then, what another isolate has just recorded is in the store. */
const LOOK_AGAIN_MS = [250, 500, 750] as const;

const decoder = new TextDecoder();

/**
 * The ids of stored things that a call names; null if it names none, or it wouldn't matter. Cheap, because it runs for
 * every request.
 * @throws {ProxyError} `access_denied` for a list that a restricted token may not see.
 */
export function storedNames(
  call: ProxyCall,
  token: AccessToken,
  scope: RequestScope,
): readonly NamedId[] | null {
  const isForKey = call.preferredKeyId === null && poolFor(call.provider.slug, scope).size > 1;
  if (!isForKey && token.isAdmin === true) return null;
  if (!isUnlimited(token) && !call.isWebSocket && isListing(call.method, call.url)) {
    throw new ProxyError(
      "access_denied",
      "A list names what all tokens of the pool have stored. It takes an access token without limits; what this one has made it can ask for by id.",
    );
  }
  const inBody = idsInBody(call);
  const inUrl = isAboutStored(call.url) ? idsInAddress(call) : idsInQuery(call.url);
  const named = inBody.length === 0 ? inUrl : [...inUrl, ...inBody];
  return named.length === 0 ? null : named;
}

/**
 * Sends a call to the key whose account contains what it names.
 * @param named From `storedNames`.
 * @throws {ProxyError} `resource_not_found` if that is someone else's.
 */
export async function toItsOwner(
  call: ProxyCall,
  named: readonly NamedId[],
  token: AccessToken,
  scope: RequestScope,
): Promise<ProxyCall> {
  const things = await reachable(call.provider.slug, named, token, scope);
  const [owned] = things;
  if (owned === undefined || call.preferredKeyId !== null) return call;
  return { ...call, preferredKeyId: owned.keyId };
}

/**
 * What is known about the named things.
 * @throws {ProxyError} `resource_not_found` for the first that the token may not reach; `access_denied` if there are too
 * many.
 */
export async function reachable(
  provider: string,
  named: readonly NamedId[],
  token: AccessToken,
  { ports }: RequestScope,
): Promise<readonly StoredThing[]> {
  if (named.length > MOST_NAMED && token.isAdmin !== true) {
    throw new ProxyError(
      "access_denied",
      `The request names more than ${MOST_NAMED} stored things, too many to look up who made each.`,
    );
  }
  const ids = [...new Set(named.map(({ id }) => id))].slice(0, MOST_NAMED);
  let known = await ports.state.storedThings(provider, ids);
  if (!isUnlimited(token)) {
    const missing = () => named.some(({ id, isCertain }) => isCertain && !known.has(id));
    for (const ms of LOOK_AGAIN_MS) {
      if (!missing()) break;
      await new Promise<void>((resolve) => ports.setTimer(resolve, ms));
      known = await ports.state.storedThings(provider, ids, true);
    }
  }
  const things: StoredThing[] = [];
  for (const { id, isCertain } of named) {
    const thing = known.get(id);
    if (thing === undefined) {
      if (isCertain && !isUnlimited(token)) throw notFound(id);
      continue;
    }
    if (!mayReach(token, thing)) throw notFound(id);
    things.push(thing);
  }
  return things;
}

/** Remembers what a response names; returns the response to deliver, part of which may have been read. */
export async function rememberResources(
  call: ProxyCall,
  answer: Answer,
  key: PoolKey,
  scope: RequestScope,
): Promise<Answer> {
  const seen = await readInto(answer);
  const text = decoder.decode(seen.body.head.subarray(0, SEARCHED_BYTES));
  const maker = scope.caller === undefined ? null : await makerIn(call, scope.caller, scope);
  const made = maker === null ? [] : idsCreated(text);
  for (const id of made) noteStored(call.provider.slug, id, key, maker, scope);
  const path = call.url.split("?", 1)[0] ?? "";
  const used = idsInUrl(path, call.provider.errorFormat === "google").map(({ id }) => id);
  for (const id of used) noteStored(call.provider.slug, id, key, null, scope);
  const others = idsMentioned(text).filter((id) => !made.includes(id) && !used.includes(id));
  for (const id of others) noteStored(call.provider.slug, id, key, null, scope, true);
  return seen;
}

export function noteStored(
  provider: string,
  resource: string,
  key: PoolKey,
  maker: Creator | null,
  { ports }: RequestScope,
  isMentioned = false,
): void {
  const { tokenId, userId, groupId }: Creator = maker ?? { tokenId: null, userId: null };
  const atMs = ports.nowMs();
  ports.state.record({
    kind: "resource-seen",
    provider,
    resource,
    keyId: key.id,
    tokenId,
    userId,
    ...(groupId !== undefined && { groupId }),
    atMs,
    ...(isMentioned && { isMentioned }),
  });
}

/** Whether a response may name stored things. */
export function makesResources(call: ProxyCall): boolean {
  if (!isAboutStored(call.url)) return false;
  // Chat completions are stored if the request says so.
  return !isChat(call.url) || bodyText(call.body).includes('"store"');
}

/** The maker of what the response names: the caller if it creates it, otherwise the maker of what the path names. */
async function makerIn(
  call: ProxyCall,
  token: AccessToken,
  { ports }: RequestScope,
): Promise<Creator | null> {
  const inPath = idsInAddress(call).map(({ id }) => id);
  if (inPath.length === 0) return isCreating(call.method, call.url) ? creatorOf(token) : null;
  const known = await ports.state.storedThings(call.provider.slug, inPath);
  for (const id of inPath) {
    const thing = known.get(id);
    if (thing !== undefined && (thing.tokenId !== null || thing.userId !== null)) return thing;
  }
  return null;
}

/** Reads the beginning of a JSON response that wasn't examined yet. */
async function readInto(answer: Answer): Promise<Answer> {
  const { head, rest } = answer.body;
  const isJson = answer.headers.get("content-type")?.startsWith("application/json");
  if (head.length > 0 || rest === null || isJson !== true) return answer;
  const start = await readHead(rest, SEARCHED_BYTES);
  return { ...answer, body: { ...start, head: answer.scrubber.cleanBytes(start.head) } };
}

function idsInAddress({ url, provider }: ProxyCall): readonly NamedId[] {
  return idsInUrl(url, provider.errorFormat === "google");
}

/** In whatever form a parser could read the body. */
function idsInBody({ body, headers, url }: ProxyCall): readonly NamedId[] {
  const head = bodyHead(body);
  if (head === null || head.length === 0) return [];
  if (beginsJson(head)) {
    const isShort = head.length <= TEXT_BYTES && !isWide(head);
    return idsInJson(isShort ? bodyText(body) : jsonText(head));
  }
  const type = headers().get("content-type") ?? "";
  const { json, multipart, urlEncoded } = bodyForms(head, type);
  if (multipart) {
    return idsInForm(decoder.decode(TAKES_ID.test(url) ? head : head.subarray(0, TEXT_BYTES)));
  }
  if (urlEncoded) return idsInPairs(decoder.decode(head.subarray(0, MAX_PAIRS_BYTES)));
  return json ? idsInJson(jsonText(head)) : [];
}

/** Where a form may name a stored file instead of bringing one; other forms are long because of their files. */
const TAKES_ID = /containers/i;
/** Clients send longer forms as multipart. */
const MAX_PAIRS_BYTES = 1024 * 1024;

/** With the service's own message. */
function notFound(id: string): ProxyError {
  return new ProxyError("resource_not_found", wordsFor(id));
}

function wordsFor(id: string): string {
  if (id.includes("/")) return "Requested entity was not found.";
  const [, kind = ""] = /^([a-z]+)[-_]/.exec(id) ?? [];
  switch (kind) {
    case "file":
      return `No such File object: ${id}`;
    case "resp":
      return `Response with id '${id}' not found.`;
    case "conv":
      return `Conversation with id '${id}' not found.`;
    case "batch":
      return `No batch found with id '${id}'.`;
    case "thread":
      return `No thread found with id '${id}'.`;
    case "asst":
      return `No assistant found with id '${id}'.`;
    case "vs":
      return `Vector store with id '${id}' not found.`;
    case "msgbatch":
      return `Message Batch ${id} not found.`;
    default:
      return `No such object: ${id}`;
  }
}
