/**
 * What each section of the settings may hold (see `Settings` for what it means and for the defaults).
 * @module
 */
import { z } from "zod";
import type { Settings } from "../db/settings";

export type { Settings };

const route = z.enum(["gateway", "direct"]);
const days = z.int().min(1).max(3_650);

const upstream = z.strictObject({
  route,
  providers: z.record(z.string(), route),
});

const retention = z.strictObject({
  requestLogDays: days.max(365),
  hourlyDays: days,
  dailyDays: days,
});

const logging = z.strictObject({
  requests: z.enum(["all", "problems", "none"]),
  errorWords: z.boolean(),
});

const appearance = z.strictObject({
  language: z.enum(["auto", "en", "zh"]),
  theme: z.enum(["system", "light", "dark"]),
});

/** The whole of the settings, as they must be after a change. */
export const settingsSchema = z.strictObject({
  upstream,
  retention: retention.refine(({ hourlyDays, dailyDays }) => dailyDays >= hourlyDays, {
    path: ["dailyDays"],
    error: "daily figures are kept at least as long as hourly ones",
  }),
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
