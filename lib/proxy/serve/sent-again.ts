/**
 * Whether a call may be sent again after an attempt of which nobody knows what it did: the connection broke,
 * nothing came in time, or a gateway on the way gave up.
 *
 * Reading twice does no harm. Asking a model twice costs its tokens twice, so that is done once more at most.
 * What creates something that is stored, or billed by the job, is never sent again: it would be there twice.
 * @module
 */
import { bodyText } from "../request/request-body";
import type { ProxyCall } from "../route/proxy-call";

const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** So many attempts of unknown outcome a model's answer may cost. */
const MAX_UNKNOWN = 2;

/** Providers whose calls are jobs, billed one by one. */
const JOB_PROVIDERS: ReadonlySet<string> = new Set(["fal", "ideogram", "replicate"]);

/** Endpoints that store what they make, or bill it by the job. */
const JOB_PATH =
  /\/(?:images?|videos?|batches|predictions|queue|assistants|threads|files|uploads|vector_stores|containers|evals|cachedContents|tunedModels|fileSearchStores|dubbing|music|sound-generation)(?:[/?:]|$)|\/fine[_-]tun(?:ing|es)|:(?:predict|predictLongRunning|batchGenerateContent|batchEmbedContents|asyncBatchEmbedContent|generateImages|generateVideos)(?:[?]|$)|\/(?:text|image|speech)-to-(?:image|video)|\/(?:generate|edit|remix|upscale|reframe)(?:[/?]|$)|\/async-invoke/;

/** Responses and interactions that go on by themselves, and are fetched later. */
const IN_BACKGROUND = /"background"\s*:\s*true\b/;

/** Whether a call makes something that is stored, or billed by the job. */
export function isJob({ method, provider, url, body }: ProxyCall): boolean {
  if (IDEMPOTENT.has(method)) return false;
  return (
    JOB_PROVIDERS.has(provider.slug) || JOB_PATH.test(url) || IN_BACKGROUND.test(bodyText(body))
  );
}

/**
 * Whether a call may be sent again.
 * @param unknown Attempts so far of which nobody knows what they did.
 */
export function maySendAgain(call: ProxyCall, unknown: number): boolean {
  if (unknown === 0 || IDEMPOTENT.has(call.method)) return true;
  return call.model !== null && unknown < MAX_UNKNOWN && !isJob(call);
}

/** Statuses that a gateway sends when it lost the answer on the way. */
const LOST: ReadonlySet<number> = new Set([502, 504, 520, 522, 524]);

/**
 * Whether an error leaves open what was done. A server that fails by itself has answered, and a model's answer
 * that failed is not charged; but a job may have been begun all the same.
 */
export function leavesOpen(call: ProxyCall, status: number, meaning: string): boolean {
  if (LOST.has(status)) return true;
  return meaning === "server_error" && (call.model === null || isJob(call));
}
