/**
 * Shared by the tables of error answers: their format, a clock, and error envelopes.
 * @module
 */
import type { Meaning } from "../../lib/providers/types.ts";

/**
 * A response and its effect on the key. `model 60` is a cooldown of 60 s for key and model; `key 60?` one for every
 * model, without a reported time; `none`, `block`. In place of seconds stands `usual` for the meaning's default, or
 * `utc-midnight`, `pacific-midnight` or `next-month`.
 */
export type ErrorAnswer = [
  provider: string,
  status: number,
  /** JSON, or a text as it is. */
  body: unknown,
  meaning: Meaning,
  effect: string,
  headers?: Readonly<Record<string, string>>,
];

/** A summer day: midnight in Los Angeles is 13 hours away, midnight UTC 6, the first of the month 54. */
export const NOW_MS = Date.parse("2026-04-28T18:00:00Z");
export const HOUR = 3600;
export const UTC_MIDNIGHT = 6 * HOUR;

export function textOf(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
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
