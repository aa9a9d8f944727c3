/**
 * What a response means for background work: its usage is counted once, when the work is finished, for the token that
 * started it, however often clients fetch the result.
 * @module
 */
import {
  isAsking,
  isCanceled,
  progressOf,
  reportsWork,
  usageOfWork,
  type WorkFacts,
} from "../../usage/background-work";
import type { Usage } from "../../usage/types";

export type BackgroundStep =
  /** The request's own usage, as read from the response. */
  | { readonly kind: "own"; readonly usage: Usage | null }
  /** Work goes on; its usage is reported later. */
  | { readonly kind: "begun"; readonly id: string }
  /** It is finished, and its usage is in its result file. */
  | { readonly kind: "moved"; readonly id: string; readonly file: string }
  /** Work that another request started is finished, with this usage. */
  | { readonly kind: "finished"; readonly id: string; readonly usage: Usage }
  /** The same without any usage: it has failed, or was canceled. */
  | { readonly kind: "ended"; readonly id: string; readonly isCanceled: boolean };

/**
 * @param facts What the response says about work.
 * @param usage What the response says about usage.
 * @param isComplete Whether the whole response was seen.
 */
export function backgroundStep(
  { method, path }: { readonly method: string; readonly path: string },
  facts: WorkFacts,
  usage: Usage | null,
  isComplete: boolean,
): BackgroundStep {
  const asks = isAsking(method, path);
  // Requests that only read have no usage: lists, files, stored responses.
  if (!reportsWork(path)) return { kind: "own", usage: asks ? null : usage };
  const reported = usage === null || usage.isEstimate ? null : usage;
  const progress = progressOf(path, facts, reported);
  if (asks) {
    const isFinished = progress?.isFinished === true && isComplete;
    if (!isFinished) return { kind: "own", usage: null };
    if (reported === null) {
      const { file, id, status } = facts;
      if (file !== null) return { kind: "moved", id: progress.id, file };
      return id === null
        ? { kind: "own", usage: null }
        : { kind: "ended", id, isCanceled: isCanceled(status) };
    }
    return { kind: "finished", id: progress.id, usage: usageOfWork(path, reported) };
  }
  if (isComplete && reported === null && progress !== null && !progress.isFinished) {
    return { kind: "begun", id: progress.id };
  }
  return { kind: "own", usage };
}
