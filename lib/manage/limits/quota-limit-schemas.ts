/**
 * Input of the verbs about limits of providers and about quota domains, as JSON (see `schemas.ts`).
 * @module
 */
import { z } from "zod";
import { name } from "../schemas";
import { limitRules } from "./limit-rules-schema";

export const listQuotaLimitsInput = z.strictObject({ provider: name.optional() });
export type ListQuotaLimitsInput = z.output<typeof listQuotaLimitsInput>;

export const setQuotaLimitsInput = z.strictObject({
  provider: name,
  domain: name.nullable().default(null).meta({
    description: "A quota domain, whose keys share the limits; null for each key of the provider",
  }),
  limits: limitRules.meta({ description: "All limits from now on; empty for none" }),
});
export type SetQuotaLimitsInput = z.output<typeof setQuotaLimitsInput>;

export const dismissQuotaHintInput = z.strictObject({
  provider: name,
  keyIds: z.array(name).min(2).max(1_000),
});
export type DismissQuotaHintInput = z.output<typeof dismissQuotaHintInput>;
