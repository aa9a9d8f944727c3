/**
 * The form of a token: what stands in its fields, what may, and what the verbs make of it.
 * @module
 */
import { z } from "zod";
import type { AccessTokenItem } from "@/lib/manage/list-access-tokens";
import type { CreateAccessTokenInput } from "@/lib/manage/schemas";
import { type LimitCeilings, TOKEN_LIMITS, type TokenLimit } from "@/lib/usage/token-limits";

/** Days from now, besides `never`, a `date`, and to `keep` what an existing token has. */
export const EXPIRY_DAYS = ["7", "30", "90", "365"] as const;

export type TokenProblem =
  | "nameMissing"
  | "nameLong"
  | "wholeNumber"
  | "amount"
  | "aboveCeiling"
  | "dateMissing"
  | "datePast";

/**
 * @param words A problem as people read it.
 * @param ceilings What limits may be at most; those that are named cannot be left empty.
 */
export function tokenFormSchema(
  words: (problem: TokenProblem) => string,
  nowMs: () => number,
  ceilings: LimitCeilings | null = null,
) {
  const count = z.string().regex(/^(?:[1-9]\d{0,14})?$/, words("wholeNumber"));
  const costUsd = z
    .string()
    .refine((text) => text === "" || (/^\d{0,9}(?:\.\d+)?$/.test(text) && Number(text) > 0), {
      error: words("amount"),
    });
  return z
    .object({
      name: z.string().trim().min(1, words("nameMissing")).max(200, words("nameLong")),
      owner: z.enum(["me", "team"]),
      providers: z.array(z.string()),
      models: z.array(z.string()),
      expiry: z.enum(["never", ...EXPIRY_DAYS, "date", "keep"]),
      /** `2027-01-31`; counts for the expiry `date` only. */
      date: z.string(),
      rpm: count,
      tpm: count,
      dailyRequests: count,
      dailyTokens: count,
      dailyCostUsd: costUsd,
      monthlyCostUsd: costUsd,
    })
    .superRefine((form, context) => {
      for (const name of TOKEN_LIMITS) {
        const ceiling = ceilings?.[name];
        if (ceiling === undefined) continue;
        if (form[name] !== "" && Number(form[name]) <= ceiling) continue;
        context.addIssue({ code: "custom", path: [name], message: words("aboveCeiling") });
      }
    })
    .superRefine(({ expiry, date }, context) => {
      if (expiry !== "date") return;
      const endMs = endOfDayMs(date);
      if (endMs > nowMs()) return;
      const problem = Number.isNaN(endMs) ? "dateMissing" : "datePast";
      context.addIssue({ code: "custom", path: ["date"], message: words(problem) });
    });
}

export type TokenForm = z.output<ReturnType<typeof tokenFormSchema>>;

export const NEW_TOKEN: TokenForm = {
  name: "",
  owner: "me",
  providers: [],
  models: [],
  expiry: "never",
  date: "",
  rpm: "",
  tpm: "",
  dailyRequests: "",
  dailyTokens: "",
  dailyCostUsd: "",
  monthlyCostUsd: "",
};

type TokenSettings = Pick<
  AccessTokenItem,
  "name" | "providers" | "models" | "expiresAt" | TokenLimit
>;

/** The fields as they stand for an existing token. */
export function tokenFormOf(token: TokenSettings): TokenForm {
  const limits = TOKEN_LIMITS.map((name) => [
    name,
    token[name] === null ? "" : String(token[name]),
  ]);
  return {
    ...NEW_TOKEN,
    ...(Object.fromEntries(limits) as Record<TokenLimit, string>),
    name: token.name,
    providers: [...(token.providers ?? [])],
    models: [...(token.models ?? [])],
    expiry: token.expiresAt === null ? "never" : "keep",
  };
}

/** What the fields mean. Without `expiresAt` where that stays as it is. */
export function tokenInputOf(form: TokenForm, nowMs: number): CreateAccessTokenInput {
  const limits = TOKEN_LIMITS.map((name) => [name, form[name] === "" ? null : Number(form[name])]);
  return {
    ...(Object.fromEntries(limits) as Record<TokenLimit, number | null>),
    name: form.name.trim(),
    providers: form.providers.length === 0 ? null : form.providers,
    models: form.models.length === 0 ? null : form.models,
    ...(form.expiry !== "keep" && { expiresAt: expiresAtOf(form, nowMs) }),
  };
}

/** A token's settings, to put them back. */
export function settingsOf(token: TokenSettings): CreateAccessTokenInput {
  const { name, expiresAt, providers, models } = token;
  const limits = TOKEN_LIMITS.map((limit) => [limit, token[limit]]);
  return {
    ...(Object.fromEntries(limits) as Record<TokenLimit, number | null>),
    name,
    expiresAt,
    providers: providers && [...providers],
    models: models && [...models],
  };
}

const DAY_MS = 86_400_000;

function expiresAtOf({ expiry, date }: TokenForm, nowMs: number): number | null {
  if (expiry === "never") return null;
  return expiry === "date" ? endOfDayMs(date) : nowMs + Number(expiry) * DAY_MS;
}

/** The end of a day where the reader is; NaN where it is no day. */
function endOfDayMs(date: string): number {
  return new Date(`${date}T23:59:59`).getTime();
}
