/**
 * Work that goes on after its answer: background responses and interactions, runs of threads, batches,
 * predictions. It is created by one request and asked for by others, and each answer tells how far it is.
 *
 * Sources: OpenAI's API reference (Responses, Batch, Runs), the Gemini Interactions API, Anthropic's Message
 * Batches and Replicate's predictions.
 * @module
 */
import type { Usage } from "./types";

/** How far a piece of work is, by an answer about it. */
export interface WorkProgress {
  /** The upstream's id of it. */
  readonly id: string;
  readonly isFinished: boolean;
}

/** Whose answers are about a piece of work: one may be created there, or asked for. */
const WORK_PATH =
  /(?:^|\/)(?:responses|interactions|batches|batch\/jobs|runs|predictions)(?:\/|$)|:batchGenerateContent$/;
/** The results of a batch are lines that do not name it. */
const RESULTS_PATH = /(?:^|\/)batches\/([^/]+)\/results$/;
/** What is in a file, as a batch may leave its results: OpenAI's and its like, Google's. */
const CONTENT_PATH = /(?:^|\/)files\/([^/]+)\/content$|(?:^|\/)(files\/[^/:]+):download$/;
/** Batches are sold at half the price, and tell no tier. */
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
/** `BATCH_STATE_PENDING` of Gemini, `JOB_STATE_PENDING` of Vertex; Mistral's are in capitals. */
const STATE_PREFIX = /^(?:batch|job)_state_/;
/** A run that waits for its caller goes on; an interaction that does so has told its use. */
const WAITING = "requires_action";

/** Whether answers at a path report work that may go on. */
export function tellsOfWork(path: string): boolean {
  return WORK_PATH.test(path) || fileOf(path) !== null;
}

/** Whether answers at a path are what a file holds. */
export function isFileContent(path: string): boolean {
  return CONTENT_PATH.test(path);
}

function fileOf(path: string): string | null {
  const [, id, name] = CONTENT_PATH.exec(path) ?? [];
  return id ?? name ?? null;
}

/** What an answer is told in of a piece of work; null where it holds none. */
export interface WorkFacts {
  readonly id: string | null;
  readonly status: string | null;
  /** The file that its results are in. */
  readonly file: string | null;
}

export function progressOf(
  path: string,
  { id, status }: WorkFacts,
  usage: Usage | null,
): WorkProgress | null {
  const [, batch] = RESULTS_PATH.exec(path) ?? [];
  const told = batch ?? fileOf(path);
  if (told !== null) return { id: told, isFinished: true };
  if (id === null || status === null) return null;
  const waits = status === WAITING && usage === null;
  const state = status.toLowerCase().replace(STATE_PREFIX, "");
  return { id, isFinished: !waits && !UNFINISHED.has(state) };
}

/** Usage as it is sold there: a batch's object tells its sums only. */
export function usageOfWork(path: string, usage: Usage): Usage {
  return BATCH_PATH.test(path) || isFileContent(path)
    ? { ...usage, tier: usage.tier ?? "batch" }
    : usage;
}

/** Whether a request only asks for what another began: it uses nothing itself. */
export function isAsking(method: string, path: string): boolean {
  return method !== "POST" || /\/cancel$/.test(path);
}
