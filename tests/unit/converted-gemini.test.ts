/** Google's `generateContent` for models whose provider supports chat completions, through the whole handler. */
import { describe, expect, test } from "vitest";
import type { AliasConversion } from "../../lib/models/model-alias.ts";
import { type ChatAnswer, chatStream, wholeChatAnswer } from "../answers/chat-answers.ts";
import {
  type ScriptedProxy,
  scriptedProxy,
  type UpstreamScript,
  unlimitedToken,
} from "../doors/scripted-proxy.ts";

const ANSWER: ChatAnswer = {
  reasoning: "hm",
  text: "Hello there",
  calls: [],
  finish: "stop",
  usage: { input: 120, cached: 20, output: 30 },
  cuts: [3],
  isMixed: false,
};

const answering =
  (answerOf: (turn: number) => ChatAnswer = () => ANSWER): UpstreamScript =>
  ({ url, body }) => {
    if (url.hostname.includes("googleapis")) {
      const content = { role: "model", parts: [{ text: "native" }] };
      return Response.json({ candidates: [{ content, finishReason: "STOP" }] });
    }
    const { stream, messages } = JSON.parse(new TextDecoder().decode(body));
    const answer = answerOf(Math.floor(messages.length / 2));
    return stream === true
      ? new Response(chatStream(answer), { headers: { "content-type": "text/event-stream" } })
      : Response.json(wholeChatAnswer(answer));
  };

function proxyOf(upstream: UpstreamScript = answering()) {
  return scriptedProxy({
    upstream,
    keys: { fireworks: ["sk-fake-fireworks"], "google-ai-studio": ["AIza-fake"] },
    tokens: new Map([["token", unlimitedToken("at_1")]]),
    config: { gatewayUrl: null },
  });
}

const contents: object[] = [{ role: "user", parts: [{ text: "Hi" }] }];
const MODEL = "fireworks/some-model";

const ask = (proxy: ScriptedProxy, call: string, body: object = { contents }) =>
  proxy.fetch(`/v1beta/models/${call}`, {
    method: "POST",
    headers: { "x-goog-api-key": "token", "x-goog-api-client": "google-genai-sdk/3" },
    body: JSON.stringify(body),
  });

const sentBody = ({ calls }: ScriptedProxy) =>
  JSON.parse(new TextDecoder().decode(calls.at(-1)?.body)) as Record<string, unknown>;

describe("a model of a provider that speaks chat completions", () => {
  test("is sent in that format, and answered in Google's; what was done is reported", async () => {
    const proxy = proxyOf();
    const response = await ask(proxy, `${MODEL}:generateContent`, { contents, safetySettings: [] });
    expect(await response.json()).toMatchObject({
      candidates: [
        { content: { role: "model", parts: [{ text: "Hello there" }] }, finishReason: "STOP" },
      ],
      usageMetadata: {
        promptTokenCount: 120,
        cachedContentTokenCount: 20,
        candidatesTokenCount: 30,
      },
      modelVersion: MODEL,
    });
    expect(response.headers.get("x-one-balance-converted")).toBe("gemini to chat");
    expect(response.headers.get("x-one-balance-dropped")).toBe("safetySettings");
    const call = proxy.calls.at(-1);
    expect(call?.url.href).toBe("https://api.fireworks.ai/inference/v1/chat/completions");
    expect(call?.headers.get("authorization")).toBe("Bearer sk-fake-fireworks");
    expect(call?.headers.get("x-goog-api-client")).toBeNull();
    expect(sentBody(proxy)).toEqual({
      model: "some-model",
      messages: [{ role: "user", content: "Hi" }],
    });
    expect(proxy.usage.events.at(-1)).toMatchObject({
      provider: "fireworks",
      model: "some-model",
      outcome: "ok",
      usage: { inputTokens: 120, outputTokens: 30, isEstimate: false },
    });
  });

  test("streams as events, and only so", async () => {
    const proxy = proxyOf();
    const response = await ask(proxy, `${MODEL}:streamGenerateContent?alt=sse`);
    const said = (await response.text()).split("\n\n").filter(Boolean);
    const pieces = said.map((event) => JSON.parse(event.slice("data: ".length)));
    const texts = pieces.flatMap(({ candidates }) => candidates[0].content.parts);
    expect(texts.map(({ text }: { text: string }) => text).join("")).toBe("Hello there");
    expect(pieces.at(-1)).toMatchObject({ candidates: [{ finishReason: "STOP" }] });
    expect(proxy.usage.events.at(-1)).toMatchObject({ isStream: true, outcome: "ok" });
    const refused = await ask(proxy, `${MODEL}:streamGenerateContent`);
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining("alt=sse"),
    ]);
  });

  test("what can't be expressed is rejected by its name; other calls have no counterpart", async () => {
    const proxy = proxyOf();
    const refused = await ask(proxy, `${MODEL}:generateContent`, { contents, cachedContent: "c" });
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining("cachedContent"),
    ]);
    expect((await ask(proxy, `${MODEL}:embedContent`)).status).toBe(400);
    expect(proxy.calls).toEqual([]);
  });
});

test("twenty turns with tools and thoughts: each is sent with what was said before", async () => {
  const turnOf = (turn: number): ChatAnswer => ({
    ...ANSWER,
    reasoning: `thought ${turn}`,
    text: "",
    calls: [{ id: `call_${turn}`, name: "step", input: { turn } }],
    finish: "tool_calls",
  });
  const proxy = proxyOf(answering(turnOf));
  const history = [...contents];
  for (let turn = 0; turn < 20; turn += 1) {
    const response = await ask(proxy, `${MODEL}:generateContent`, { contents: history });
    const { candidates } = (await response.json()) as { candidates: { content: object }[] };
    const sent = sentBody(proxy).messages as Record<string, unknown>[];
    const before = sent.filter(({ role }) => role === "assistant");
    expect(before.map((message) => message.reasoning_content)).toEqual(
      Array.from({ length: turn }, (_, index) => `thought ${index}`),
    );
    expect(sent.filter(({ role }) => role === "tool").map((each) => each.tool_call_id)).toEqual(
      Array.from({ length: turn }, (_, index) => `call_${index}`),
    );
    history.push(candidates[0]?.content as object, {
      role: "user",
      parts: [{ functionResponse: { name: "step", response: { output: `result ${turn}` } } }],
    });
  }
});

describe("an alias", () => {
  const set = (proxy: ScriptedProxy, conversion: AliasConversion, ...providers: string[]) =>
    proxy.state.setAliases({
      name: "smart",
      choice: "ordered",
      targets: providers.map((provider) => ({
        provider,
        model: "some-model",
        weight: 1,
        capabilities: [],
      })),
      conversion,
      maxInputUsd: null,
      maxOutputUsd: null,
    });

  test("leads to Google first, to others where it cannot serve, and to none where that is off", async () => {
    const proxy = proxyOf();
    set(proxy, "needed", "fireworks", "google-ai-studio");
    const target = async () =>
      (await ask(proxy, "smart:generateContent")).headers.get("x-one-balance-target");
    expect(await target()).toBe("google-ai-studio/some-model");
    proxy.state.setKeys("google-ai-studio", []);
    expect(await target()).toBe("fireworks/some-model");
    set(proxy, "never", "fireworks");
    expect((await ask(proxy, "smart:generateContent")).status).toBe(400);
  });

  test("at Google's own address too", async () => {
    const proxy = proxyOf();
    set(proxy, "needed", "fireworks");
    const response = await proxy.fetch(
      "/api/google-ai-studio/v1beta/models/smart:generateContent",
      {
        method: "POST",
        headers: { "x-goog-api-key": "token" },
        body: JSON.stringify({ contents }),
      },
    );
    expect(response.headers.get("x-one-balance-converted")).toBe("gemini to chat");
  });
});
