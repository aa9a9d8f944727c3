/**
 * One Balance's counts compared with the upstream's own records: every API, streamed or not, ended, cut off, left by
 * the client, rejected.
 * @module
 */
import { calcPrice } from "@pydantic/genai-prices";
import { afterAll, expect, test } from "vitest";
import { loadPriceBook } from "../../lib/usage/price";
import { Cells, DAY_MS, MEASURES, type Measure, measureOf } from "../../lib/usage/rollup";
import { type ScriptedProxy, scriptedProxy } from "../doors/scripted-proxy";

const SEED = Number(process.env.LEDGER_SEED ?? 20_261_130);
/** For each API and ending. */
const REQUESTS = 5;
/** English text. */
const BYTES_PER_TOKEN = 4;
const MAX_TEXT_TOKENS = 400;

interface Sold {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

interface Api {
  readonly name: string;
  /** `slug/path`. */
  readonly path: string;
  readonly model: string;
  /** The price list's names. */
  readonly price: { readonly providerId: string; readonly model: string };
  readonly contentType: string;
  /** Pieces of the response: text in all but the last, which may report. */
  body(texts: readonly string[], sold: Sold): readonly string[];
  /** The charge, if the response reports it. */
  readonly tellsCost?: true;
  /** Whether the input is reported before the output. */
  readonly tellsInputFirst?: true;
}

const JSON_TYPE = "application/json";
const EVENTS = "text/event-stream; charset=utf-8";
const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const typed = (data: { readonly type: string }) => `event: ${data.type}\n${event(data)}`;

const chatUsage = ({ input, cached, output }: Sold) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: cached },
});
const responsesUsage = ({ input, cached, output }: Sold) => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: cached },
  output_tokens: output,
  total_tokens: input + output,
});
const anthropicInput = ({ input, cached }: Sold) => ({
  input_tokens: input - cached,
  cache_read_input_tokens: cached,
  cache_creation_input_tokens: 0,
});
const geminiUsage = ({ input, cached, output }: Sold) => ({
  promptTokenCount: input,
  cachedContentTokenCount: cached,
  candidatesTokenCount: output,
  totalTokenCount: input + output,
});
const GPT = { providerId: "openai", model: "gpt-5-mini" };
const CLAUDE = { providerId: "anthropic", model: "claude-haiku-4-5" };
const GEMINI = { providerId: "google", model: "gemini-2.5-flash" };
const toldUsd = ({ input, output }: Sold) => (input * 3 + output * 7) / 1e6;

const APIS: readonly Api[] = [
  {
    name: "Chat",
    path: "openai/v1/chat/completions",
    model: "gpt-5-mini",
    price: GPT,
    contentType: JSON_TYPE,
    body: (texts, sold) => [
      `{"id":"c","model":"gpt-5-mini","choices":[{"message":{"content":${JSON.stringify(texts.join(""))}`,
      `}}],"usage":${JSON.stringify(chatUsage(sold))}}`,
    ],
  },
  {
    name: "Chat, streamed",
    path: "openai/v1/chat/completions",
    model: "gpt-5-mini",
    price: GPT,
    contentType: EVENTS,
    body: (texts, sold) => [
      ...texts.map((content) =>
        event({ model: "gpt-5-mini", choices: [{ delta: { content } }], usage: null }),
      ),
      `${event({ model: "gpt-5-mini", choices: [], usage: chatUsage(sold) })}data: [DONE]\n\n`,
    ],
  },
  {
    name: "Responses, streamed",
    path: "openai/v1/responses",
    model: "gpt-5-mini",
    price: GPT,
    contentType: EVENTS,
    body: (texts, sold) => [
      typed({
        type: "response.created",
        ...{ response: { id: "resp_1", status: "in_progress", model: "gpt-5-mini" } },
      }),
      ...texts.map((delta) => typed({ type: "response.output_text.delta", ...{ delta } })),
      typed({
        type: "response.completed",
        ...{
          response: {
            id: "resp_1",
            status: "completed",
            model: "gpt-5-mini",
            usage: responsesUsage(sold),
          },
        },
      }),
    ],
  },
  {
    name: "Messages",
    path: "anthropic/v1/messages",
    model: "claude-haiku-4-5",
    price: CLAUDE,
    contentType: JSON_TYPE,
    body: (texts, sold) => [
      `{"type":"message","model":"claude-haiku-4-5","content":[{"type":"text","text":${JSON.stringify(texts.join(""))}`,
      `}],"usage":${JSON.stringify({ ...anthropicInput(sold), output_tokens: sold.output })}}`,
    ],
  },
  {
    name: "Messages, streamed",
    path: "anthropic/v1/messages",
    model: "claude-haiku-4-5",
    price: CLAUDE,
    contentType: EVENTS,
    tellsInputFirst: true,
    body: (texts, sold) => [
      typed({
        type: "message_start",
        ...{
          message: {
            model: "claude-haiku-4-5",
            usage: { ...anthropicInput(sold), output_tokens: 1 },
          },
        },
      }),
      ...texts.map((text) =>
        typed({ type: "content_block_delta", ...{ delta: { type: "text_delta", text } } }),
      ),
      `${typed({ type: "message_delta", ...{ usage: { output_tokens: sold.output } } })}${typed({ type: "message_stop" })}`,
    ],
  },
  {
    name: "Gemini",
    path: "google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent",
    model: "gemini-2.5-flash",
    price: GEMINI,
    contentType: JSON_TYPE,
    body: (texts, sold) => [
      `{"candidates":[{"content":{"parts":[{"text":${JSON.stringify(texts.join(""))}`,
      `}]}}],"usageMetadata":${JSON.stringify(geminiUsage(sold))},"modelVersion":"gemini-2.5-flash"}`,
    ],
  },
  {
    name: "Gemini, streamed",
    path: "google-ai-studio/v1beta/models/gemini-2.5-flash:streamGenerateContent",
    model: "gemini-2.5-flash",
    price: GEMINI,
    contentType: EVENTS,
    body: (texts, sold) => [
      ...texts.map((text) => event({ candidates: [{ content: { parts: [{ text }] } }] })),
      event({ candidates: [{ finishReason: "STOP" }], usageMetadata: geminiUsage(sold) }),
    ],
  },
  {
    name: "Interactions, streamed",
    path: "google-ai-studio/v1beta/interactions",
    model: "gemini-2.5-flash",
    price: GEMINI,
    contentType: EVENTS,
    body: (texts, sold) => [
      ...texts.map((text) => event({ event_type: "step.delta", delta: { type: "text", text } })),
      event({
        event_type: "interaction.completed",
        interaction: {
          id: "v1_a",
          status: "completed",
          model: "gemini-2.5-flash",
          usage: {
            total_input_tokens: sold.input,
            total_cached_tokens: sold.cached,
            total_output_tokens: sold.output,
            total_tokens: sold.input + sold.output,
          },
        },
      }),
    ],
  },
  {
    name: "Groq, streamed",
    path: "groq/openai/v1/chat/completions",
    model: "llama-3.3-70b-versatile",
    price: { providerId: "groq", model: "llama-3.3-70b-versatile" },
    contentType: EVENTS,
    body: (texts, { input, output }) => [
      ...texts.map((content) => event({ choices: [{ delta: { content } }] })),
      `${event({
        choices: [],
        x_groq: { usage: { prompt_tokens: input, completion_tokens: output } },
      })}data: [DONE]\n\n`,
    ],
  },
  {
    name: "Cohere, streamed",
    path: "cohere/v2/chat",
    model: "command-a-03-2025",
    price: { providerId: "cohere", model: "command-a-03-2025" },
    contentType: EVENTS,
    body: (texts, { input, output }) => [
      ...texts.map((text) =>
        typed({ type: "content-delta", ...{ delta: { message: { content: { text } } } } }),
      ),
      typed({
        type: "message-end",
        ...{ delta: { usage: { billed_units: { input_tokens: input, output_tokens: output } } } },
      }),
    ],
  },
  {
    name: "OpenRouter, streamed",
    path: "openrouter/v1/chat/completions",
    model: "somebody/unlisted",
    price: GPT,
    contentType: EVENTS,
    tellsCost: true,
    body: (texts, sold) => [
      ": OPENROUTER PROCESSING\n\n",
      ...texts.map((content) => event({ choices: [{ delta: { content } }] })),
      `${event({ choices: [], usage: { ...chatUsage(sold), cost: toldUsd(sold) } })}data: [DONE]\n\n`,
    ],
  },
];

const ENDINGS = ["ended", "cut", "left", "refused"] as const;
type Ending = (typeof ENDINGS)[number];

/** One request in the upstream's records. */
interface Entry extends Sold {
  readonly api: Api;
  readonly ending: Ending;
  readonly usd: number;
}

let state = SEED;
function below(limit: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

const KEYS = Object.fromEntries(
  APIS.map(({ path }) => [path.slice(0, path.indexOf("/")), ["key-of-the-pool"]]),
);
const ledger: Entry[] = [];
const estimates: string[] = [];
const encoder = new TextEncoder();
const book = await loadPriceBook();

/** A response in progress. */
interface Upstream {
  /** Everything that it sends before a bad ending. */
  sentBytes: number;
  breakOff(): void;
}

/** By then the meter has read what arrived (see `body-sampler.ts`). */
const METER_LOOKS_MS = 2_000;

/** Sends a request, and reads the response as far as it goes; the virtual clock lets the meter read in the meantime. */
async function ask(
  proxy: ScriptedProxy,
  api: Api,
  prompt: string,
  ending: Ending,
  upstream: Upstream,
): Promise<void> {
  const client = new AbortController();
  const response = await proxy.fetch(`/api/${api.path}`, {
    method: "POST",
    headers: { "content-type": JSON_TYPE },
    body: JSON.stringify({ model: api.model, prompt }),
    signal: client.signal,
  });
  if (ending === "ended" || ending === "refused") {
    await proxy.clock.run(response.text());
    await proxy.clock.advance(METER_LOOKS_MS);
    return;
  }
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error("no body");
  for (let bytes = 0; bytes < upstream.sentBytes; ) {
    const { value } = await proxy.clock.run(reader.read());
    bytes += value?.length ?? 0;
  }
  await proxy.clock.advance(METER_LOOKS_MS);
  if (ending === "cut") {
    upstream.breakOff();
    await expect(proxy.clock.run(reader.read())).rejects.toThrow();
  } else {
    client.abort();
  }
  await proxy.clock.advance(METER_LOOKS_MS);
}

/** A response that ends as planned, with the upstream's record of it. */
function answerOf(
  api: Api,
  ending: Ending,
  textTokens: number,
  sold: Sold,
  upstream: Upstream,
): Response {
  if (ending === "refused") {
    return new Response(JSON.stringify({ error: { message: "no such parameter", code: 400 } }), {
      status: 400,
      headers: { "content-type": JSON_TYPE },
    });
  }
  const words = Array.from({ length: textTokens }, (_, index) => `wd${index % 10} `);
  const half = Math.ceil(words.length / 2);
  const texts = [words.slice(0, half).join(""), words.slice(half).join("")];
  const pieces = api.body(texts, sold).map((piece) => encoder.encode(piece));
  const sent = ending === "ended" ? pieces : pieces.slice(0, -1);
  upstream.sentBytes = sent.reduce((sum, { length }) => sum + length, 0);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of sent) controller.enqueue(piece);
      if (ending === "ended") controller.close();
      upstream.breakOff = () => controller.error(new Error("connection lost"));
    },
  });
  return new Response(body, { headers: { "content-type": api.contentType } });
}

afterAll(() => {
  console.log(`seed ${SEED}: ${ledger.length} requests\n${estimates.join("\n")}`);
});

test.each(APIS.flatMap((api) => ENDINGS.map((ending) => [api.name, ending, api] as const)))(
  "%s, %s",
  async (_, ending, api) => {
    for (let index = 0; index < REQUESTS; index += 1) {
      const textTokens = 20 + below(MAX_TEXT_TOKENS);
      const promptTokens = 50 + below(500);
      const cached =
        api.price.providerId === "cohere" || api.price.providerId === "groq" ? 0 : below(40);
      const sold =
        ending === "refused"
          ? { input: 0, cached: 0, output: 0 }
          : { input: promptTokens, cached, output: textTokens };
      const price = calcPrice(
        { input_tokens: sold.input, cache_read_tokens: sold.cached, output_tokens: sold.output },
        api.price.model,
        { providerId: api.price.providerId, timestamp: new Date(Date.UTC(2026, 0, 15, 12)) },
      );
      const usd = api.tellsCost === true ? toldUsd(sold) : (price?.total_price ?? Number.NaN);
      const upstream: Upstream = { sentBytes: 0, breakOff: () => {} };
      const proxy = scriptedProxy({
        keys: KEYS,
        upstream: () => answerOf(api, ending, textTokens, sold, upstream),
      });
      const overhead = JSON.stringify({ model: api.model, prompt: "" }).length;
      const prompt = "x".repeat(Math.max(0, promptTokens * BYTES_PER_TOKEN - overhead));
      await ask(proxy, api, prompt, ending, upstream);
      expect(proxy.usage.events).toHaveLength(1);
      const [recorded] = proxy.usage.events;
      if (recorded === undefined) throw new Error("nothing was recorded");
      ledger.push({ ...sold, api, ending, usd: ending === "refused" ? 0 : usd });
      const cells = new Cells();
      const cost =
        recorded.usage &&
        book.cost(recorded.provider ?? "", recorded.model, recorded.usage, recorded.atMs);
      cells.add(recorded, cost?.nanoUsd ?? null);
      const counted = sumsOf(cells);
      expect(counted.requests).toBe(1);
      const what = `${api.name}, ${ending}`;
      if (ending === "ended" || ending === "refused") {
        expect(
          [counted.inputTokens, counted.cachedInputTokens, counted.outputTokens, counted.estimated],
          what,
        ).toEqual([sold.input, sold.cached, sold.output, 0]);
        const told = ending === "refused" ? 0 : usd;
        expect(Math.abs(counted.costNanoUsd - told * 1e9), what).toBeLessThanOrEqual(0.51);
        expect(recorded.outcome).toBe(ending === "ended" ? "ok" : "client_error");
        continue;
      }
      expect(recorded.outcome).toBe(ending === "cut" ? "upstream_error" : "aborted");
      expect(counted.estimated, what).toBe(1);
      estimates.push(
        `${what}: ${counted.inputTokens} / ${counted.outputTokens} of ${sold.input} / ${sold.output}`,
      );
      // For text that was sent whole, and for the request, an estimate is close.
      for (const [estimate, actual] of [
        [counted.inputTokens, sold.input],
        [counted.outputTokens, sold.output],
      ] as const) {
        expect(estimate / actual, what).toBeGreaterThan(0.9);
        expect(estimate / actual, what).toBeLessThan(1.1);
      }
      if (api.tellsInputFirst === true) expect(counted.inputTokens).toBe(sold.input);
      // Without a list price there is no cost before the response reports it.
      if (api.tellsCost !== true) expect(counted.costNanoUsd).toBeGreaterThan(0);
    }
  },
);

function sumsOf(cells: Cells): Readonly<Record<Measure, number>> {
  const caller = cells
    .toStored()
    .filter(([hourMs, side]) => side === "caller" && hourMs % DAY_MS >= 0);
  const sums = MEASURES.map((measure) => [
    measure,
    caller.reduce((sum, cell) => sum + measureOf(cell, measure), 0),
  ]);
  return Object.fromEntries(sums);
}
