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

/** Caps of a provider key; null removes one. Days and months are UTC. */
export const capFields = {
  concurrentRequests: count
    .max(100_000)
    .nullish()
    .meta({ description: "Cap of this key: requests at the same time" }),
  dailyCostUsd: costUsd
    .max(1_000_000)
    .nullish()
    .meta({ description: "Cap of this key: US dollars per day (UTC)" }),
  monthlyCostUsd: costUsd
    .max(10_000_000)
    .nullish()
    .meta({ description: "Cap of this key: US dollars per month (UTC)" }),
};

export const limitsInput = z.strictObject(limitFields).refine(atLeastOneField, "nothing to change");
export type LimitsInput = z.output<typeof limitsInput>;
