/**
 * Which of the configured limits apply where.
 * @module
 */
import { modelMatches } from "../../models/model-matches";
import type { LimitRule, QuotaLimits } from "../types";

/** Model names before patterns, longer patterns before shorter ones: the first match is the most specific. */
export function closestFirst<Rule extends Pick<LimitRule, "model">>(
  rules: readonly Rule[],
): Rule[] {
  const rank = ({ model }: Rule) => (model.includes("*") ? model.length : Number.POSITIVE_INFINITY);
  return rules.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
}

/**
 * The limits for one model: each from the first rule that matches the model and sets that limit.
 * @param lists By precedence, the first one first; each sorted by `closestFirst`.
 * @param model Empty for calls that name none: only rules for every model apply to them.
 * @returns Null if no limit is set.
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
