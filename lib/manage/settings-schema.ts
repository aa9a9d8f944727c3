/**
 * What each section of the settings may hold (see `Settings` for what it means and for the defaults).
 * @module
 */
import { z } from "zod";
import type { Settings } from "../db/settings";

export type { Settings };

const route = z.enum(["gateway", "direct"]);

/** The longest that records may be kept, in days. */
export const LONGEST_DAYS = { requestLogDays: 365, hourlyDays: 3_650, dailyDays: 3_650 } as const;

const days = (longest: number) => z.int().min(1).max(longest);

const upstream = z.strictObject({
  route,
  providers: z.record(z.string(), route),
});

const retention = z.strictObject({
  requestLogDays: days(LONGEST_DAYS.requestLogDays),
  hourlyDays: days(LONGEST_DAYS.hourlyDays),
  dailyDays: days(LONGEST_DAYS.dailyDays),
});

const logging = z.strictObject({
  requests: z.enum(["all", "problems", "none"]),
  errorWords: z.boolean(),
});

const appearance = z.strictObject({
  language: z.enum(["auto", "en", "zh"]),
  theme: z.enum(["system", "light", "dark"]),
});

export const retentionInput = retention.refine(
  ({ hourlyDays, dailyDays }) => dailyDays >= hourlyDays,
  { path: ["dailyDays"], error: "daily figures are kept at least as long as hourly ones" },
);

/** The whole of the settings, as they must be after a change. */
export const settingsSchema = z.strictObject({
  upstream,
  retention: retentionInput,
  logging,
  appearance,
}) satisfies z.ZodType<Settings>;

/** Some fields of one section. A provider's null takes its own way from it. */
export const changeSettingsInput = z.discriminatedUnion("section", [
  z.strictObject({
    section: z.literal("upstream"),
    changes: upstream
      .extend({ providers: z.record(z.string().max(60), route.nullable()) })
      .partial(),
  }),
  z.strictObject({ section: z.literal("retention"), changes: retention.partial() }),
  z.strictObject({ section: z.literal("logging"), changes: logging.partial() }),
  z.strictObject({ section: z.literal("appearance"), changes: appearance.partial() }),
]);
export type ChangeSettingsInput = z.output<typeof changeSettingsInput>;
