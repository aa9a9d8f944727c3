/** Whatever numbers a report contains, what is read of them adds up, and has a price. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadPriceBook } from "./price";
import { readUsage } from "./read-usage";
import type { Usage } from "./types";

const number = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000 }),
  fc.double(),
  fc.constantFrom(-1, 2 ** 32 - 1, 2 ** 63, 2 ** 64 - 1, 1e300, null, "100", undefined),
);
const details = fc.option(
  fc.record({
    cached_tokens: number,
    cache_write_tokens: number,
    reasoning_tokens: number,
    thinking_tokens: number,
    audio_tokens: number,
    image_tokens: number,
    ephemeral_1h_input_tokens: number,
  }),
);

const REPORTS = fc.oneof(
  fc.record({
    prompt_tokens: number,
    completion_tokens: number,
    total_tokens: number,
    cost: number,
    prompt_tokens_details: details,
    completion_tokens_details: details,
  }),
  fc.record({
    input_tokens: number,
    output_tokens: number,
    cost_in_usd_ticks: number,
    input_tokens_details: details,
    output_tokens_details: details,
  }),
  fc.record({
    input_tokens: number,
    output_tokens: number,
    cache_read_input_tokens: number,
    cache_creation_input_tokens: number,
    cache_creation: details,
  }),
  fc.record({
    promptTokenCount: number,
    candidatesTokenCount: number,
    thoughtsTokenCount: number,
    cachedContentTokenCount: number,
    totalTokenCount: number,
  }),
);

const PARTS: readonly (readonly [part: keyof Usage, whole: keyof Usage])[] = [
  ["cachedInputTokens", "inputTokens"],
  ["cacheWriteTokens", "inputTokens"],
  ["cacheWriteHourTokens", "cacheWriteTokens"],
  ["inputAudioTokens", "inputTokens"],
  ["inputImageTokens", "inputTokens"],
  ["reasoningTokens", "outputTokens"],
  ["outputAudioTokens", "outputTokens"],
];

describe("a report of any numbers", () => {
  test("has no part that is more than its whole, nothing below zero, and a price", async () => {
    const book = await loadPriceBook();
    fc.assert(
      fc.property(REPORTS, (report) => {
        const usage = readUsage(report);
        if (usage === null) return;
        for (const [part, whole] of PARTS) {
          const [size, most] = [usage[part], usage[whole]];
          if (size === null || most === null) continue;
          expect(size, part).toBeLessThanOrEqual(most as number);
          expect(size, part).toBeGreaterThanOrEqual(0);
        }
        const { nanoUsd } = book.cost("openai", "gpt-5-mini", usage, 1.7e12) ?? { nanoUsd: 0 };
        expect(nanoUsd).toBeGreaterThanOrEqual(0);
        expect(nanoUsd).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
        const { inputTokens, outputTokens, reportedNanoUsd } = usage;
        const tokens = (inputTokens ?? 0) + (outputTokens ?? 0);
        if (tokens >= 1 && reportedNanoUsd === null) expect(nanoUsd).toBeGreaterThan(0);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ["beside what was written", { prompt_tokens: 9, completion_tokens: 5 }, 100, 105],
    ["within it", { prompt_tokens: 9, completion_tokens: 5 }, 3, 5],
    ["beside it by the total", { prompt_tokens: 9, completion_tokens: 5, total_tokens: 17 }, 3, 8],
  ])("counts reasoning %s", (_, counts, reasoning_tokens, outputTokens) => {
    const report = { ...counts, completion_tokens_details: { reasoning_tokens } };
    expect(readUsage(report)).toMatchObject({ outputTokens, reasoningTokens: reasoning_tokens });
  });
});
