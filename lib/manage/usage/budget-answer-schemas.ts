/**
 * Responses of the admin API about limits and budgets, for its OpenAPI document.
 * @module
 */
import { z } from "zod";
import { BUDGETS } from "../../usage/token-limits";

const epochMs = z.int().meta({ description: "Epoch milliseconds" });

/** Null for no limit. */
export const limitAnswers = {
  rpm: z.int().nullable(),
  tpm: z.int().nullable(),
  concurrentRequests: z.int().nullable(),
  dailyRequests: z.int().nullable(),
  dailyTokens: z.int().nullable(),
  dailyCostUsd: z.number().nullable(),
  monthlyCostUsd: z.number().nullable(),
};

const holder = {
  kind: z
    .enum(["token", "member", "group", "tag"])
    .meta({ description: "All but a token's limits apply to several tokens together" }),
  id: z.string(),
  name: z.string(),
};

const budgetId = z
  .string()
  .meta({ description: "A rotated token keeps the budgets of the token it replaced" });

export const budgetList = z.strictObject({
  items: z.array(
    z.strictObject({
      ...holder,
      budgetId,
      owner: z
        .strictObject({ id: z.string(), name: z.string() })
        .nullable()
        .meta({ description: "Of a token; null for the team's" }),
      limits: z.strictObject(limitAnswers),
      budgets: z.array(
        z.strictObject({
          limit: z.enum(BUDGETS),
          period: z.string().meta({ description: "`2026-11-23` or `2026-11`, UTC" }),
          most: z.number(),
          used: z.number(),
          reserved: z
            .number()
            .meta({ description: "By running requests of the isolate that responds" }),
          left: z.number(),
          share: z.number().meta({ description: "Used share of the limit; above 1 if exceeded" }),
          renewsAt: epochMs,
        }),
      ),
      underWay: z.int().nullable().meta({ description: "Requests in the isolate that answers" }),
    }),
  ),
});

const periodUse = z.strictObject({ requests: z.int(), tokens: z.int(), costUsd: z.number() });

export const budgetCheck = z.strictObject({
  periods: z.array(
    z.strictObject({
      holder: z.strictObject(holder),
      budgetId,
      period: z.string().meta({ description: "2026-11-23 or 2026-11, UTC" }),
      isLogWhole: z.boolean().meta({ description: "Whether the log contains every request" }),
      budget: periodUse.nullable().meta({ description: "Null if no request has asked for it yet" }),
      rollups: periodUse,
      log: periodUse,
      agrees: z.boolean(),
    }),
  ),
  logFrom: epochMs.nullable().meta({ description: "The oldest request in the log" }),
});

export const rebuiltBudgets = z.strictObject({
  fromLog: z.int().meta({ description: "Days and months counted from the log" }),
  fromRollups: z.int().meta({ description: "From the rollups, if the log is incomplete" }),
  corrected: z.int().meta({ description: "Keys whose status changed" }),
});
