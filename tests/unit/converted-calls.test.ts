/** Messages and Responses for models whose provider only supports chat completions, through the whole handler. */
import Anthropic from "@anthropic-ai/sdk";
import fc from "fast-check";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { ModelAlias } from "../../lib/models/model-alias.ts";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { NO_LIMITS } from "../../lib/usage/token-limits.ts";
import {
  type ChatAnswer,
  chatAnswers,
  chatStream,
  wholeChatAnswer,
} from "../answers/chat-answers.ts";
import {
  type ScriptedProxy,
  scriptedProxy,
  type UpstreamScript,
  unlimitedToken,
} from "../doors/scripted-proxy.ts";

const ANSWER: ChatAnswer = {
  reasoning: "hm",
  text: "Hello there",
  calls: [{ id: "call_0", name: "weather", input: { city: "Bern" } }],
  finish: "tool_calls",
  usage: { input: 120, cached: 20, output: 30 },
  cuts: [3],
  isMixed: false,
};

const answering =
  (answer: ChatAnswer = ANSWER): UpstreamScript =>
  ({ url, body }) => {
    if (url.hostname === "api.anthropic.com") {
      const usage = { input_tokens: 1, output_tokens: 1 };
      const content = [{ type: "text", text: "native" }];
      return Response.json({ type: "message", role: "assistant", content, usage });
    }
    if (JSON.parse(new TextDecoder().decode(body)).stream !== true) {
      return Response.json(wholeChatAnswer(answer));
    }
    return new Response(chatStream(answer), { headers: { "content-type": "text/event-stream" } });
  };

interface Options {
  readonly upstream?: UpstreamScript;
  readonly keys?: readonly string[];
  readonly token?: Partial<AccessToken>;
}

function proxyOf({ upstream = answering(), keys = ["fireworks"], token = {} }: Options = {}) {
  return scriptedProxy({
    upstream,
    keys: Object.fromEntries(keys.map((slug) => [slug, [`sk-fake-${slug}`]])),
    tokens: new Map([["token", { ...unlimitedToken("at_1"), ...token }]]),
    config: { gatewayUrl: null },
  });
}

const MODEL = "fireworks/some-model";
const messages = [{ role: "user" as const, content: "Hi" }];

function clientOf(proxy: ScriptedProxy) {
  return new Anthropic({
    baseURL: "http://one-balance.test",
    apiKey: "token",
    maxRetries: 0,
    fetch: (input, init) => {
      const { pathname, search } = new URL(String(input));
      return proxy.fetch(pathname + search, init);
    },
  });
}

const sentBody = ({ calls }: ScriptedProxy) =>
  JSON.parse(new TextDecoder().decode(calls.at(-1)?.body)) as Record<string, unknown>;

describe("a model of a provider that speaks chat completions", () => {
  test("is sent in that format, and answered in the caller's; what was done is reported", async () => {
    const proxy = proxyOf();
    const client = clientOf(proxy);
    const { data, response } = await client.messages
      .create({
        model: MODEL,
        max_tokens: 100,
        messages,
        service_tier: "auto",
        betas: [],
      } as Anthropic.MessageCreateParamsNonStreaming)
      .withResponse();
    expect(data).toMatchObject({
      model: MODEL,
      stop_reason: "tool_use",
      content: [
        { type: "thinking", thinking: "hm" },
        { type: "text", text: "Hello there" },
        { type: "tool_use", id: "call_0", name: "weather", input: { city: "Bern" } },
      ],
      usage: { input_tokens: 100, cache_read_input_tokens: 20, output_tokens: 30 },
    });
    expect(response.headers.get("x-one-balance-converted")).toBe("messages to chat");
    expect(response.headers.get("x-one-balance-dropped")).toBe("service_tier, betas");
    const [call] = proxy.calls.slice(-1);
    expect(call?.url.href).toBe("https://api.fireworks.ai/inference/v1/chat/completions");
    expect(call?.headers.get("anthropic-version")).toBeNull();
    expect(sentBody(proxy)).toEqual({ model: "some-model", max_tokens: 100, messages });
    expect(proxy.usage.events.at(-1)).toMatchObject({
      provider: "fireworks",
      model: "some-model",
      outcome: "ok",
      usage: { inputTokens: 120, cachedInputTokens: 20, outputTokens: 30, isEstimate: false },
      attempts: [{ converted: "messages to chat", dropped: ["service_tier", "betas"] }],
    });
  });

  test("streams: the SDK reads the same, and the use is the upstream's own", async () => {
    const proxy = proxyOf();
    const message = await clientOf(proxy)
      .messages.stream({ model: MODEL, max_tokens: 100, messages })
      .finalMessage();
    expect(message.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use"]);
    expect(message.usage).toMatchObject({ input_tokens: 100, output_tokens: 30 });
    expect(sentBody(proxy)).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(proxy.usage.events.at(-1)).toMatchObject({
      isStream: true,
      outcome: "ok",
      usage: { inputTokens: 120, outputTokens: 30, isEstimate: false },
    });
  });

  test("answers of any length and shape arrive whole", async () => {
    await fc.assert(
      fc.asyncProperty(chatAnswers, fc.boolean(), async (answer, isLong) => {
        const text = isLong ? answer.text + "long ".repeat(20_000) : answer.text;
        const proxy = proxyOf({ upstream: answering({ ...answer, text, cuts: [7, 5_000] }) });
        const client = clientOf(proxy);
        const ask = { model: MODEL, max_tokens: 100, messages };
        const streamed = await client.messages.stream(ask).finalMessage();
        const whole = await client.messages.create(ask);
        expect(JSON.stringify(streamed.content)).toBe(JSON.stringify(whole.content));
        const said = whole.content.map((block) => (block.type === "text" ? block.text : ""));
        expect(said.join("")).toBe(text);
      }),
      { numRuns: 8 },
    );
  });

  test("an upstream's rejection is judged first, then converted to the caller's format", async () => {
    const error = { message: "temperature must be below 2", type: "invalid_request_error" };
    const proxy = proxyOf({ upstream: () => Response.json({ error }, { status: 400 }) });
    await expect(
      clientOf(proxy).messages.create({ model: MODEL, max_tokens: 9, messages }),
    ).rejects.toMatchObject({
      status: 400,
      error: {
        type: "error",
        error: { type: "invalid_request_error", message: "temperature must be below 2" },
      },
    });
    expect(proxy.usage.events.at(-1)?.outcome).toBe("client_error");
  });

  test("what can't be expressed is rejected by its name, and nothing is sent", async () => {
    const proxy = proxyOf();
    const ask = { model: MODEL, max_tokens: 9, messages, container: "c" };
    await expect(
      clientOf(proxy).messages.create(ask as Anthropic.MessageCreateParamsNonStreaming),
    ).rejects.toMatchObject({
      status: 400,
      error: {
        error: { code: "not_convertible", message: expect.stringContaining("container: ") },
      },
    });
    expect(proxy.calls).toEqual([]);
  });

  test("count_tokens is an estimate that says so, and only for tokens that may use the model", async () => {
    const proxy = proxyOf();
    const { data, response } = await clientOf(proxy)
      .messages.countTokens({ model: MODEL, messages })
      .withResponse();
    expect(data.input_tokens).toBeGreaterThan(5);
    expect(response.headers.get("x-one-balance-converted")).toBe("estimate");
    expect(proxy.calls).toEqual([]);
    const limited = proxyOf({ token: { scopes: [{ provider: "fireworks", models: ["other"] }] } });
    await expect(
      clientOf(limited).messages.countTokens({ model: MODEL, messages }),
    ).rejects.toMatchObject({ status: 403 });
  });

  test("scopes and budgets hold: the model is the provider's own, and its use counts", async () => {
    const denied = proxyOf({ token: { scopes: [{ provider: "fireworks", models: ["other"] }] } });
    await expect(
      clientOf(denied).messages.create({ model: MODEL, max_tokens: 9, messages }),
    ).rejects.toMatchObject({ status: 403 });
    const holder = { kind: "token", id: "at_1", budgetId: "at_1" } as const;
    const limitHolders = [{ ...holder, limits: { ...NO_LIMITS, dailyTokens: 100 } }];
    const proxy = proxyOf({ token: { limitHolders } });
    const ask = { model: MODEL, max_tokens: 9, messages };
    await clientOf(proxy).messages.create(ask);
    await expect(clientOf(proxy).messages.create(ask)).rejects.toMatchObject({ status: 429 });
  });
});

describe("an error behind the first words", () => {
  const words = { choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: null }] };
  const sse = (value: unknown, name = "") =>
    `${name && `event: ${name}\n`}data: ${JSON.stringify(value)}\n\n`;
  const error = { message: "the model is overloaded", code: 502 };
  const ERRORS: Readonly<Record<string, string>> = {
    "an error alone": sse({ error }),
    "in words": sse({ error: error.message }),
    "beside empty choices": sse({ id: "c", object: "chat.completion.chunk", choices: [], error }),
    "of a choice": sse({ choices: [{ index: 0, delta: {}, error, finish_reason: "error" }] }),
    "as the reason of the end": sse({
      choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
    }),
    "in a list": sse([{ error }]),
    "as an event": sse(error, "error"),
    "in Anthropic's words": sse({ type: "error", error: { type: "overloaded_error" } }, "error"),
    "no JSON": `event: error\ndata: ${error.message}\n\n`,
    "raw, where the stream was left": JSON.stringify({ error }),
    "nothing at all": "",
  };
  const ENDS = ["", "data: [DONE]\n\n", sse({ choices: [], usage: { prompt_tokens: 1 } })];
  const ends = /event: (?:message_stop|response\.(?:completed|incomplete))/;

  test.each(Object.entries(ERRORS))(
    "%s arrives in the caller's format, split anywhere",
    async (name, told) => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...(name === "nothing at all" ? ENDS.slice(0, 1) : ENDS)),
          fc.integer({ min: 1, max: 90 }),
          fc.constantFrom("messages", "responses"),
          async (end, piece, form) => {
            const bytes = new TextEncoder().encode(sse(words) + told + end);
            const proxy = proxyOf({
              upstream: () => {
                let at = 0;
                const body = new ReadableStream({
                  pull(controller) {
                    if (at >= bytes.length) controller.close();
                    else controller.enqueue(bytes.slice(at, at + piece));
                    at += piece;
                  },
                });
                return new Response(body, { headers: { "content-type": "text/event-stream" } });
              },
            });
            const response = await proxy.fetch(`/v1/${form}`, {
              method: "POST",
              body: JSON.stringify({
                model: MODEL,
                max_tokens: 9,
                messages,
                input: "Hi",
                stream: true,
              }),
            });
            const text = await proxy.clock.run(response.text());
            expect(text).toMatch(/Hello/);
            expect(text).not.toMatch(ends);
            expect(text.match(/event: (?:error|response\.failed)/g)).toHaveLength(1);
            expect(proxy.usage.events.at(-1)?.outcome).toBe("upstream_error");
          },
        ),
        { numRuns: 20 },
      );
    },
  );
});

describe("a second door", () => {
  const ask = { model: "deepseek/deepseek-chat", max_tokens: 9, messages };

  test("is taken as it is: nothing is converted, and the same keys serve", async () => {
    const upstream = () => {
      const usage = { input_tokens: 11, output_tokens: 3 };
      const content = [{ type: "text", text: "native" }];
      return Response.json({ type: "message", role: "assistant", content, usage });
    };
    const proxy = proxyOf({ upstream, keys: ["deepseek", "openrouter"] });
    const { data, response } = await clientOf(proxy).messages.create(ask).withResponse();
    expect(data.content).toEqual([{ type: "text", text: "native" }]);
    expect(response.headers.get("x-one-balance-converted")).toBeNull();
    const call = proxy.calls.at(-1);
    expect(call?.url.href).toBe("https://api.deepseek.com/anthropic/v1/messages");
    expect([call?.key, call?.headers.get("authorization")]).toEqual([
      "sk-fake-deepseek",
      "Bearer sk-fake-deepseek",
    ]);
    expect(call?.headers.get("anthropic-version")).not.toBeNull();
    expect(sentBody(proxy)).toEqual({ ...ask, model: "deepseek-chat" });
    expect(proxy.usage.events.at(-1)?.usage).toMatchObject({ inputTokens: 11, outputTokens: 3 });
    const target = { weight: 1, capabilities: [] };
    proxy.state.setAliases({
      name: "smart",
      choice: "ordered",
      targets: [{ ...target, provider: "openrouter", model: "a/b" }],
      conversion: "needed",
      maxInputUsd: null,
      maxOutputUsd: null,
    });
    await clientOf(proxy).messages.create({ ...ask, model: "smart" });
    expect(proxy.calls.at(-1)?.url.href).toBe("https://openrouter.ai/api/v1/messages");
    expect(sentBody(proxy)).toMatchObject({ model: "a/b" });
  });
});

describe("aliases", () => {
  const target = (provider: string, model: string) => ({
    provider,
    model,
    weight: 1,
    capabilities: [],
  });
  const alias = (...targets: ModelAlias["targets"]): ModelAlias => ({
    name: "smart",
    choice: "ordered",
    targets,
    conversion: "needed",
    maxInputUsd: null,
    maxOutputUsd: null,
  });
  const ask = { model: "smart", max_tokens: 9, messages };

  test("a target that speaks the form comes first, unconverted; the others are for when it cannot serve", async () => {
    const proxy = proxyOf({ keys: ["fireworks", "anthropic"] });
    proxy.state.setAliases(
      alias(target("fireworks", "some-model"), target("anthropic", "claude-haiku-4-5")),
    );
    const native = await clientOf(proxy).messages.create(ask).withResponse();
    expect(native.response.headers.get("x-one-balance-converted")).toBeNull();
    expect(native.response.headers.get("x-one-balance-target")).toBe("anthropic/claude-haiku-4-5");
    proxy.state.setKeys("anthropic", []);
    const converted = await clientOf(proxy).messages.create(ask).withResponse();
    expect(converted.response.headers.get("x-one-balance-converted")).toBe("messages to chat");
    expect(converted.response.headers.get("x-one-balance-target")).toBe("fireworks/some-model");
    expect(converted.data.model).toBe("smart");
  });

  test("at Anthropic's own address too", async () => {
    const proxy = proxyOf();
    proxy.state.setAliases(alias(target("fireworks", "some-model")));
    const response = await proxy.fetch("/api/anthropic/v1/messages", {
      method: "POST",
      body: JSON.stringify(ask),
    });
    expect(await response.json()).toMatchObject({ type: "message", model: "smart" });
  });
});

describe("OpenAI's Responses", () => {
  const openAi = (proxy: ScriptedProxy) =>
    new OpenAI({
      baseURL: "http://one-balance.test/v1",
      apiKey: "token",
      maxRetries: 0,
      fetch: (input, init) => proxy.fetch(new URL(String(input)).pathname, init),
    });
  const include = ["reasoning.encrypted_content" as const];

  test("go to a provider that has chat completions only, whole and streamed", async () => {
    const proxy = proxyOf();
    const ask = { model: MODEL, input: "Hi", max_output_tokens: 50, metadata: { a: "b" } };
    const { data, response } = await openAi(proxy).responses.create(ask).withResponse();
    expect(response.headers.get("x-one-balance-converted")).toBe("responses to chat");
    expect(response.headers.get("x-one-balance-dropped")).toBe("metadata");
    expect(data.output_text).toBe("Hello there");
    expect(data).toMatchObject({ model: MODEL, status: "completed", usage: { input_tokens: 120 } });
    expect(sentBody(proxy)).toEqual({ model: "some-model", messages, max_tokens: 50 });
    const streamed = await openAi(proxy).responses.stream(ask).finalResponse();
    expect(streamed.output.map(({ type }) => type)).toEqual(data.output.map(({ type }) => type));
    expect(proxy.usage.events.at(-1)).toMatchObject({
      provider: "fireworks",
      model: "some-model",
      outcome: "ok",
      isStream: true,
      usage: { inputTokens: 120, outputTokens: 30, isEstimate: false },
      attempts: [{ converted: "responses to chat", dropped: ["metadata"] }],
    });
  });

  test("go as they are to a provider that has them", async () => {
    const proxy = proxyOf({ keys: ["openai"] });
    const ask = { model: "openai/gpt-5-mini", input: "Hi" };
    const { response } = await openAi(proxy).responses.create(ask).withResponse();
    expect(response.headers.get("x-one-balance-converted")).toBeNull();
    expect(proxy.calls.at(-1)?.url.pathname).toBe("/v1/responses");
  });

  test("an alias goes to the provider that has them first", async () => {
    const proxy = proxyOf({ keys: ["fireworks", "openai"] });
    const target = { weight: 1, capabilities: [] };
    proxy.state.setAliases({
      name: "smart",
      choice: "ordered",
      targets: [
        { ...target, provider: "fireworks", model: "some-model" },
        { ...target, provider: "openai", model: "gpt-5-mini" },
      ],
      conversion: "needed",
      maxInputUsd: null,
      maxOutputUsd: null,
    });
    await openAi(proxy).responses.create({ model: "smart", input: "Hi" });
    expect(proxy.calls.at(-1)?.url.hostname).toBe("api.openai.com");
    proxy.state.setKeys("openai", []);
    const { model } = await openAi(proxy).responses.create({ model: "smart", input: "Hi" });
    expect(proxy.calls.at(-1)?.url.hostname).toBe("api.fireworks.ai");
    expect(model).toBe("smart");
  });

  test("what is stored at OpenAI is rejected by its name", async () => {
    const ask = { model: MODEL, input: "Hi", previous_response_id: "resp_abcdefgh12345678" };
    await expect(openAi(proxyOf()).responses.create(ask)).rejects.toMatchObject({
      status: 400,
      code: "not_convertible",
      message: expect.stringContaining("previous_response_id: "),
    });
  });

  test("twenty turns with tools and thoughts: each is sent with what was said before", async () => {
    const proxy = proxyOf();
    const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: "Hi" }];
    for (let turn = 0; turn < 20; turn += 1) {
      const { output } = await openAi(proxy)
        .responses.stream({ model: MODEL, input, include, store: false })
        .finalResponse();
      const sent = sentBody(proxy).messages as Record<string, unknown>[];
      expect(sent).toHaveLength(1 + turn * 2);
      for (const message of sent.filter(({ role }) => role === "assistant")) {
        expect(message).toMatchObject({
          reasoning_content: "hm",
          content: "Hello there",
          tool_calls: [{ id: "call_0", function: { arguments: '{"city":"Bern"}' } }],
        });
      }
      input.push(...(output as OpenAI.Responses.ResponseInput));
      input.push({ type: "function_call_output", call_id: "call_0", output: "sunny" });
    }
  });
});

test("twenty turns with tools and thoughts: each is sent with what was said before", async () => {
  const proxy = proxyOf();
  const client = clientOf(proxy);
  const history: Anthropic.MessageParam[] = [{ role: "user", content: "Hi" }];
  for (let turn = 0; turn < 20; turn += 1) {
    const { content } = await client.messages
      .stream({ model: MODEL, max_tokens: 100, messages: history })
      .finalMessage();
    const sent = sentBody(proxy).messages as Record<string, unknown>[];
    expect(sent).toHaveLength(1 + turn * 2);
    for (const message of sent.filter(({ role }) => role === "assistant")) {
      expect(message).toMatchObject({
        reasoning_content: "hm",
        content: "Hello there",
        tool_calls: [{ id: "call_0", function: { arguments: '{"city":"Bern"}' } }],
      });
    }
    history.push({ role: "assistant", content });
    const result = { type: "tool_result" as const, tool_use_id: "call_0", content: "sunny" };
    history.push({ role: "user", content: [result] });
  }
  expect(new Set(proxy.calls.map(({ key }) => key)).size).toBe(1);
});
