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
  /(?:^|\/)(?:responses|interactions|batches|runs|predictions)(?:\/|$)|:batchGenerateContent$/;
/** The results of a batch are lines that do not name it. */
const RESULTS_PATH = /(?:^|\/)batches\/([^/]+)\/results$/;
/** Batches are sold at half the price, and tell no tier. */
const BATCH_PATH = /(?:^|\/)batches(?:\/|$)/;

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
]);
/** A run that waits for its caller goes on; an interaction that does so has told its use. */
const WAITING = "requires_action";

/** Whether answers at a path tell of work that may go on. */
export function tellsOfWork(path: string): boolean {
  return WORK_PATH.test(path);
}

/** What an answer is told in of a piece of work; null where it holds none. */
export interface WorkFacts {
  readonly id: string | null;
  readonly status: string | null;
}

export function progressOf(
  path: string,
  { id, status }: WorkFacts,
  usage: Usage | null,
): WorkProgress | null {
  const [, batch] = RESULTS_PATH.exec(path) ?? [];
  if (batch !== undefined) return { id: batch, isFinished: true };
  if (id === null || status === null) return null;
  const waits = status === WAITING && usage === null;
  return { id, isFinished: !waits && !UNFINISHED.has(status) };
}

/** Usage as it is sold there: a batch's object tells its sums only. */
export function usageOfWork(path: string, usage: Usage): Usage {
  return BATCH_PATH.test(path) ? { ...usage, tier: usage.tier ?? "batch" } : usage;
}

/** Whether a request only asks for what another began: it uses nothing itself. */
export function isAsking(method: string, path: string): boolean {
  return method !== "POST" || /\/cancel$/.test(path);
}
