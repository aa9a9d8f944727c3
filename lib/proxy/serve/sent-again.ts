/**
 * Whether a call may be sent again after an attempt with an unknown outcome: the connection broke, nothing came in
 * time, or a gateway in between gave up.
 *
 * Reading twice does no harm. A second request to a model costs its tokens twice, so it is sent at most once more. A
 * call that creates something that is stored, or billed per job, is never sent again: it might exist twice.
 * @module
 */
import { bodyText } from "../request/request-body";
import type { ProxyCall } from "../route/proxy-call";

const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** Maximum number of attempts with an unknown outcome for a call to a model. */
const MAX_UNKNOWN = 2;

/** Providers whose calls are jobs, billed individually. */
const JOB_PROVIDERS: ReadonlySet<string> = new Set(["fal", "ideogram", "replicate"]);

/** Endpoints that store what they create, or bill it per job. */
const JOB_PATH =
  /\/(?:images?|videos?|batches|predictions|queue|assistants|threads|files|uploads|vector_stores|containers|evals|cachedContents|tunedModels|fileSearchStores|dubbing|music|sound-generation)(?:[/?:]|$)|\/fine[_-]tun(?:ing|es)|:(?:predict|predictLongRunning|batchGenerateContent|batchEmbedContents|asyncBatchEmbedContent|generateImages|generateVideos)(?:[?]|$)|\/(?:text|image|speech)-to-(?:image|video)|\/(?:generate|edit|remix|upscale|reframe)(?:[/?]|$)|\/async-invoke/;

/** Responses and interactions that run in the background, and are fetched later. */
const IN_BACKGROUND = /"background"\s*:\s*true\b/;

/** Whether a call creates something that is stored, or billed per job. */
export function isJob({ method, provider, url, body }: ProxyCall): boolean {
  if (IDEMPOTENT.has(method)) return false;
  return (
    JOB_PROVIDERS.has(provider.slug) || JOB_PATH.test(url) || IN_BACKGROUND.test(bodyText(body))
  );
}

/**
 * Whether a call may be sent again.
 * @param unknown Attempts so far with an unknown outcome.
 */
export function maySendAgain(call: ProxyCall, unknown: number): boolean {
  if (unknown === 0 || IDEMPOTENT.has(call.method)) return true;
  return call.model !== null && unknown < MAX_UNKNOWN && !isJob(call);
}

/** Statuses that a gateway sends if it lost the response. */
const LOST: ReadonlySet<number> = new Set([502, 504, 520, 522, 524]);

/**
 * Whether an error leaves open what was done. A server that reports its own failure has responded, and a failed model
 * response isn't charged; but a job may still have been started.
 */
export function leavesOpen(call: ProxyCall, status: number, meaning: string): boolean {
  if (LOST.has(status)) return true;
  return meaning === "server_error" && (call.model === null || isJob(call));
}
