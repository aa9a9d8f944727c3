/**
 * Validation of each section of the settings (see `Settings` for their meaning and the defaults).
 * @module
 */
import { z } from "zod";
import { MUTABLE_ALERTS, type TeamSettings } from "../../db/team/settings";
import { MAX_TAG_LIMITS } from "../../tags/tag-limits";
import { isTagName, isTagValue } from "../../tags/tags";
import { MAX_ROLLED_UP_TAGS, OTHER_VALUE, tagSubject } from "../../usage/rollup";
import { BUDGETS } from "../../usage/token-limits";
import { limitFields } from "../limits/limit-schemas";
import {
  LONGEST_DAYS,
  MOST_READY_KEYS,
  MOST_RECIPIENTS,
  MOST_ROWS_A_DAY,
  SLOWEST_SECONDS,
} from "./settings-limits";

export type { TeamSettings as Settings };

const route = z.enum(["gateway", "direct"]);

const days = (longest: number) => z.int().min(1).max(longest);

const upstream = z.strictObject({
  route,
  providers: z.record(z.string(), route),
});

const retention = z.strictObject({
  requestLogDays: days(LONGEST_DAYS.requestLogDays),
  hourlyDays: days(LONGEST_DAYS.hourlyDays),
  dailyDays: days(LONGEST_DAYS.dailyDays),
  keyEventDays: days(LONGEST_DAYS.keyEventDays),
  auditDays: days(LONGEST_DAYS.auditDays),
});

const logging = z.strictObject({
  requests: z.enum(["all", "sampled", "problems", "none"]),
  errorWords: z.boolean(),
});

export const meteringInput = z.strictObject({
  dailyRowBudget: z.int().min(0).max(MOST_ROWS_A_DAY).meta({ description: "0 for no limit" }),
});

const budget = {
  dailyRequests: limitFields.dailyRequests.default(null),
  dailyTokens: limitFields.dailyTokens.default(null),
  dailyCostUsd: limitFields.dailyCostUsd.default(null),
  monthlyCostUsd: limitFields.monthlyCostUsd.default(null),
};

const tagLimit = z
  .strictObject({
    name: z.string().trim().refine(isTagName, "no name of a tag"),
    value: z
      .string()
      .trim()
      .refine((text) => isTagValue(text) && text !== OTHER_VALUE, "no value of a tag"),
    ...budget,
  })
  .refine((limit) => BUDGETS.some((name) => limit[name] !== null), "a budget is missing");

export const tagLimitsInput = z
  .array(tagLimit)
  .max(MAX_TAG_LIMITS)
  .refine(
    (limits) =>
      new Set(limits.map(({ name, value }) => tagSubject(name, value))).size === limits.length,
    "each value once",
  )
  .meta({ description: "Budgets of all requests with a value of such a tag together" });

const tags = z.strictObject({
  rollUp: z
    .array(z.string().trim().refine(isTagName, "no name of a tag"))
    .max(MAX_ROLLED_UP_TAGS)
    .refine((names) => new Set(names).size === names.length, "each name once")
    .meta({ description: "Names of tags by which usage is counted" }),
  limits: tagLimitsInput,
});

const tagsInput = tags.refine(
  ({ rollUp, limits }) => limits.every(({ name }) => rollUp.includes(name)),
  { path: ["limits"], error: "usage must be counted by a tag that has budgets" },
);

const hour = z.int().min(0).max(23);

/** An address, alone or after a name. */
const sender = z
  .string()
  .trim()
  .max(320)
  .refine((text) => z.email().safeParse(/^[^<>\r\n]*<([^<>]+)>$/.exec(text)?.[1] ?? text).success);

export const mailInput = z.strictObject({
  mailFrom: z.union([z.literal(""), sender]).meta({
    description: "`alerts@example.org` or `Name <alerts@example.org>`; empty for no mail",
  }),
  mailTo: z.array(z.email().max(254)).max(MOST_RECIPIENTS),
});

/** When to send alerts. */
export const alertTimesInput = z.strictObject({
  readyKeysBelow: z.int().min(0).max(MOST_READY_KEYS).meta({ description: "0 for never" }),
  errorsAbove: z
    .int()
    .min(0)
    .max(100)
    .meta({ description: "Percentage of a provider's requests that fail; 0 for never" }),
  slowerThan: z
    .int()
    .min(0)
    .max(SLOWEST_SECONDS)
    .meta({ description: "Seconds that one in twenty responses exceeds; 0 for never" }),
  muted: z
    .array(z.enum(MUTABLE_ALERTS))
    .refine((names) => new Set(names).size === names.length, "each name once")
    .meta({ description: "Alerts that are not sent" }),
  quietFromHour: hour.meta({ description: "UTC" }),
  quietToHour: hour.meta({ description: "UTC; the same as quietFromHour for no quiet hours" }),
});

const alerts = alertTimesInput.extend(mailInput.shape);

const usdPerMillion = z.number().min(0).max(1_000_000);

export const pricesInput = z.strictObject({
  overrides: z
    .array(
      z.strictObject({
        provider: z.string().trim().min(1).max(60),
        model: z
          .string()
          .trim()
          .min(1)
          .max(200)
          .meta({ description: "A * at the end matches any characters" }),
        input: usdPerMillion.meta({ description: "US dollars per million tokens" }),
        output: usdPerMillion,
        cachedInput: usdPerMillion.optional(),
        cacheWrite: usdPerMillion.optional(),
      }),
    )
    .max(500),
});

const appearance = z.strictObject({
  language: z.enum(["auto", "en", "zh"]),
  theme: z.enum(["system", "light", "dark"]),
});

export const retentionInput = retention.refine(
  ({ hourlyDays, dailyDays }) => dailyDays >= hourlyDays,
  { path: ["dailyDays"], error: "daily figures are kept at least as long as hourly ones" },
);

/** All settings, as they must be after a change. */
export const settingsSchema = z.strictObject({
  upstream,
  retention: retentionInput,
  logging,
  metering: meteringInput,
  tags: tagsInput,
  alerts,
  prices: pricesInput,
  appearance,
}) satisfies z.ZodType<TeamSettings>;

/** Some fields of one section. A provider's null removes its own route. */
export const changeSettingsInput = z.discriminatedUnion("section", [
  z.strictObject({
    section: z.literal("upstream"),
    changes: upstream
      .extend({ providers: z.record(z.string().max(60), route.nullable()) })
      .partial(),
  }),
  z.strictObject({ section: z.literal("retention"), changes: retention.partial() }),
  z.strictObject({ section: z.literal("logging"), changes: logging.partial() }),
  z.strictObject({ section: z.literal("metering"), changes: meteringInput.partial() }),
  z.strictObject({ section: z.literal("tags"), changes: tags.partial() }),
  z.strictObject({ section: z.literal("alerts"), changes: alerts.partial() }),
  z.strictObject({ section: z.literal("prices"), changes: pricesInput.partial() }),
  z.strictObject({ section: z.literal("appearance"), changes: appearance.partial() }),
]);
export type ChangeSettingsInput = z.output<typeof changeSettingsInput>;
