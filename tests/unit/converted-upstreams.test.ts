/** Models of Google, of services with its API, and models that OpenAI serves by Responses only: the whole handler. */
import { describe, expect, test } from "vitest";
import type { ConvertibleForm } from "../../lib/conversion/conversion.ts";
import { type Fields, fields, list } from "../../lib/conversion/json.ts";
import type { AliasConversion } from "../../lib/models/model-alias.ts";
import { customProvider } from "../../lib/providers/custom-provider.ts";
import type { StreamPlace } from "../../lib/proxy/ports.ts";
import { StreamSeats } from "../../lib/runtime/objects/stream-object.ts";
import { ANSWERS, OPAQUE } from "../answers/answers-in-forms.ts";
import { CALLERS } from "../answers/callers.ts";
import type { ChatAnswer } from "../answers/chat-answers.ts";
import {
  type ScriptedProxy,
  scriptedProxy,
  type UpstreamCall,
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

const jsonOf = ({ body }: Pick<UpstreamCall, "body">) =>
  fields(JSON.parse(new TextDecoder().decode(body)));

function formAt({ pathname }: URL): ConvertibleForm {
  if (pathname.includes(":")) return "gemini";
  if (pathname.endsWith("/messages")) return "messages";
  return pathname.endsWith("/responses") ? "responses" : "chat";
}

const answering =
  (answerOf: (turn: number) => ChatAnswer = () => ANSWER): UpstreamScript =>
  (call) => {
    const written = ANSWERS[formAt(call.url)];
    const { contents, input, messages } = jsonOf(call);
    const said = list(contents ?? input ?? messages).map(fields);
    const isByModel = ({ role }: Fields) => role === "model" || role === "assistant";
    const answer = answerOf(said.filter(isByModel).length);
    const isStream = call.url.pathname.includes(":stream") || jsonOf(call).stream === true;
    if (!isStream) return Response.json(written.whole(answer));
    return new Response(written.stream(answer), {
      headers: { "content-type": "text/event-stream" },
    });
  };

const OWN = customProvider(
  {
    slug: "relay",
    label: "Relay",
    baseUrl: "https://relay.example.com",
    keyHeader: "x-goog-api-key",
    keyPrefix: "",
    protocol: "google",
  },
  false,
);
const KEYS = {
  openai: ["sk-fake-openai"],
  "google-ai-studio": ["AIza-fake"],
  relay: ["sk-fake-relay"],
  anthropic: ["sk-fake-anthropic"],
};

function proxyOf(upstream: UpstreamScript = answering()) {
  return scriptedProxy({
    upstream,
    keys: KEYS,
    upstreams: { customProviders: [OWN] },
    tokens: new Map([["token", unlimitedToken("at_1")]]),
    config: { gatewayUrl: null },
  });
}

const PATHS: Readonly<Record<ConvertibleForm, (model: string, isStream: boolean) => string>> = {
  chat: () => "/v1/chat/completions",
  messages: () => "/v1/messages",
  responses: () => "/v1/responses",
  gemini: (model, isStream) =>
    `/v1beta/models/${model}:${isStream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
};

function ask(
  proxy: ScriptedProxy,
  form: ConvertibleForm,
  model: string,
  body: object = CALLERS[form].body(HI[form]),
  isStream = false,
) {
  const named = form === "gemini" ? body : { model, ...body, ...(isStream && { stream: true }) };
  return proxy.fetch(PATHS[form](model, isStream), { method: "POST", body: JSON.stringify(named) });
}

const HI: Readonly<Record<ConvertibleForm, readonly object[]>> = {
  chat: [{ role: "user", content: "Hi" }],
  messages: [{ role: "user", content: "Hi" }],
  responses: [{ role: "user", content: "Hi" }],
  gemini: [{ role: "user", parts: [{ text: "Hi" }] }],
};

const converted = (response: Response) => response.headers.get("x-one-balance-converted");

describe("where a request goes", () => {
  test.each<[form: ConvertibleForm, model: string, converted: string | null, url: string]>([
    ["chat", "google-ai-studio/gemini-3-pro", null, "v1beta/openai/chat/completions"],
    ["messages", "google-ai-studio/gemini-3-pro", "messages to gemini", ":generateContent"],
    ["responses", "google-ai-studio/gemini-3-pro", "responses to gemini", ":generateContent"],
    ["gemini", "google-ai-studio/gemini-3-pro", null, ":generateContent"],
    [
      "chat",
      "relay/gemini-3-pro",
      "chat to gemini",
      "relay.example.com/v1beta/models/gemini-3-pro:",
    ],
    ["messages", "relay/gemini-3-pro", "messages to gemini", "relay.example.com/v1beta/models/"],
    ["responses", "relay/gemini-3-pro", "responses to gemini", "relay.example.com/v1beta/models/"],
    ["chat", "openai/gpt-5.1-codex", "chat to responses", "api.openai.com/v1/responses"],
    ["messages", "openai/o3-pro", "messages to responses", "api.openai.com/v1/responses"],
    ["gemini", "openai/o4-mini-deep-research", "gemini to responses", "openai.com/v1/responses"],
    ["responses", "openai/gpt-5.1-codex", null, "api.openai.com/v1/responses"],
    ["chat", "openai/gpt-5.1", null, "api.openai.com/v1/chat/completions"],
    ["messages", "openai/gpt-5.1", "messages to chat", "api.openai.com/v1/chat/completions"],
  ])("%s of %s: %s", async (form, model, expected, url) => {
    const proxy = proxyOf();
    const response = await ask(proxy, form, model);
    expect(response.status).toBe(200);
    expect(converted(response)).toBe(expected);
    expect(proxy.calls.at(-1)?.url.href).toContain(url);
    expect(JSON.stringify(await response.json())).toContain("Hello there");
  });

  test.each<[AliasConversion, ConvertibleForm, provider: string, converted: string | null]>([
    ["needed", "chat", "google-ai-studio", null],
    ["preferred", "chat", "google-ai-studio", "chat to gemini"],
    ["never", "chat", "google-ai-studio", null],
    ["needed", "messages", "google-ai-studio", "messages to gemini"],
    ["never", "messages", "google-ai-studio", "no_route_target"],
    ["never", "chat", "relay", "no_route_target"],
    ["preferred", "chat", "openai", null],
    ["needed", "messages", "openai", "messages to chat"],
    ["preferred", "messages", "openai", "messages to responses"],
    ["preferred", "gemini", "openai", "gemini to responses"],
    ["preferred", "responses", "openai", null],
    ["needed", "gemini", "anthropic", "gemini to messages"],
  ])("an alias with %s: %s at %s", async (conversion, form, provider, expected) => {
    const proxy = proxyOf();
    proxy.state.setAliases({
      name: "smart",
      choice: "ordered",
      targets: [{ provider, model: "some-model", weight: 1, capabilities: [] }],
      conversion,
      maxInputUsd: null,
      maxOutputUsd: null,
    });
    const response = await ask(proxy, form, "smart");
    if (response.status === 200) expect(converted(response)).toBe(expected);
    else expect(await response.text()).toContain(expected);
  });
});

describe("a converted call", () => {
  test("to Google is one of its own, with the pool's key, and is metered by its own answer", async () => {
    const proxy = proxyOf();
    const body = { ...CALLERS.messages.body(HI.messages), metadata: {} };
    const response = await ask(proxy, "messages", "google-ai-studio/gemini-3-pro", body, true);
    expect(await proxy.clock.run(response.text())).toContain('"type":"message_stop"');
    expect(response.headers.get("x-one-balance-dropped")).toBe("metadata");
    const call = proxy.calls.at(-1);
    expect(call?.url.href).toBe(
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse",
    );
    expect(call?.headers.get("x-goog-api-key")).toBe("AIza-fake");
    expect(call?.headers.get("authorization")).toBeNull();
    expect(jsonOf(call as UpstreamCall)).toEqual({
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
      generationConfig: { maxOutputTokens: 100 },
    });
    expect(proxy.usage.events.at(-1)).toMatchObject({
      provider: "google-ai-studio",
      model: "gemini-3-pro",
      outcome: "ok",
      isStream: true,
      usage: { inputTokens: 120, cachedInputTokens: 20, outputTokens: 30, isEstimate: false },
      attempts: [{ converted: "messages to gemini", dropped: ["metadata"] }],
    });
  });

  test("to Responses, too", async () => {
    const proxy = proxyOf();
    const body = { ...CALLERS.chat.body(HI.chat), reasoning_effort: "high", stop: ["END"] };
    const response = await ask(proxy, "chat", "openai/gpt-5.1-codex", body, true);
    expect(await proxy.clock.run(response.text())).toContain("[DONE]");
    expect(response.headers.get("x-one-balance-dropped")).toBe("stop");
    const call = proxy.calls.at(-1);
    expect(call?.headers.get("authorization")).toBe("Bearer sk-fake-openai");
    expect(jsonOf(call as UpstreamCall)).toEqual({
      model: "gpt-5.1-codex",
      input: [{ role: "user", content: "Hi" }],
      reasoning: { effort: "high" },
      include: ["reasoning.encrypted_content"],
      store: false,
      stream: true,
    });
    expect(proxy.usage.events.at(-1)).toMatchObject({
      model: "gpt-5.1-codex",
      outcome: "ok",
      usage: { inputTokens: 120, cachedInputTokens: 20, outputTokens: 30, isEstimate: false },
    });
  });

  test("through the gateway keeps the provider's own path", async () => {
    const proxy = scriptedProxy({ upstream: answering(), keys: KEYS });
    await ask(proxy, "messages", "google-ai-studio/gemini-3-pro");
    expect(proxy.calls.at(-1)?.url.href).toBe(
      "http://gateway.test/v1/account/gateway/google-ai-studio/v1beta/models/gemini-3-pro:generateContent",
    );
    await ask(proxy, "chat", "openai/o3-pro");
    expect(proxy.calls.at(-1)?.url.href).toBe(
      "http://gateway.test/v1/account/gateway/openai/responses",
    );
  });

  test.each(["chat", "messages", "responses"] as const)(
    "that Google rejects is answered in the form of %s",
    async (form) => {
      const error = { code: 400, message: "Bad schema", status: "INVALID_ARGUMENT" };
      const proxy = proxyOf(() => Response.json({ error }, { status: 400 }));
      const response = await ask(proxy, form, "relay/gemini-3-pro");
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { message: "Bad schema" } });
      expect(proxy.usage.events.at(-1)?.outcome).toBe("client_error");
    },
  );
});

describe("a stream that is converted in an object", () => {
  const seats = new StreamSeats();
  const there: StreamPlace = {
    isReady: async () => true,
    convert: async (facts, stream) => seats.convert(JSON.stringify(facts), stream, () => {}),
  };
  const away: StreamPlace = {
    isReady: async () => false,
    convert: () => Promise.reject(new Error()),
  };
  const proxyWith = (streamPlace: StreamPlace | undefined, upstream: UpstreamScript) =>
    scriptedProxy({
      upstream,
      keys: { ...KEYS, relay: ["sk-fake-relay-1", "sk-fake-relay-2"] },
      upstreams: { customProviders: [OWN] },
      config: { gatewayUrl: null },
      ...(streamPlace !== undefined && { streamPlace }),
    });

  /** What the client gets, what was counted, and which keys were asked. */
  async function seen(streamPlace: StreamPlace | undefined, upstream: UpstreamScript) {
    const proxy = proxyWith(streamPlace, upstream);
    const body = CALLERS.messages.body(HI.messages);
    const response = await ask(
      proxy,
      "messages",
      "relay/gemini-3-pro",
      { ...body, max_tokens: 500 },
      true,
    );
    const text = await proxy.clock.run(response.text());
    const [event] = proxy.usage.events;
    // Which of two equal keys comes first doesn't matter.
    const counted = JSON.stringify(event).replaceAll(/relay-\d/g, "relay");
    const { status } = response;
    return { status, text, counted, keys: new Set(proxy.calls.map(({ key }) => key)).size };
  }

  const sse = (...events: readonly object[]) =>
    new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""), {
      headers: { "content-type": "text/event-stream" },
    });
  const error = { error: { code: 429, message: "Quota", status: "RESOURCE_EXHAUSTED" } };
  const said = { candidates: [{ content: { parts: [{ text: "Hello " }] } }] };

  test.each<[what: string, keys: number, upstream: () => UpstreamScript]>([
    ["whole", 1, () => answering()],
    [
      "whose first event is an error",
      2,
      () => {
        let calls = 0;
        return (call) => {
          calls += 1;
          return calls === 1 ? sse(error) : answering()(call, undefined as never);
        };
      },
    ],
    ["that fails in the middle", 1, () => () => sse(said, error)],
    ["that is cut off", 1, () => () => sse(said)],
  ])("is the same, and counts the same, as in the Worker: one %s", async (_, keys, upstream) => {
    const here = await seen(undefined, upstream());
    expect(await seen(there, upstream())).toEqual(here);
    expect(await seen(away, upstream())).toEqual(here);
    expect([here.status, here.keys]).toEqual([200, keys]);
  });
});

describe("an upstream that streams where it should not, or does not where it should", () => {
  const otherwise = (isStream: boolean, to: ConvertibleForm) => () =>
    isStream
      ? Response.json(ANSWERS[to].whole(ANSWER))
      : new Response(ANSWERS[to].stream(ANSWER), {
          headers: { "content-type": "text/event-stream" },
        });

  test.each([
    ["chat", "relay/gemini-3-pro", "gemini"],
    ["messages", "openai/gpt-5.1", "chat"],
    ["responses", "anthropic/claude-opus-4-8", "messages"],
    ["gemini", "openai/o3-pro", "responses"],
  ] as const)("answers %s in the way that was asked: %s", async (form, model, to) => {
    const body = CALLERS[form].body(HI[form]);
    for (const isStream of [true, false]) {
      const response = await ask(proxyOf(otherwise(isStream, to)), form, model, body, isStream);
      const usual = await ask(proxyOf(), form, model, body, isStream);
      expect(response.headers.get("content-type")).toBe(usual.headers.get("content-type"));
      const [said, expected] = [await response.text(), await usual.text()];
      if (isStream) {
        expect(said).toContain("Hello there");
        const lastOf = (events: string) =>
          events
            .split("\n")
            .at(-3)
            ?.replace(/"sequence_number":\d+/, "");
        expect(lastOf(said)).toBe(lastOf(expected));
      } else expect(JSON.parse(said)).toEqual(JSON.parse(expected));
    }
  });
});

/** In any place where a form has JSON of one's own. */
const NESTED: Readonly<Record<ConvertibleForm, (inner: string) => string>> = {
  chat: (inner) =>
    `{"messages":[],"tools":[{"type":"function","function":{"parameters":${inner}}}]}`,
  messages: (inner) =>
    `{"messages":[{"role":"assistant","content":[{"type":"tool_use","input":${inner}}]}]}`,
  responses: (inner) =>
    `{"input":"x","tools":[{"type":"function","name":"f","parameters":${inner}}]}`,
  gemini: (inner) => `{"contents":[{"role":"model","parts":[{"functionCall":{"args":${inner}}}]}]}`,
};

describe("JSON that is nested thousands of levels deep", () => {
  test.each([
    ["messages", "relay/gemini-3-pro"],
    ["gemini", "openai/gpt-5.1"],
    ["gemini", "anthropic/claude-opus-4-8"],
    ["gemini", "openai/o3-pro"],
  ] as const)("is converted or rejected, never an error of ours: %s of %s", async (form, model) => {
    for (const levels of [100, 600, 50_000]) {
      const proxy = proxyOf();
      const inner = `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
      const json = NESTED[form](inner);
      const named = form === "gemini" ? json : `{"model":"${model}",${json.slice(1)}`;
      const response = await proxy.fetch(PATHS[form](model, false), {
        method: "POST",
        body: named,
      });
      expect(response.status).toBe(levels === 100 ? 200 : levels === 600 ? response.status : 400);
      expect([200, 400]).toContain(response.status);
      await response.text();
    }
  });
});

test("an answer that is nested thousands of levels deep is an error in the caller's form", async () => {
  const args = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  const json = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${args}}}]},"finishReason":"STOP"}]}`;
  const proxy = proxyOf(
    ({ url }) =>
      new Response(url.pathname.includes(":stream") ? `data: ${json}\n\n` : json, {
        headers: {
          "content-type": url.pathname.includes(":stream")
            ? "text/event-stream"
            : "application/json",
        },
      }),
  );
  const model = "relay/gemini-3-pro";
  const whole = await ask(proxy, "messages", model);
  expect(await proxy.clock.run(whole.text())).toContain('"type":"error"');
  const body = CALLERS.messages.body(HI.messages);
  const streamed = await ask(proxy, "messages", model, body, true);
  expect(await proxy.clock.run(streamed.text())).toContain("event: error");
});

test.each<[what: string, answer: (key: string) => Response]>([
  ["an error", (key) => Response.json({ error: { message: `No: ${key}` } }, { status: 400 })],
  ["an error with status 200", (key) => Response.json({ error: { message: `No: ${key}` } })],
  ["no JSON", (key) => new Response(`No: ${key}`, { status: 422 })],
])("%s that repeats what was sent shows neither the key nor the token", async (_, answer) => {
  for (const form of ["chat", "messages", "responses"] as const) {
    const proxy = proxyOf(({ headers }) =>
      answer(`${headers.get("x-goog-api-key")} ${headers.get("authorization")}`),
    );
    const response = await ask(proxy, form, "relay/gemini-3-pro");
    const said = await proxy.clock.run(response.text());
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(said).toContain("No: ");
    expect(said).not.toMatch(/sk-fake-relay|Bearer/);
  }
});

const TURNS = 20;

/** Each turn thinks, and calls a tool. */
const turnOf = (turn: number): ChatAnswer => ({
  ...ANSWER,
  reasoning: "x".repeat(turn + 1),
  text: `said ${turn}`,
  calls: [{ id: `call_${turn}`, name: "step", input: { turn } }],
});
const turnsBefore = (turns: number) => Array.from({ length: turns }, (_, turn) => turnOf(turn));

/** What the upstream must get of the turns before: its own seal, and the call with it. */
const UPSTREAMS: Readonly<
  Record<
    "gemini" | "responses",
    {
      readonly model: string;
      sent(request: Fields): unknown[];
      expected(answer: ChatAnswer): unknown;
    }
  >
> = {
  gemini: {
    model: "relay/gemini-3-pro",
    sent: ({ contents }: Fields) =>
      list(contents)
        .flatMap((turn) => list(fields(turn).parts).map(fields))
        .filter(({ functionCall }) => functionCall !== undefined)
        .map(({ functionCall, thoughtSignature }) => [functionCall, thoughtSignature]),
    expected: (answer: ChatAnswer) => {
      const [call] = answer.calls;
      return [{ id: call?.id, name: call?.name, args: call?.input }, OPAQUE.gemini(answer)];
    },
  },
  responses: {
    model: "openai/gpt-5.1-codex",
    sent: ({ input }: Fields) =>
      list(input)
        .map(fields)
        .filter(({ type }) => type === "reasoning")
        .map(({ encrypted_content }) => encrypted_content),
    expected: OPAQUE.responses,
  },
};

const ROUND_TRIPS = (["gemini", "responses"] as const).flatMap((upstream) =>
  (["chat", "messages", "responses", "gemini"] as const)
    .filter((form) => form !== upstream)
    .map((form) => [form, upstream] as const),
);

test.each(ROUND_TRIPS)(
  "twenty turns of %s to %s hand back what was sealed, as it was",
  async (form, upstream) => {
    const { model, sent, expected } = UPSTREAMS[upstream];
    const proxy = proxyOf(answering(turnOf));
    const history = [...HI[form]];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const response = await ask(proxy, form, model, CALLERS[form].body(history));
      expect(sent(jsonOf(proxy.calls.at(-1) as UpstreamCall))).toEqual(
        turnsBefore(turn).map(expected),
      );
      history.push(...CALLERS[form].next(fields(await response.json()), `result ${turn}`));
    }
    expect(proxy.calls).toHaveLength(TURNS);
  },
);
