/**
 * Error rules as rows of a table: a sample response that they match, its meaning and its effect.
 * @module
 */

import { judgeAnswer, USUAL } from "../../lib/providers/answers/judge-answer.ts";
import { nextMidnightMs, nextMonthMs } from "../../lib/providers/answers/quota-day.ts";
import { readErrorFacts } from "../../lib/providers/answers/read-error-facts.ts";
import { findProvider } from "../../lib/providers/registry.ts";
import type { ErrorFacts, ErrorRule } from "../../lib/providers/types.ts";
import { NOW_MS, textOf } from "../../tests/error-answers/error-answer.ts";
import { ERROR_ANSWERS } from "../../tests/error-answers/error-answers.ts";
import samples from "../../tests/fixtures/error-samples.json" with { type: "json" };
import { code, table } from "./markdown-parts.ts";

const LONGEST_WORDS = 110;

export function ruleTable(rules: readonly ErrorRule[]): string {
  const examples = rules.map(exampleOf);
  return table(
    ["Rule", "Sample response", "Meaning", "The key", "The request"],
    rules.map((rule, index) => {
      const example = examples[index] ?? null;
      const others = examples.flatMap((other) =>
        other === null || other === example ? [] : [other],
      );
      return [
        code(rule.name),
        example === null ? "" : `${example.facts.status} ${code(shortened(example, others))}`,
        code(rule.meaning),
        effectOf(rule, example?.facts ?? NO_WORDS),
        requestOf(rule),
      ];
    }),
  );
}

const NO_WORDS = readErrorFacts(429, new Headers(), "");

interface Example {
  readonly facts: ErrorFacts;
  readonly words: string;
  readonly body: string;
}

/** Recorded responses before composed ones, each with the rule that decides it. */
const EXAMPLES = [
  ...samples,
  ...ERROR_ANSWERS.map(([provider, status, body, , , headers = {}]) => ({
    provider,
    status,
    headers,
    body: textOf(body),
  })),
].flatMap(({ provider: name, status, headers, body }) => {
  const provider = findProvider(name === "cloudflare-ai-gateway" ? "openai" : name);
  if (provider === undefined) return [];
  const answer = { status, headers: new Headers(headers as Record<string, string>), text: body };
  const { rule, words } = judgeAnswer({ provider, ...answer, nowMs: NOW_MS });
  const facts = readErrorFacts(status, answer.headers, body);
  return [{ rule, facts, words: words === "" ? facts.code : words, body }];
});

/** The first of them with a message, or a code, that the rule decides. */
function exampleOf({ name }: ErrorRule): Example | null {
  return EXAMPLES.find(({ rule, words }) => rule === name && /\w/.test(words)) ?? null;
}

/** A sample's message. If another rule's begins in the same way, the part of the body that only this one has. */
function shortened(example: Example, others: readonly Example[]): string {
  const line = oneLine(example.words);
  const alike = others.filter((other) =>
    oneLine(other.words).startsWith(line.slice(0, LONGEST_WORDS)),
  );
  const own =
    alike.length === 0
      ? undefined
      : partsOf(example).find((part) =>
          alike.every(({ words, body }) => !oneLine(words + body).includes(part)),
        );
  if (own !== undefined) return `… ${own}`;
  return line.length <= LONGEST_WORDS ? line : `${line.slice(0, LONGEST_WORDS).trimEnd()}…`;
}

function oneLine(words: string): string {
  return words.replaceAll(/\s+/g, " ").trim();
}

/** Sentences of the message and short texts of a JSON body, those about a limit first. */
function partsOf({ words, body }: Example): readonly string[] {
  const texts = [...body.matchAll(/"([A-Za-z][\w.-]{5,80})"/g)].flatMap(([, text = ""]) => text);
  const sentences = oneLine(words)
    .split(/(?<=[.!]) |\* /)
    .map((sentence) => sentence.trim())
    .filter(({ length }) => length > 0 && length <= LONGEST_WORDS)
    .filter((sentence) => !sentence.includes("://"));
  const parts = [...texts, ...sentences];
  const isOfLimit = (part: string) => /Per[A-Z]|limit: \d/.test(part);
  return [...parts.filter(isOfLimit), ...parts.filter((part) => !isOfLimit(part))];
}

function requestOf({ meaning, next }: ErrorRule): string {
  if ((next ?? USUAL[meaning].next) !== "retry") return "returned";
  const isPaused = meaning === "overloaded" || meaning === "server_error";
  return isPaused ? "again after a short pause" : "another key";
}

function effectOf(rule: ErrorRule, facts: ErrorFacts): string {
  const usual = USUAL[rule.meaning];
  const scope = rule.scope ?? usual.scope;
  if (usual.effect === "none" || scope === "none") return "unchanged";
  if (usual.effect === "block" && rule.untilMs === undefined) return "blocked";
  const reach = scope === "model" ? "cooldown for this model" : "cooldown for every model";
  const untilMs = rule.untilMs?.(facts, NOW_MS) ?? null;
  // What an answer without words gets is the rule's own time.
  const ownMs = rule.untilMs?.(NO_WORDS, NOW_MS) ?? null;
  const own = ownMs === null ? "" : timeUntil(ownMs);
  if (untilMs === ownMs) return `${reach} ${own}`.trim();
  return `${reach} as long as the answer says${own === "" ? "" : `, else ${own}`}`;
}

/** `for 1 hour`, `until midnight UTC`. */
export function timeUntil(untilMs: number): string {
  if (untilMs === nextMonthMs(NOW_MS)) return "until the first of next month";
  if (untilMs === nextMidnightMs("America/Los_Angeles", NOW_MS)) return "until midnight Pacific";
  if (untilMs === nextMidnightMs("UTC", NOW_MS)) return "until midnight UTC";
  return `for ${durationText(untilMs - NOW_MS)}`;
}

/** `1 hour`, `90 seconds`. */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [size, unit] = (
    [
      [86_400, "day"],
      [3_600, "hour"],
      [60, "minute"],
    ] as const
  ).find(([size]) => seconds >= size && seconds % size === 0) ?? [1, "second"];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
