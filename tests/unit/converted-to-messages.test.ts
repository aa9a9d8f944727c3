/** Chat completions and Responses for models whose provider supports Anthropic's API, through the whole handler. */
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { AliasConversion, ModelAlias } from "../../lib/models/model-alias.ts";
import { customProvider } from "../../lib/providers/custom-provider.ts";
import {
  type MessageBlock,
  type MessagesAnswer,
  messagesStream,
  wholeMessagesAnswer,
} from "../answers/messages-answers.ts";
import {
  type ScriptedProxy,
  scriptedProxy,
  type UpstreamScript,
  unlimitedToken,
} from "../doors/scripted-proxy.ts";

const ANSWER: MessagesAnswer = {
  blocks: [
    { type: "thinking", thinking: "hm", signature: "sig" },
    { type: "text", text: "Hello there" },
    { type: "tool_use", id: "toolu_0", name: "weather", input: { city: "Bern" } },
  ],
  stop: "tool_use",
  usage: { input: 100, cached: 20, output: 30 },
  cuts: [3],
};

const answering =
  (answerOf: (turn: number) => MessagesAnswer = () => ANSWER): UpstreamScript =>
  ({ url, body }) => {
    const { stream, messages } = JSON.parse(new TextDecoder().decode(body));
    if (url.pathname.endsWith("/chat/completions")) {
      const message = { role: "assistant", content: "compatible" };
      const choices = [{ index: 0, finish_reason: "stop", message }];
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      return Response.json({ id: "c", object: "chat.completion", choices, usage });
    }
    const answer = answerOf(Math.floor(messages.length / 2));
    if (stream !== true) return Response.json(wholeMessagesAnswer(answer));
    return new Response(messagesStream(answer), {
      headers: { "content-type": "text/event-stream" },
    });
  };

const OWN = customProvider(
  {
    slug: "relay",
    label: "Relay",
    baseUrl: "https://relay.example.com",
    keyHeader: "x-api-key",
    keyPrefix: "",
    protocol: "anthropic",
  },
  false,
);

function proxyOf(upstream: UpstreamScript = answering()) {
  return scriptedProxy({
    upstream,
    keys: { relay: ["sk-fake-relay"], anthropic: ["sk-fake-anthropic"] },
    upstreams: { customProviders: [OWN] },
    tokens: new Map([["token", unlimitedToken("at_1")]]),
    config: { gatewayUrl: null },
  });
}

const openAi = (proxy: ScriptedProxy) =>
  new OpenAI({
    baseURL: "http://one-balance.test/v1",
    apiKey: "token",
    maxRetries: 0,
    fetch: (input, init) => proxy.fetch(new URL(String(input)).pathname, init),
  });

const MODEL = "relay/claude-opus-4-6";
const messages = [{ role: "user" as const, content: "Hi" }];

const sentBody = ({ calls }: ScriptedProxy) =>
  JSON.parse(new TextDecoder().decode(calls.at(-1)?.body)) as {
    readonly messages: readonly { readonly content: readonly { readonly type: string }[] }[];
  } & Readonly<Record<string, unknown>>;

describe("chat completions for a service of the team's own that speaks Messages", () => {
  test("are written as Messages, and what was done is reported", async () => {
    const proxy = proxyOf();
    const { data, response } = await openAi(proxy)
      .chat.completions.create({ model: MODEL, messages, seed: 1, max_completion_tokens: 50 })
      .withResponse();
    expect(data).toMatchObject({
      object: "chat.completion",
      model: MODEL,
      choices: [
        {
          finish_reason: "tool_calls",
          message: {
            content: "Hello there",
            reasoning_content: "hm",
            tool_calls: [
              { id: "toolu_0", function: { name: "weather", arguments: '{"city":"Bern"}' } },
            ],
          },
        },
      ],
      usage: { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 },
    });
    expect(response.headers.get("x-one-balance-converted")).toBe("chat to messages");
    expect(response.headers.get("x-one-balance-dropped")).toBe("seed");
    const call = proxy.calls.at(-1);
    expect(call?.url.href).toBe("https://relay.example.com/v1/messages");
    expect(call?.headers.get("x-api-key")).toBe("sk-fake-relay");
    expect(call?.headers.get("anthropic-version")).not.toBeNull();
    expect(call?.headers.get("authorization")).toBeNull();
    expect(sentBody(proxy)).toEqual({
      model: "claude-opus-4-6",
      max_tokens: 50,
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    });
    expect(proxy.usage.events.at(-1)).toMatchObject({
      provider: "relay",
      model: "claude-opus-4-6",
      outcome: "ok",
      usage: { inputTokens: 120, cachedInputTokens: 20, outputTokens: 30, isEstimate: false },
      attempts: [{ converted: "chat to messages", dropped: ["seed"] }],
    });
  });

  test("stream, and their use is the upstream's own", async () => {
    const proxy = proxyOf();
    const ask = { model: MODEL, messages, stream_options: { include_usage: true } };
    const read = await openAi(proxy).chat.completions.stream(ask).finalChatCompletion();
    expect(read.choices[0]?.message.content).toBe("Hello there");
    expect(read.usage).toMatchObject({ prompt_tokens: 120, completion_tokens: 30 });
    expect(proxy.usage.events.at(-1)).toMatchObject({
      isStream: true,
      outcome: "ok",
      usage: { inputTokens: 120, outputTokens: 30, isEstimate: false },
    });
  });

  test("what can't be expressed is rejected by its name, before anyone is called", async () => {
    const proxy = proxyOf();
    await expect(
      openAi(proxy).chat.completions.create({ model: MODEL, messages, n: 2 }),
    ).rejects.toMatchObject({
      status: 400,
      code: "not_convertible",
      message: expect.stringMatching(/\bn: /),
    });
    expect(proxy.calls).toEqual([]);
  });

  test("the upstream's errors get OpenAI's shape", async () => {
    const error = { type: "error", error: { type: "invalid_request_error", message: "Not so" } };
    const proxy = proxyOf(() => Response.json(error, { status: 400 }));
    await expect(
      openAi(proxy).chat.completions.create({ model: MODEL, messages }),
    ).rejects.toMatchObject({ status: 400, type: "invalid_request_error", message: "400 Not so" });
  });
});

const TURNS = 20;

/** Each turn thinks, and calls a tool; the last one is done. */
function turnOf(turn: number): MessagesAnswer {
  const call: MessageBlock = {
    type: "tool_use",
    id: `toolu_${turn}`,
    name: "step",
    input: { turn },
  };
  const said: MessageBlock = { type: "text", text: "Done" };
  return {
    ...ANSWER,
    blocks: [
      { type: "thinking", thinking: `thought ${turn}`, signature: `signature ${turn}` },
      { type: "redacted_thinking", data: `sealed ${turn}` },
      turn < TURNS - 1 ? call : said,
    ],
    stop: turn < TURNS - 1 ? "tool_use" : "end_turn",
  };
}

/** What Anthropic must get of the previous turns: each unchanged, because its thoughts are bound to it. */
function expectedTurns(turns: number) {
  return Array.from({ length: turns }, (_, turn) => turnOf(turn).blocks);
}

const assistantTurns = (proxy: ScriptedProxy) =>
  sentBody(proxy).messages.flatMap(({ content }, index) => (index % 2 === 1 ? [content] : []));

describe("sessions of 20 turns with tools and thoughts", () => {
  test("in chat completions hand every thought back as it was signed", async () => {
    const proxy = proxyOf(answering(turnOf));
    const history: OpenAI.ChatCompletionMessageParam[] = [...messages];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const { choices } = await openAi(proxy).chat.completions.create({
        model: MODEL,
        messages: history,
        reasoning_effort: "high",
      });
      const message = choices[0]?.message as OpenAI.ChatCompletionMessage;
      expect(assistantTurns(proxy)).toEqual(expectedTurns(turn));
      history.push(message);
      for (const { id } of message.tool_calls ?? []) {
        history.push({ role: "tool", tool_call_id: id, content: `result ${turn}` });
      }
    }
    expect(proxy.calls).toHaveLength(TURNS);
  });

  test("in Responses too, streamed", async () => {
    const proxy = proxyOf(answering(turnOf));
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: "Hi" }];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const { output } = await openAi(proxy)
        .responses.stream({
          model: MODEL,
          input,
          reasoning: { effort: "high" },
          include: ["reasoning.encrypted_content"],
          store: false,
        })
        .finalResponse();
      expect(assistantTurns(proxy)).toEqual(expectedTurns(turn));
      input.push(...(output as OpenAI.Responses.ResponseInputItem[]));
      for (const item of output) {
        if (item.type !== "function_call") continue;
        input.push({
          type: "function_call_output",
          call_id: item.call_id,
          output: `result ${turn}`,
        });
      }
    }
    expect(proxy.calls).toHaveLength(TURNS);
    expect(proxy.usage.events.at(-1)?.attempts).toMatchObject([
      { converted: "responses to messages" },
    ]);
  });
});

describe("an alias", () => {
  const smart = (conversion: AliasConversion, ...providers: readonly string[]): ModelAlias => ({
    name: "smart",
    choice: "ordered",
    targets: providers.map((provider) => ({
      provider,
      model: "claude-opus-4-6",
      weight: 1,
      capabilities: [],
    })),
    conversion,
    maxInputUsd: null,
    maxOutputUsd: null,
  });
  const ask = { model: "smart", messages };

  test.each([
    ["needed", "/v1/chat/completions", null],
    ["never", "/v1/chat/completions", null],
    ["preferred", "/v1/messages", "chat to messages"],
  ] as const)("%s: chat completions at Anthropic", async (conversion, path, converted) => {
    const proxy = proxyOf();
    proxy.state.setAliases(smart(conversion, "anthropic"));
    const { response } = await openAi(proxy).chat.completions.create(ask).withResponse();
    expect(proxy.calls.at(-1)?.url.pathname).toBe(path);
    expect(response.headers.get("x-one-balance-converted")).toBe(converted);
  });

  test("never: a target that would need it is skipped, and alone is rejected", async () => {
    const proxy = proxyOf();
    proxy.state.setAliases(smart("never", "relay", "anthropic"));
    const { response } = await openAi(proxy).chat.completions.create(ask).withResponse();
    expect(response.headers.get("x-one-balance-target")).toBe("anthropic/claude-opus-4-6");
    proxy.state.setAliases(smart("never", "relay"));
    await expect(openAi(proxy).chat.completions.create(ask)).rejects.toMatchObject({
      status: 400,
      code: "no_route_target",
    });
    await expect(
      openAi(proxy).responses.create({ model: "smart", input: "Hi" }),
    ).rejects.toMatchObject({ status: 400, code: "no_route_target" });
  });

  test("needed: providers of the format come first, and Responses at Anthropic become Messages", async () => {
    const proxy = proxyOf();
    proxy.state.setAliases(smart("needed", "relay", "anthropic"));
    const chat = await openAi(proxy).chat.completions.create(ask).withResponse();
    expect(chat.response.headers.get("x-one-balance-target")).toBe("anthropic/claude-opus-4-6");
    proxy.state.setAliases(smart("needed", "anthropic"));
    const { data, response } = await openAi(proxy)
      .responses.create({ model: "smart", input: "Hi" })
      .withResponse();
    expect(data.output_text).toBe("Hello there");
    expect(response.headers.get("x-one-balance-converted")).toBe("responses to messages");
  });
});
