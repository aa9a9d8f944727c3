/**
 * Validation of key limits, for forms and for the verbs: one check, with messages in the reader's language.
 * @module
 */
import { z } from "zod";
import { closestFirst } from "../../pool/limits/limits-for";

export type LimitRuleProblem =
  | "model_missing"
  | "model_too_long"
  | "same_model"
  | "bad_count"
  | "nothing_set"
  | "too_many";

const MOST_RULES = 50;
const HIGHEST = 1_000_000_000;

/** @param say Returns the message for a problem. */
export function limitRulesSchema(say: (problem: LimitRuleProblem) => string) {
  const bad = say("bad_count");
  const count = z.number(bad).int(bad).min(1, bad).max(HIGHEST, bad).nullable().default(null);
  const rule = z
    .strictObject({
      model: z
        .string()
        .trim()
        .min(1, say("model_missing"))
        .max(200, say("model_too_long"))
        .default("*")
        .meta({ description: "Each model counts separately; * matches any characters" }),
      rpm: count.meta({ description: "Requests per minute" }),
      tpm: count.meta({ description: "Tokens per minute" }),
      dailyRequests: count.meta({ description: "Requests in the provider's day" }),
    })
    .refine(({ rpm, tpm, dailyRequests }) => (rpm ?? tpm ?? dailyRequests) !== null, {
      message: say("nothing_set"),
      path: ["rpm"],
    });
  return z
    .array(rule)
    .max(MOST_RULES, say("too_many"))
    .superRefine((rules, check) => {
      for (const [index, { model }] of rules.entries()) {
        if (rules.findIndex((other) => other.model === model) === index) continue;
        check.addIssue({ code: "custom", message: say("same_model"), path: [index, "model"] });
      }
    })
    .transform((rules) => closestFirst(rules));
}

const ENGLISH: Readonly<Record<LimitRuleProblem, string>> = {
  model_missing: "a model is needed, or *",
  model_too_long: "at most 200 characters",
  same_model: "this model is there already",
  bad_count: "a whole number, 1 or more, or null for no limit",
  nothing_set: "at least one of rpm, tpm and dailyRequests is needed",
  too_many: `at most ${MOST_RULES} rules`,
};

export const limitRules = limitRulesSchema((problem) => ENGLISH[problem]);
export type LimitRuleInput = z.output<typeof limitRules>[number];
