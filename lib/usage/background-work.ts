/**
 * Work that continues after its response: background responses and interactions, runs of threads, batches, predictions.
 * One request creates it and others fetch it, and each response reports its progress.
 *
 * Sources: OpenAI's API reference (Responses, Batch, Runs), the Gemini Interactions API, Anthropic's Message Batches
 * and Replicate's predictions.
 * @module
 */
import type { Usage } from "./types";

/** The progress of a piece of work, according to a response about it. */
export interface WorkProgress {
  /** The upstream's id for it. */
  readonly id: string;
  readonly isFinished: boolean;
}

/** Paths whose responses are about a piece of work: it may be created or fetched there. */
const WORK_PATH =
  /(?:^|\/)(?:responses|interactions|batches|batch\/jobs|runs|predictions)(?:\/|$)|:batchGenerateContent$/;
/** The results of a batch are lines that don't name it. */
const RESULTS_PATH = /(?:^|\/)batches\/([^/]+)\/results$/;
/** The content of a file, which may be a batch's results: OpenAI's and similar ones, Google's. */
const CONTENT_PATH = /(?:^|\/)files\/([^/]+)\/content$|(?:^|\/)(files\/[^/:]+):download$/;
/** Batches are sold at half the price, and report no tier. */
const BATCH_PATH = /(?:^|\/)(?:batches|batch\/jobs)(?:\/|$)/;

const UNFINISHED: ReadonlySet<string> = new Set([
  "queued",
  "in_progress",
  "validating",
  "finalizing",
  "cancelling",
  "canceling",
  "starting",
  "processing",
  "pending",
  "running",
  "paused",
]);
/** `BATCH_STATE_PENDING` of Gemini, `JOB_STATE_PENDING` of Vertex; Mistral's are upper case. */
const STATE_PREFIX = /^(?:batch|job)_state_/;
/** A run that waits for its caller continues; an interaction that does so has reported its usage. */
const WAITING = "requires_action";

/** Whether responses of a path report work that may continue. */
export function reportsWork(path: string): boolean {
  return WORK_PATH.test(path) || fileOf(path) !== null;
}

/** Whether responses of a path are the content of a file. */
export function isFileContent(path: string): boolean {
  return CONTENT_PATH.test(path);
}

function fileOf(path: string): string | null {
  const [, id, name] = CONTENT_PATH.exec(path) ?? [];
  return id ?? name ?? null;
}

/** The facts from which a response's progress is read; null if it contains none. */
export interface WorkFacts {
  readonly id: string | null;
  readonly status: string | null;
  /** The file that contains its results. */
  readonly file: string | null;
}

export function progressOf(
  path: string,
  { id, status }: WorkFacts,
  usage: Usage | null,
): WorkProgress | null {
  const [, batch] = RESULTS_PATH.exec(path) ?? [];
  const finished = batch ?? fileOf(path);
  if (finished !== null) return { id: finished, isFinished: true };
  if (id === null || status === null) return null;
  const waits = status === WAITING && usage === null;
  const state = status.toLowerCase().replace(STATE_PREFIX, "");
  return { id, isFinished: !waits && !UNFINISHED.has(state) };
}

/** Whether its caller ended it, by the status in a response: what it did until then is billed. */
export function isCanceled(status: string | null): boolean {
  return /cancell?ed$/i.test(status ?? "");
}

/** Usage as it is billed there: a batch's object only reports its sums. */
export function usageOfWork(path: string, usage: Usage): Usage {
  return BATCH_PATH.test(path) || isFileContent(path)
    ? { ...usage, tier: usage.tier ?? "batch" }
    : usage;
}

/** Whether a request only fetches what another started: it uses nothing itself. */
export function isAsking(method: string, path: string): boolean {
  return method !== "POST" || /\/cancel$/.test(path);
}
