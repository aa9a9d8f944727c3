/**
 * Shared by the tests of error rules: a clock, short notation for verdicts, and error envelopes.
 * @module
 */
import { describe, expect, test } from "vitest";
import { findProvider } from "../registry";
import type { Meaning, Provider, Verdict } from "../types";
import { judgeAnswer, USUAL } from "./judge-answer";

/** A summer day: midnight in Los Angeles is 13 hours away, midnight UTC 6, the first of the month 54. */
export const NOW_MS = Date.parse("2026-04-28T18:00:00Z");
export const PACIFIC_MIDNIGHT = 13 * 3600;
export const UTC_MIDNIGHT = 6 * 3600;
export const NEXT_MONTH = 54 * 3600;
export const HOUR = 3600;

export function providerOf(name: string): Provider {
  // Two sources of samples aren't separate providers.
  const slug =
    { "google-cloudcode": "google-ai-studio", "cloudflare-ai-gateway": "openai" }[name] ?? name;
  const provider = findProvider(slug);
  if (provider === undefined) throw new Error(`no provider ${slug}`);
  return provider;
}

export function judge(
  name: string,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Verdict {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return judgeAnswer({
    provider: providerOf(name),
    status,
    headers: new Headers(headers),
    text,
    nowMs: NOW_MS,
  });
}

/** `model 60`: a cooldown of 60 s for key and model; `key 60?`: without a reported time; `none`, `block`. */
export function effectText({ effect }: Verdict): string {
  if (effect.kind !== "cool") return effect.kind;
  return `${effect.scope} ${(effect.untilMs - NOW_MS) / 1000}${effect.source === "guess" ? "?" : ""}`;
}

/** A test's expected effect, in which `usual` stands for the meaning's default seconds. */
export function withUsual(effect: string, meaning: Meaning): string {
  return meaning === "ok" ? effect : effect.replace("usual", String(USUAL[meaning].restMs / 1000));
}

export const openAi = (
  message: string,
  code: string | null = null,
  type: string | null = null,
) => ({
  error: { message, type, param: null, code },
});
export const anthropicError = (type: string, message: string) => ({
  type: "error",
  error: { type, message },
});
export const google = (code: number, message: string, status: string, ...details: unknown[]) => ({
  error: { code, message, status, details },
});
export const gateway = (httpCode: number, code: number, message: string) => ({
  success: false,
  result: [],
  messages: [],
  error: [{ code, message }],
  name: "AiGatewayError",
  httpCode,
  internalCode: code,
  message,
});

export type Case = [
  provider: string,
  status: number,
  body: unknown,
  meaning: Meaning,
  effect: string,
  headers?: Record<string, string>,
];

/** One test per response: its meaning, and its effect on the key. */
export function testAnswers(group: string, cases: readonly Case[]): void {
  describe(group, () => {
    test.each(cases)("%s %i %j is %s, %s", (name, status, body, meaning, effect, headers) => {
      const verdict = judge(name, status, body, headers);
      expect(`${verdict.meaning}, ${effectText(verdict)}`, verdict.rule).toBe(
        `${meaning}, ${withUsual(effect, meaning)}`,
      );
    });
  });
}
