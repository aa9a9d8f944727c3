/**
 * Limits as a form has them: text in every field, empty for no limit.
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

/** The fields of a form's schema. @param words The message for a problem. */
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

/** Fields above their ceiling; one that has a ceiling can't be left empty. */
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
