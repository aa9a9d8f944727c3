/**
 * Limits as a form holds them: text in every field, empty for no limit.
 * @module
 */
import { z } from "zod";
import {
  type LimitCeilings,
  type LimitValues,
  TOKEN_LIMITS,
  type TokenLimit,
} from "@/lib/usage/token-limits";

export type LimitForm = Record<TokenLimit, string>;

export type LimitProblem = "wholeNumber" | "amount" | "aboveCeiling";

/** The fields of a form's schema. @param words A problem as people read it. */
export function limitShape(words: (problem: LimitProblem) => string) {
  const count = z.string().regex(/^(?:[1-9]\d{0,14})?$/, words("wholeNumber"));
  const costUsd = z
    .string()
    .refine((text) => text === "" || (/^\d{0,9}(?:\.\d+)?$/.test(text) && Number(text) > 0), {
      error: words("amount"),
    });
  return {
    rpm: count,
    tpm: count,
    concurrentRequests: count,
    dailyRequests: count,
    dailyTokens: count,
    dailyCostUsd: costUsd,
    monthlyCostUsd: costUsd,
  };
}

/** Fields that are above what they may be at most; one that has a ceiling cannot be left empty. */
export function limitsAbove(form: LimitForm, ceilings: LimitCeilings | null): TokenLimit[] {
  return TOKEN_LIMITS.filter((name) => {
    const ceiling = ceilings?.[name];
    return ceiling !== undefined && (form[name] === "" || Number(form[name]) > ceiling);
  });
}

export function limitTexts(values: LimitValues): LimitForm {
  return byName((name) => (values[name] === null ? "" : String(values[name])));
}

export function limitNumbers(form: LimitForm): Record<TokenLimit, number | null> {
  return byName((name) => (form[name] === "" ? null : Number(form[name])));
}

function byName<Value>(read: (name: TokenLimit) => Value): Record<TokenLimit, Value> {
  const entries = TOKEN_LIMITS.map((name) => [name, read(name)]);
  return Object.fromEntries(entries) as Record<TokenLimit, Value>;
}
