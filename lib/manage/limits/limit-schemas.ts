/**
 * Limits, as input of the verbs for tokens and members. Small enough for the browser.
 * @module
 */
import { z } from "zod";
import { atLeastOneField } from "../at-least-one-field";

const count = z.int().min(1);
const costUsd = z.number().positive();

/** Null clears a limit. */
export const limitFields = {
  rpm: count.nullish().meta({ description: "Requests per minute" }),
  tpm: count.nullish().meta({ description: "Tokens per minute" }),
  concurrentRequests: count.nullish().meta({ description: "Requests at the same time" }),
  dailyRequests: count.nullish(),
  dailyTokens: count.nullish(),
  dailyCostUsd: costUsd.nullish(),
  monthlyCostUsd: costUsd.nullish(),
};

export const limitsInput = z.strictObject(limitFields).refine(atLeastOneField, "nothing to change");
export type LimitsInput = z.output<typeof limitsInput>;
