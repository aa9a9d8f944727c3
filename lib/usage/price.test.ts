import { calcPrice, findProvider, type Usage as Units } from "@pydantic/genai-prices";
import { describe, expect, test } from "vitest";
import { loadPriceBook } from "./price";
import { NO_USAGE, type Usage } from "./types";

const AT_MS = Date.parse("2026-11-20T12:00:00Z");

const book = await loadPriceBook([
  { provider: "openai", model: "gpt-own", input: 2, output: 4 },
  { provider: "openai", model: "own-*", input: 2, output: 4, cachedInput: 1, cacheWrite: 3 },
  { provider: "groq", model: "free-model", input: 0, output: 0 },
]);

const cost = (provider: string, model: string, usage: Partial<Usage>, atMs = AT_MS) =>
  book.costNanoUsd(provider, model, { ...NO_USAGE, ...usage }, atMs);

describe("costNanoUsd", () => {
  test("tokens, cached ones and cache writes at their own price", () => {
    // gpt-5-mini: 0.25, 0.025 and 2 dollars per million.
    const usage = { inputTokens: 1_000, cachedInputTokens: 200, outputTokens: 100 };
    expect(cost("openai", "gpt-5-mini", usage)).toBe(800 * 250 + 200 * 25 + 100 * 2_000);
  });

  test("an hour's cache write is more expensive than a short one", () => {
    // claude-haiku-4-5: 1 and 5 dollars per million, writes 1.25 and 2.
    const usage = { inputTokens: 1_000, cacheWriteTokens: 300, outputTokens: 10 };
    const short = 700 * 1_000 + 300 * 1_250 + 10 * 5_000;
    expect(cost("anthropic", "claude-haiku-4-5", usage)).toBe(short);
    const hour = { ...usage, cacheWriteHourTokens: 100 };
    expect(cost("anthropic", "claude-haiku-4-5", hour)).toBe(short + 100 * 750);
  });

  test("long prompts by their tier", () => {
    // gemini-2.5-pro: 1.25 dollars per million up to 200,000 tokens, then 2.50 for all of them.
    expect(cost("google-ai-studio", "gemini-2.5-pro", { inputTokens: 200_000 })).toBe(250_000_000);
    expect(cost("google-ai-studio", "models/gemini-2.5-pro", { inputTokens: 200_001 })).toBe(
      500_002_500,
    );
  });

  test("the price of the time of the request", () => {
    // deepseek-chat costs half at night, 16:30 to 00:30 UTC.
    const day = cost(
      "deepseek",
      "deepseek-chat",
      { outputTokens: 1_000_000 },
      Date.UTC(2025, 5, 1, 16, 29),
    );
    const night = cost(
      "deepseek",
      "deepseek-chat",
      { outputTokens: 1_000_000 },
      Date.UTC(2025, 5, 1, 16, 30),
    );
    expect([day, night]).toEqual([1_100_000_000, 550_000_000]);
  });

  test("recordings by their length", () => {
    // whisper-large-v3: 0.111 dollars per hour, at least 10 seconds.
    const price = (inputAudioSeconds: number) =>
      cost("groq", "whisper-large-v3", { inputAudioSeconds });
    expect(price(3_600)).toBe(111_000_000);
    expect(price(1)).toBe(price(10));
  });

  test("unknown models and providers have no price; free ones cost nothing", () => {
    expect(cost("openai", "no-such-model", { inputTokens: 5 })).toBeNull();
    expect(cost("fal", "gpt-5-mini", { inputTokens: 5 })).toBeNull();
    expect(cost("openai", "gpt-5-mini", {})).toBeNull();
    expect(cost("openrouter", "google/gemma-3-27b-it:free", { inputTokens: 5 })).toBe(0);
    expect(cost("groq", "free-model", { inputTokens: 5 })).toBe(0);
  });

  test("what an answer tells is what it cost, and no less where it was cut off after that", () => {
    const usage = { inputTokens: 1_000, outputTokens: 100, reportedNanoUsd: 9_000 };
    const listed = 1_000 * 250 + 100 * 2_000;
    expect(cost("openai", "gpt-5-mini", usage)).toBe(9_000);
    expect(cost("openai", "gpt-5-mini", { ...usage, isEstimate: true })).toBe(listed);
    const dear = { ...usage, reportedNanoUsd: 2 * listed };
    expect(cost("openai", "gpt-5-mini", dear)).toBe(2 * listed);
    expect(cost("openai", "gpt-5-mini", { ...dear, isEstimate: true })).toBe(2 * listed);
  });

  test("batches and flexible service cost half", () => {
    const usage = { inputTokens: 1_000, outputTokens: 100 };
    const listed = 1_000 * 250 + 100 * 2_000;
    for (const tier of ["batch", "flex"] as const) {
      expect(cost("openai", "gpt-5-mini", { ...usage, tier }), tier).toBe(listed / 2);
    }
  });

  test("a team's own price comes first, by name or by its beginning", () => {
    const usage = {
      inputTokens: 100,
      cachedInputTokens: 10,
      cacheWriteTokens: 20,
      outputTokens: 5,
    };
    expect(cost("openai", "gpt-own", usage)).toBe(100 * 2_000 + 5 * 4_000);
    expect(cost("openai", "own-model", usage)).toBe(70 * 2_000 + 10 * 1_000 + 20 * 3_000 + 20_000);
    expect(cost("groq", "gpt-own", usage)).toBeNull();
  });
});

/** Every model of these, below, at and above tiers, with and without parts. */
test.each([
  ["openai", "openai"],
  ["anthropic", "anthropic"],
  ["google-ai-studio", "google"],
  ["grok", "x-ai"],
  ["groq", "groq"],
  ["deepseek", "deepseek"],
  ["mistral", "mistral"],
  ["aws-bedrock", "aws"],
  ["perplexity-ai", "perplexity"],
])("rates of %s give what the package gives", (slug, providerId) => {
  const models = findProvider({ providerId })?.models ?? [];
  expect(models.length).toBeGreaterThan(5);
  const inputs = [1, 999, 128_000, 128_001, 200_000, 200_001, 272_001, 1_000_000];
  for (const { id } of models) {
    for (const [index, inputTokens] of inputs.entries()) {
      const usage: Partial<Usage> = {
        inputTokens,
        outputTokens: 77 * index,
        cachedInputTokens: Math.floor(inputTokens / 3),
        cacheWriteTokens: Math.floor(inputTokens / 5),
      };
      const units: Units = {
        input_tokens: inputTokens,
        output_tokens: 77 * index,
        cache_read_tokens: Math.floor(inputTokens / 3),
        cache_write_tokens: Math.floor(inputTokens / 5),
      };
      const asked = calcPrice(units, id, { providerId, timestamp: new Date(AT_MS) });
      const own = cost(slug, id, usage);
      const isByTokens = asked?.model_price.input_mtok !== undefined;
      if (asked === null || !isByTokens) continue;
      expect(own, id).not.toBeNull();
      expect(Math.abs((own ?? 0) - asked.total_price * 1e9), id).toBeLessThanOrEqual(0.51);
    }
  }
});

describe("perMillion", () => {
  test("the price book's, the team's own, and none for what is not known", () => {
    expect(book.perMillion("openai", "gpt-5-mini", AT_MS)).toEqual({
      inputUsd: 0.25,
      outputUsd: 2,
    });
    expect(book.perMillion("openai", "gpt-own", AT_MS)).toEqual({ inputUsd: 2, outputUsd: 4 });
    expect(book.perMillion("openai", "nobody-knows", AT_MS)).toBeNull();
  });

  test("of the lowest tier, without a price of each request", () => {
    expect(book.perMillion("google-ai-studio", "gemini-2.5-pro", AT_MS)?.inputUsd).toBe(1.25);
    // sonar: 1 dollar per million each way, and a few thousandths per request.
    expect(book.perMillion("perplexity-ai", "sonar", AT_MS)).toEqual({ inputUsd: 1, outputUsd: 1 });
  });
});
