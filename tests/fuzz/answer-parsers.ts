/** Parsers of provider responses. */
import fc from "fast-check";
import { expect } from "vitest";
import { chatDialect } from "../../lib/conversion/chat-dialect.ts";
import type { ConvertibleForm } from "../../lib/conversion/conversion.ts";
import { ConversionError } from "../../lib/conversion/losses.ts";
import { opened, seal } from "../../lib/conversion/sealed-thought.ts";
import { parseDuration } from "../../lib/http/parse-duration.ts";
import { readRetryAfter } from "../../lib/http/retry-after.ts";
import { type EventFraming, eventSplitter } from "../../lib/http/split-events.ts";
import { answerEnd } from "../../lib/providers/answers/answer-end.ts";
import { AnswerStart } from "../../lib/providers/answers/answer-start.ts";
import { judgeAnswer } from "../../lib/providers/answers/judge-answer.ts";
import { judgeEvent } from "../../lib/providers/answers/judge-event.ts";
import { readQuotaHeaders } from "../../lib/providers/answers/read-limits.ts";
import { providers } from "../../lib/providers/registry.ts";
import { headerUsage, spokenUsage } from "../../lib/usage/read-header-usage.ts";
import { usageFormFor } from "../../lib/usage/usage-form.ts";
import { createUsageReader } from "../../lib/usage/usage-reader.ts";
import { converting } from "../answers/conversions.ts";
import { headersWith, inPieces, JSON_PIECES, jsonValue, nearlyJson, soup } from "./foreign-text.ts";
import type { FuzzProperty } from "./fuzz-property.ts";

const NOW_MS = Date.UTC(2026, 10, 30, 12);

const SSE_PIECES = [
  ...["data:", "data: ", "event: error", "event:", "id: 1", ":", "\n", "\n\n", "\r\n", "\r", " "],
  ...[
    "[DONE]",
    '{"error":{"message":"a"}}',
    '{"choices":[{"finish_reason":"stop"}]}',
    '{"usage":{',
  ],
  ...['"prompt_tokens":', "12", "}", "é"],
] as const;
const TIME_PIECES = [
  ...[
    "1",
    "30",
    ".5",
    "-",
    "e9",
    " ",
    ",",
    ":",
    "s",
    "ms",
    "m",
    "h",
    "1m30s",
    "minutes",
    "Mon",
    "GMT",
  ],
  ...["Mon, 30 Nov 2026 12:00:30 GMT", "2026-11-30T12:00:30Z", "NaN", "Infinity", "%"],
] as const;
const QUOTA_HEADERS = [
  ...["retry-after", "retry-after-ms", "x-ratelimit-limit-requests", "x-ratelimit-limit-tokens"],
  ...["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens"],
  ...[
    "anthropic-ratelimit-requests-limit",
    "anthropic-ratelimit-requests-reset",
    "ratelimit-limit",
  ],
  ...["anthropic-ratelimit-requests-remaining", "ratelimit-reset", "ratelimit", "ratelimit-policy"],
  ...["character-cost", "dg-char-count", "x-gemini-service-tier"],
] as const;

const provider = fc.constantFrom(...providers);
const form = fc.constantFrom<ConvertibleForm>("chat", "messages", "responses", "gemini");
const modelName = fc.constantFrom("claude-opus-4-8", "gemini-3-pro", "gpt-5-codex", "a");
const framing = fc.constantFrom<EventFraming>("sse", "json", "lines", "aws");
const streams = inPieces(fc.oneof(soup(SSE_PIECES), nearlyJson));

function isTime(ms: number | null): boolean {
  return ms === null || (Number.isFinite(ms) && ms >= 0);
}

/** A streaming parser's result must not depend on where the pieces were split. */
function saysTheSame<Said>(
  { whole, pieces }: { readonly whole: Uint8Array; readonly pieces: readonly Uint8Array[] },
  read: (pieces: readonly Uint8Array[]) => Said,
): boolean {
  expect(read(pieces)).toEqual(read([whole]));
  return true;
}

export const answerParsers: readonly FuzzProperty[] = [
  {
    parser: "lib/http/split-events.ts",
    holds: "finds the same events wherever the bytes are split",
    property: fc.property(framing, streams, (how, stream) =>
      saysTheSame(stream, (pieces) => {
        const splitter = eventSplitter(how);
        return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
      }),
    ),
  },
  {
    parser: "lib/providers/answers/answer-start.ts",
    holds: "accepts any bytes as the beginning of a response",
    property: fc.property(framing, streams, (how, { pieces }) => {
      const start = new AnswerStart(how);
      for (const piece of pieces) start.push(piece);
      return start.undecided >= 0 && start.end().kind.length > 0;
    }),
  },
  {
    parser: "lib/providers/answers/answer-end.ts",
    holds: "finds the same end wherever the bytes are split",
    property: fc.property(framing, streams, (how, stream) =>
      saysTheSame(stream, (pieces) => {
        const end = answerEnd(how);
        for (const piece of pieces) end.push(piece);
        return end.ending();
      }),
    ),
  },
  {
    parser: "lib/providers/answers/judge-answer.ts",
    holds: "has a verdict, with valid times, for any error of any provider",
    property: fc.property(
      provider,
      fc.integer({ min: 400, max: 599 }),
      headersWith(QUOTA_HEADERS, TIME_PIECES),
      fc.oneof(
        nearlyJson,
        soup([...JSON_PIECES, "rate limit", "quota", "per day", "invalid key", "<html>"]),
      ),
      (asked, status, headers, text) => {
        const { effect, retryAtMs } = judgeAnswer({
          provider: asked,
          status,
          headers,
          text,
          nowMs: NOW_MS,
        });
        return isTime(retryAtMs) && (effect.kind !== "cool" || isTime(effect.untilMs));
      },
    ),
    weight: 2,
  },
  {
    parser: "lib/providers/answers/judge-event.ts",
    holds: "has a verdict for any event",
    property: fc.property(
      provider,
      nearlyJson,
      fc.constantFrom("", "error"),
      (asked, data, name) => {
        const exception = name === "" ? "ThrottlingException" : null;
        return isTime(judgeEvent(asked, { name, data, exception }, NOW_MS).retryAtMs);
      },
    ),
  },
  {
    parser: "lib/providers/answers/read-limits.ts",
    holds: "reads quotas that are numbers",
    property: fc.property(headersWith(QUOTA_HEADERS, TIME_PIECES), (headers) =>
      readQuotaHeaders(headers, NOW_MS).every(
        (reading) =>
          !Object.values(reading).some((value) => typeof value === "number" && Number.isNaN(value)),
      ),
    ),
  },
  {
    parser: "lib/http/retry-after.ts",
    holds: "returns a wait, or null",
    property: fc.property(headersWith(["retry-after", "retry-after-ms"], TIME_PIECES), (headers) =>
      isTime(readRetryAfter(headers, NOW_MS)),
    ),
  },
  {
    parser: "lib/http/parse-duration.ts",
    holds: "returns a duration, or null",
    property: fc.property(soup(TIME_PIECES, 8), (text) => isTime(parseDuration(text))),
  },
  {
    parser: "lib/usage/usage-reader.ts",
    holds: "counts the same wherever the bytes are split, and never below zero",
    property: fc.property(
      provider,
      fc.constantFrom("application/json", "text/event-stream", "application/x-ndjson"),
      fc.constantFrom("v1/chat/completions", "v1/responses", "v1/messages", "v1/batches/batch_1"),
      streams,
      (asked, type, path, stream) => {
        const headers = new Headers({ "content-type": type });
        const form = usageFormFor({ provider: asked, path, headers });
        if (form === null) return true;
        return saysTheSame(stream, (pieces) => {
          const reader = createUsageReader(form);
          for (const piece of pieces) reader.push(piece);
          const usage = reader.end({ isComplete: true, requestBytes: 100 });
          for (const value of Object.values(usage ?? {})) {
            if (typeof value === "number") expect(value).toBeGreaterThanOrEqual(0);
          }
          return [usage, reader.work];
        });
      },
    ),
    weight: 2,
  },
  {
    parser: "lib/usage/read-header-usage.ts",
    holds: "reads counts that are numbers",
    property: fc.property(provider, headersWith(QUOTA_HEADERS, TIME_PIECES), (asked, headers) =>
      [headerUsage(asked.usageFormat, headers), spokenUsage(asked.slug, headers)].every((usage) =>
        Object.values(usage ?? {}).every((value) => !Number.isNaN(value)),
      ),
    ),
  },
  {
    parser: "lib/conversion/convert-request.ts",
    holds: "converts any JSON from any format to any other, or rejects it with our error",
    property: fc.property(
      jsonValue,
      form,
      form,
      provider,
      modelName,
      (body, from, to, at, model) => {
        try {
          const dialect = chatDialect(at.slug, true);
          JSON.stringify(converting(from, to, body, { model }, dialect).request);
        } catch (error) {
          if (!(error instanceof ConversionError)) throw error;
        }
        return true;
      },
    ),
    weight: 2,
  },
  {
    parser: "lib/conversion/answer-converter.ts",
    holds: "reads any events of a response in any format, and writes them in any other",
    property: fc.property(fc.array(jsonValue, { maxLength: 3 }), form, form, (events, from, to) => {
      const { conversion } = converting(from, to, {});
      const [reader, writer] = [conversion.reader(), conversion.writer()];
      const parts = events.flatMap((event) => reader.read(event));
      JSON.stringify(conversion.answer(parts));
      const written = [...parts.flatMap((part) => writer.write(part)), ...writer.end()];
      return written.every(({ data }) => data.length > 0);
    }),
    weight: 2,
  },
  {
    parser: "lib/conversion/sealed-thought.ts",
    holds: "opens what it sealed, and nothing else",
    property: fc.property(
      fc.string({ unit: "grapheme" }),
      soup(["ob1.", "e30", "=", "-", "{", "A"], 6),
      (thought, foreign) => {
        expect(opened(seal({ thought, calls: {} }))).toEqual({ thought, calls: {} });
        const found = opened(foreign);
        return found === null || typeof found.thought === "string";
      },
    ),
  },
];
