/**
 * What an answer means for background work: its usage is counted once, when the work is finished, for the token
 * that started it, however often clients ask for the result.
 * @module
 */
import {
  isAsking,
  progressOf,
  tellsOfWork,
  usageOfWork,
  type WorkFacts,
} from "../../usage/background-work";
import type { Usage } from "../../usage/types";

export type BackgroundStep =
  /** The request's own use, as it was read. */
  | { readonly kind: "own"; readonly usage: Usage | null }
  /** Something works on; its use is told later. */
  | { readonly kind: "begun"; readonly id: string }
  /** It is finished, and what it used is told where its results are. */
  | { readonly kind: "moved"; readonly id: string; readonly file: string }
  /** What another request began is finished, and used this. */
  | { readonly kind: "finished"; readonly id: string; readonly usage: Usage };

/**
 * @param facts What the answer says about work.
 * @param usage What the answer says about use.
 * @param isComplete Whether all of the answer was seen.
 */
export function backgroundStep(
  { method, path }: { readonly method: string; readonly path: string },
  facts: WorkFacts,
  usage: Usage | null,
  isComplete: boolean,
): BackgroundStep {
  const asks = isAsking(method, path);
  // Who only reads uses nothing: lists, files, stored answers.
  if (!tellsOfWork(path)) return { kind: "own", usage: asks ? null : usage };
  const reported = usage === null || usage.isEstimate ? null : usage;
  const progress = progressOf(path, facts, reported);
  if (asks) {
    const isFinished = progress?.isFinished === true && isComplete;
    if (!isFinished) return { kind: "own", usage: null };
    if (reported === null) {
      const { file } = facts;
      return file === null
        ? { kind: "own", usage: null }
        : { kind: "moved", id: progress.id, file };
    }
    return { kind: "finished", id: progress.id, usage: usageOfWork(path, reported) };
  }
  if (isComplete && reported === null && progress !== null && !progress.isFinished) {
    return { kind: "begun", id: progress.id };
  }
  return { kind: "own", usage };
}
