/** Sessions of Codex and Claude Code, many at a time, on a pool of 20 keys: each stays where its prompt cache is. */
import { expect, test } from "vitest";
import { type ScriptedProxy, scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const KEYS = 20;
const SESSIONS = 12;
const TURNS = 20;
/** The share of a session's turns on one key. */
const STAYING = 0.95;

/** As long as these programs' own: instructions, tools and environment come before the user's first text. */
const LONG = "You are an agent. ".repeat(1_500);
const TOOLS = Array.from({ length: 12 }, (_, index) => ({
  name: `tool_${index}`,
  description: LONG.slice(0, 900),
}));

interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

type Program = (session: number, turn: number) => readonly Asked[];

const said = (session: number, turn: number) => `turn ${turn} of session ${session}`;

/** What Codex 0.171 sends by HTTP: its thread in a header, and as the cache's key. */
const codex: Program = (session, turn) => {
  const thread = `0199f000-0000-7000-8000-${String(session).padStart(12, "0")}`;
  const input = Array.from({ length: turn + 1 }, (_, index) => [
    {
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: said(session, index) }],
    },
    ...(index < turn
      ? [{ type: "function_call", call_id: `c${index}`, name: "shell", arguments: "{}" }]
      : []),
  ]).flat();
  const body = {
    model: "gpt-5-mini",
    instructions: LONG,
    tools: TOOLS.map((tool) => ({ type: "function", ...tool })),
    input,
    prompt_cache_key: thread,
  };
  return [{ path: "/api/openai/v1/responses", headers: { "session-id": thread }, body }];
};

/** What Claude Code 2.1 sends: its session in a header, and besides the conversation small calls to a small model. */
const claudeCode: Program = (session, turn) => {
  const headers = {
    "x-claude-code-session-id": `session-${session}`,
    "anthropic-version": "2023-06-01",
  };
  const messages = Array.from({ length: turn + 1 }, (_, index) => [
    { role: "user", content: [{ type: "text", text: said(session, index) }] },
    ...(index < turn ? [{ role: "assistant", content: "Done." }] : []),
  ]).flat();
  const system = [{ type: "text", text: LONG, cache_control: { type: "ephemeral" } }];
  const main = { model: "claude-sonnet-4-5", max_tokens: 9, system, tools: TOOLS, messages };
  const title = { model: "claude-haiku-4-5", max_tokens: 9, messages: messages.slice(-1) };
  const path = "/api/anthropic/v1/messages?beta=true";
  return [main, ...(turn % 5 === 0 ? [title] : [])].map((body) => ({ path, headers, body }));
};

/** The same without anything that names a session: any other agent. */
const unnamed: Program = (session, turn) =>
  claudeCode(session, turn).map(({ path, headers, body }) => ({
    path,
    headers: { "anthropic-version": headers["anthropic-version"] ?? "" },
    body,
  }));

/** The same program at the shared addresses, with another provider's model. */
const elsewhere =
  (program: Program, path: string, model: string): Program =>
  (session, turn) =>
    program(session, turn).map(({ headers, body }) => ({
      path,
      headers,
      body: { ...body, model },
    }));

const SAID = {
  usage: { input_tokens: 9_000, output_tokens: 90, total_tokens: 9_090 },
  choices: [{ index: 0, message: { role: "assistant", content: "Done." }, finish_reason: "stop" }],
  candidates: [{ content: { parts: [{ text: "Done." }] }, finishReason: "STOP" }],
};

function proxyOf(provider: string) {
  return scriptedProxy({
    upstream: () => Response.json(SAID),
    keys: {
      [provider]: Array.from({ length: KEYS }, (_, index) => `sk-fake-${provider}-${index}`),
    },
    tokens: new Map([["token", unlimitedToken("at_1")]]),
    config: { gatewayUrl: null },
  });
}

/** @returns For each session, the part of its turns that its most used key has served. */
async function play(proxy: ScriptedProxy, program: Program): Promise<readonly number[]> {
  const used = Array.from({ length: SESSIONS }, () => new Map<string, number>());
  for (let turn = 0; turn < TURNS; turn += 1) {
    // The sessions' turns are interleaved.
    await Promise.all(
      used.map(async (keys, session) => {
        for (const { path, headers, body } of program(session, turn)) {
          const isMain = "tools" in body;
          const text = JSON.stringify(body);
          const response = await proxy.fetch(path, {
            method: "POST",
            headers: { ...headers, authorization: "Bearer token" },
            body: text,
          });
          expect(response.status).toBe(200);
          await response.text();
          if (!isMain) continue;
          const call = proxy.calls.findLast((each) => {
            const sent = new TextDecoder().decode(each.body);
            return sent.includes(`${said(session, turn)}"`) && sent.includes("tool_0");
          });
          if (call?.key) keys.set(call.key, (keys.get(call.key) ?? 0) + 1);
        }
      }),
    );
    await proxy.clock.advance(3_000);
  }
  return used.map((keys) => Math.max(...keys.values()) / TURNS);
}

test.each([
  ["Codex", "openai", codex],
  ["Claude Code", "anthropic", claudeCode],
  [
    "Claude Code on another provider's model",
    "groq",
    elsewhere(claudeCode, "/v1/messages", "groq/llama-3.1-8b-instant"),
  ],
  [
    "Codex on another provider's model",
    "google-ai-studio",
    elsewhere(codex, "/v1/responses", "google-ai-studio/gemini-2.5-pro"),
  ],
  [
    "an agent that names no session, on another provider's model",
    "groq",
    elsewhere(unnamed, "/v1/messages", "groq/llama-3.1-8b-instant"),
  ],
  ["an agent that names no session", "anthropic", unnamed],
] as const)("%s", async (_, provider, program) => {
  const staying = await play(proxyOf(provider), program);
  expect(staying.filter((part) => part < STAYING)).toEqual([]);
});

test("sessions are spread over the keys", async () => {
  const proxy = proxyOf("openai");
  await play(proxy, codex);
  expect(new Set(proxy.calls.map(({ key }) => key)).size).toBeGreaterThan(SESSIONS / 3);
});
