/**
 * The findings of an examination of a deployment. They contain no secret.
 * @module
 */
import { z } from "zod";

/** What is checked, in the order of the report. */
export const CHECKS = [
  "encryption-secret",
  "session-secret",
  "admin-credential",
  "variables",
  "portal",
  "cpu",
  "database",
  "migrations",
  "sealed-keys",
  "first-admin",
  "write-budget",
  "database-size",
  "maintenance",
  "pools",
  "gateway",
  "providers",
] as const;
export type Check = (typeof CHECKS)[number];

const finding = z.strictObject({
  check: z.enum(CHECKS),
  /** `fault`: something doesn't work; `warning`: it will fail, or isn't secure. */
  state: z.enum(["ok", "warning", "fault"]),
  subject: z.string().nullable().meta({ description: "A provider's slug; else null" }),
  message: z.string().meta({ description: "What was found" }),
  advice: z.string().nullable().meta({ description: "What to do; null where there is nothing" }),
});
export type Finding = z.output<typeof finding>;

export const examination = z.strictObject({
  healthy: z.boolean().meta({ description: "Without a fault" }),
  findings: z.array(finding),
});
export type Examination = z.output<typeof examination>;

type Say = (message: string, advice?: string, subject?: string) => Finding;

function saying(check: Check, state: Finding["state"]): Say {
  return (message, advice, subject) => ({
    check,
    state,
    subject: subject ?? null,
    message,
    advice: advice ?? null,
  });
}

/** Creates findings of one check. */
export function about(check: Check): Readonly<Record<Finding["state"], Say>> {
  return {
    ok: saying(check, "ok"),
    warning: saying(check, "warning"),
    fault: saying(check, "fault"),
  };
}
