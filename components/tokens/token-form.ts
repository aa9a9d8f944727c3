/**
 * The form of a token: its fields, their validation, and the verbs' input.
 * @module
 */
import { z } from "zod";
import {
  type LimitProblem,
  limitNumbers,
  limitShape,
  limitsAbove,
  limitTexts,
} from "@/components/limits/limit-form";
import type { CreateAccessTokenInput } from "@/lib/manage/schemas";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";
import { formatTags, parseTagMatches, parseTags } from "@/lib/tags/tag-text";
import {
  type LimitCeilings,
  limitsOf,
  NO_LIMITS,
  PRIORITY_CLASSES,
  type TokenLimit,
} from "@/lib/usage/token-limits";

/** Days from now, besides `never`, a `date`, and `keep` for an existing token's expiry. */
export const EXPIRY_DAYS = ["7", "30", "90", "365"] as const;

/** Radix reserves the empty string for "nothing chosen". */
export const NO_GROUP = "none";

/** The one who creates the token. */
export const OWNER_ME = "me";
export const OWNER_TEAM = "team";

export type TokenProblem =
  | "nameMissing"
  | "nameLong"
  | "weight"
  | "maxWait"
  | "reserve"
  | "fixedTags"
  | "requiredTags"
  | "dateMissing"
  | "datePast";

/** The messages for problems. */
export interface TokenProblemWords {
  token(problem: TokenProblem): string;
  limit(problem: LimitProblem): string;
}

/** @param ceilings Maximum limits; those included can't be left empty. */
export function tokenFormSchema(
  words: TokenProblemWords,
  nowMs: () => number,
  ceilings: LimitCeilings | null = null,
) {
  return z
    .object({
      name: z.string().trim().min(1, words.token("nameMissing")).max(200, words.token("nameLong")),
      /** A member's id, `OWNER_ME` or `OWNER_TEAM`. */
      owner: z.string(),
      /** A group's id, or `NO_GROUP`; only for a new token. */
      group: z.string(),
      /** Whether it is for the admin API, and for no provider; chosen for a new token. */
      forAdminApi: z.boolean(),
      providers: z.array(z.string()),
      models: z.array(z.string()),
      expiry: z.enum(["never", ...EXPIRY_DAYS, "date", "keep"]),
      /** `2027-01-31`; used only for the expiry `date`. */
      date: z.string(),
      ...limitShape((problem) => words.limit(problem)),
      priorityClass: z.enum(PRIORITY_CLASSES),
      weight: z.string().regex(/^(?:[1-9]\d?|100)$/, words.token("weight")),
      /** Empty for the default. */
      maxWaitSeconds: z.string().regex(/^(?:\d{1,2}|1[01]\d|120)?$/, words.token("maxWait")),
      /** Empty: requests without a known price are rejected. */
      unpricedReserveUsd: z
        .string()
        .refine((text) => text === "" || isReserve(text), { error: words.token("reserve") }),
      /** `customer=acme,feature=rag`; empty for none. */
      fixedTags: z
        .string()
        .refine((text) => "tags" in parseTags(text), { error: words.token("fixedTags") }),
      /** `customer,feature`; empty for none. */
      requiredTags: z
        .string()
        .refine((text) => namesIn(text) !== null, { error: words.token("requiredTags") }),
    })
    .superRefine((form, context) => {
      for (const name of limitsAbove(form, ceilings)) {
        context.addIssue({ code: "custom", path: [name], message: words.limit("aboveCeiling") });
      }
    })
    .superRefine(({ expiry, date }, context) => {
      if (expiry !== "date") return;
      const endMs = endOfDayMs(date);
      if (endMs > nowMs()) return;
      const problem = Number.isNaN(endMs) ? "dateMissing" : "datePast";
      context.addIssue({ code: "custom", path: ["date"], message: words.token(problem) });
    });
}

export type TokenForm = z.output<ReturnType<typeof tokenFormSchema>>;

export const NEW_TOKEN: TokenForm = {
  name: "",
  owner: OWNER_ME,
  group: NO_GROUP,
  forAdminApi: false,
  providers: [],
  models: [],
  expiry: "never",
  date: "",
  ...limitTexts(NO_LIMITS),
  priorityClass: "interactive",
  weight: "1",
  maxWaitSeconds: "",
  unpricedReserveUsd: "",
  fixedTags: "",
  requiredTags: "",
};

type TokenSettings = Pick<
  AccessTokenItem,
  | "name"
  | "owner"
  | "providers"
  | "models"
  | "forAdminApi"
  | "expiresAt"
  | "priorityClass"
  | "weight"
  | "maxWaitSeconds"
  | "unpricedReserveUsd"
  | "fixedTags"
  | "requiredTags"
  | TokenLimit
>;

/** The fields of an existing token. */
export function tokenFormOf(token: TokenSettings): TokenForm {
  return {
    ...NEW_TOKEN,
    ...limitTexts(token),
    priorityClass: token.priorityClass,
    weight: String(token.weight),
    maxWaitSeconds: token.maxWaitSeconds === null ? "" : String(token.maxWaitSeconds),
    unpricedReserveUsd: token.unpricedReserveUsd === null ? "" : String(token.unpricedReserveUsd),
    fixedTags: formatTags(token.fixedTags ?? {}),
    requiredTags: (token.requiredTags ?? []).join(", "),
    name: token.name,
    owner: token.owner?.id ?? OWNER_TEAM,
    forAdminApi: token.forAdminApi,
    providers: [...(token.providers ?? [])],
    models: [...(token.models ?? [])],
    expiry: token.expiresAt === null ? "never" : "keep",
  };
}

/** The input that the fields stand for. Without `expiresAt` if that is unchanged. */
export function tokenInputOf(form: TokenForm, nowMs: number): CreateAccessTokenInput {
  return {
    ...limitNumbers(form),
    priorityClass: form.priorityClass,
    weight: Number(form.weight),
    maxWaitSeconds: form.maxWaitSeconds === "" ? null : Number(form.maxWaitSeconds),
    unpricedReserveUsd: form.unpricedReserveUsd === "" ? null : Number(form.unpricedReserveUsd),
    ...tagsOf(form),
    name: form.name.trim(),
    providers: form.providers.length === 0 ? null : form.providers,
    models: form.models.length === 0 ? null : form.models,
    ...(form.group !== NO_GROUP && { group: form.group }),
    ...(form.owner !== OWNER_ME && { owner: form.owner === OWNER_TEAM ? null : form.owner }),
    ...(form.expiry !== "keep" && { expiresAt: expiresAtOf(form, nowMs) }),
  };
}

/** A token's settings, to restore them. */
export function settingsOf(token: TokenSettings): CreateAccessTokenInput {
  const { name, owner, expiresAt, providers, models, ...others } = token;
  const { priorityClass, weight, maxWaitSeconds, unpricedReserveUsd } = others;
  const { fixedTags, requiredTags } = others;
  return {
    ...limitsOf(token),
    owner: owner?.id ?? null,
    ...{ name, expiresAt, priorityClass, weight, maxWaitSeconds, unpricedReserveUsd },
    providers: providers && [...providers],
    models: models && [...models],
    fixedTags: fixedTags && { ...fixedTags },
    requiredTags: requiredTags && [...requiredTags],
  };
}

/** Of valid fields. */
function tagsOf({ fixedTags, requiredTags }: TokenForm) {
  const read = parseTags(fixedTags);
  const names = namesIn(requiredTags) ?? [];
  return {
    fixedTags: "tags" in read && Object.keys(read.tags).length > 0 ? { ...read.tags } : null,
    requiredTags: names.length === 0 ? null : names,
  };
}

/** Null if it isn't a list of names. */
function namesIn(text: string): string[] | null {
  if (text.trim() === "") return [];
  const matches = parseTagMatches(text);
  if (matches === null || matches.some(({ value }) => value !== null)) return null;
  return matches.map(({ name }) => name);
}

const MAX_RESERVE_USD = 10_000;

function isReserve(text: string): boolean {
  return /^\d{0,5}(?:\.\d+)?$/.test(text) && Number(text) > 0 && Number(text) <= MAX_RESERVE_USD;
}

const DAY_MS = 86_400_000;

function expiresAtOf({ expiry, date }: TokenForm, nowMs: number): number | null {
  if (expiry === "never") return null;
  return expiry === "date" ? endOfDayMs(date) : nowMs + Number(expiry) * DAY_MS;
}

/** The end of a day in the reader's time zone; NaN if invalid. */
function endOfDayMs(date: string): number {
  return new Date(`${date}T23:59:59`).getTime();
}
