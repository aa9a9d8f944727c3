/**
 * Files, batches, stored responses, caches and the like live in the account whose key made them. What an
 * answer names is remembered with its key, and a request that names it goes to that key.
 *
 * Ids: OpenAI `file-…`, `batch_…`, `resp_…`, `thread_…`, `ftjob-…`; Anthropic `file_…`, `msgbatch_…`;
 * Google `files/…`, `cachedContents/…`, `batches/…`.
 * @module
 */
import type { PoolKey } from "../pool/types";
import type { Answer } from "./attempt";
import type { ProxyCall } from "./proxy-call";
import { bodyText } from "./request-body";
import type { RequestScope } from "./request-scope";
import { readHead } from "./stream-head";

const ID =
  "(?:file|batch|msgbatch|resp|conv|thread|run|ftjob|upload|vs|vsfb|asst|cntr|container|video|eval|evalrun)[-_][A-Za-z0-9_-]{4,120}" +
  "|(?:files|cachedContents|batches|operations|tunedModels|fileSearchStores)/[A-Za-z0-9_-]{4,120}";

/** Paths that make, or speak of, what lives in one account. */
const RESOURCE_PATH =
  /\/(?:files|batches|responses|conversations|threads|uploads|vector_stores|assistants|containers|videos|evals|cachedContents|fileSearchStores|tunedModels|operations)(?:[/?:]|$)|\/fine_tuning\/jobs|:predictLongRunning|:batchGenerateContent/;

/** Looked for behind every slash: `files/file-abc` holds two that look like ids. */
const IN_PATH = new RegExp(`/(?=(${ID})(?:[/?:]|$))`, "g");
/** As a string of JSON by itself, or at the end of an address (Google's `fileUri`). */
const IN_JSON = new RegExp(`"(?:https?://[^"]{1,200}/)?(${ID})"`, "g");

const SEARCHED_BYTES = 64 * 1024;
/** Lists name many. */
const MOST_IDS = 20;

const decoder = new TextDecoder();

/** The id of the key that a call must go to; null where it names nothing that is remembered. */
export async function homeOf(call: ProxyCall, scope: RequestScope): Promise<string | null> {
  const { state } = scope.ports;
  for (const id of new Set([...idsInPath(call.url), ...idsInBody(call)])) {
    const keyId = await state.keyOfResource(call.provider.slug, id);
    if (keyId !== null) return keyId;
  }
  return null;
}

/** Whether a call may have to go to a certain key. Cheap, since every request is asked. */
export function mayHaveHome(call: ProxyCall, scope: RequestScope): boolean {
  if (call.preferredKeyId !== null) return false;
  if (scope.ports.state.pool(call.provider.slug).size < 2) return false;
  return RESOURCE_PATH.test(call.url) || idsInBody(call).length > 0;
}

/** Remembers what an answer names; returns the answer to deliver, which may have been read into. */
export async function rememberResources(
  call: ProxyCall,
  answer: Answer,
  key: PoolKey,
  { ports }: RequestScope,
): Promise<Answer> {
  const seen = await readInto(answer);
  const text = decoder.decode(seen.body.head.subarray(0, SEARCHED_BYTES));
  for (const resource of idsIn(IN_JSON, text)) {
    const provider = call.provider.slug;
    ports.state.record({
      kind: "resource-seen",
      provider,
      resource,
      keyId: key.id,
      atMs: ports.nowMs(),
    });
  }
  return seen;
}

export function makesResources(call: ProxyCall): boolean {
  return RESOURCE_PATH.test(call.url);
}

/** The beginning of a JSON answer that was not looked at yet. */
async function readInto(answer: Answer): Promise<Answer> {
  const { head, rest } = answer.body;
  const isJson = answer.response.headers.get("content-type")?.startsWith("application/json");
  if (head.length > 0 || rest === null || isJson !== true) return answer;
  const start = await readHead(rest, SEARCHED_BYTES);
  return { ...answer, body: { ...start, head: answer.scrubber.cleanBytes(start.head) } };
}

function idsInPath(url: string): readonly string[] {
  return idsIn(IN_PATH, url);
}

function idsInBody({ body }: ProxyCall): readonly string[] {
  return idsIn(IN_JSON, bodyText(body));
}

function idsIn(pattern: RegExp, text: string): readonly string[] {
  const ids: string[] = [];
  for (const [, id] of text.matchAll(pattern)) {
    if (id !== undefined && ids.length < MOST_IDS) ids.push(id);
  }
  return ids;
}
