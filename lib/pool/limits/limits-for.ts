/**
 * Which of the limits that people set hold where.
 * @module
 */
import { modelMatches } from "../../models/model-matches";
import type { LimitRule, QuotaLimits } from "../types";

/** Names of models first, then patterns, the longer the earlier: the first that matches is the closest. */
export function closestFirst<Rule extends Pick<LimitRule, "model">>(
  rules: readonly Rule[],
): Rule[] {
  const rank = ({ model }: Rule) => (model.includes("*") ? model.length : Number.POSITIVE_INFINITY);
  return rules.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
}

/**
 * The limits at one model: each from the first rule that matches the model and sets it.
 * @param lists The one that goes before the others first; each sorted by `closestFirst`.
 * @param model Empty for calls that name none: only rules for every model hold there.
 * @returns Null where nothing is set.
 */
export function limitsFor(
  lists: readonly (readonly LimitRule[])[],
  model: string,
): QuotaLimits | null {
  const rules = lists.flat().filter((rule) => modelMatches([rule.model], model));
  if (rules.length === 0) return null;
  const first = (limit: keyof QuotaLimits) =>
    rules.find((rule) => rule[limit] !== null)?.[limit] ?? null;
  return { rpm: first("rpm"), tpm: first("tpm"), dailyRequests: first("dailyRequests") };
}
