/**
 * Shared by the tests of error rules: judging an answer, and a short notation for verdicts.
 * @module
 */
import { NOW_MS, textOf } from "../../../tests/error-answers/error-answer";
import { findProvider } from "../registry";
import type { Meaning, Provider, Verdict } from "../types";
import { judgeAnswer, USUAL } from "./judge-answer";
import { nextMidnightMs, nextMonthMs } from "./quota-day";

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
  headers: Readonly<Record<string, string>> = {},
): Verdict {
  return judgeAnswer({
    provider: providerOf(name),
    status,
    headers: new Headers(headers),
    text: textOf(body),
    nowMs: NOW_MS,
  });
}

/** As `ErrorAnswer` has it, in seconds. */
export function effectText({ effect }: Verdict): string {
  if (effect.kind !== "cool") return effect.kind;
  return `${effect.scope} ${(effect.untilMs - NOW_MS) / 1000}${effect.source === "guess" ? "?" : ""}`;
}

const TIMES: Readonly<Record<string, number>> = {
  "utc-midnight": nextMidnightMs("UTC", NOW_MS),
  "pacific-midnight": nextMidnightMs("America/Los_Angeles", NOW_MS),
  "next-month": nextMonthMs(NOW_MS),
};

/** An effect of `ErrorAnswer` with every time in seconds. */
export function inSeconds(effect: string, meaning: Meaning): string {
  return effect.replace(/[a-z-]+$/, (word) => {
    if (word === "usual" && meaning !== "ok") return String(USUAL[meaning].cooldownMs / 1000);
    const untilMs = TIMES[word];
    return untilMs === undefined ? word : String((untilMs - NOW_MS) / 1000);
  });
}
