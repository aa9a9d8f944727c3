/** Responses are recognized by their content, whatever their type is called. */
import { describe, expect, test } from "vitest";
import { scriptedBody } from "../answers/scripted-answer.ts";
import { scriptedProxy } from "../doors/scripted-proxy.ts";

const usage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const choice = { index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" };
const WHOLE = JSON.stringify({ id: "c", object: "chat.completion", choices: [choice], usage });
const quota = { message: "You exceeded your current quota", code: "insufficient_quota" };
const ERROR = JSON.stringify({ error: quota });
const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const EVENTS = [
  event({ choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] }),
  event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
  event({ choices: [], usage }),
  "data: [DONE]\n\n",
].join("");
const CUT = event({ choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] });

const TYPES = [
  ...["application/json", "Application/JSON; Charset=UTF-8", "application/json, application/json"],
  ...["text/event-stream", "Text/Event-Stream", "text/event-stream;charset=utf-8"],
  ...["text/json", "text/plain; charset=utf-8", "text/html", null],
];

/** The first key gets this response, any other a successful one. */
async function ask(text: string, type: string | null, size: number) {
  const bytes = Buffer.from(text);
  const proxy = scriptedProxy({
    keys: { openai: ["sk-fake-first-0001", "sk-fake-second-002"] },
    upstream: (_, clock) => {
      if (proxy.calls.length > 1) return Response.json(JSON.parse(WHOLE));
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_each, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const headers = new Headers(type === null ? {} : { "content-type": type });
      if (size > bytes.length) headers.set("content-length", String(bytes.length));
      return new Response(scriptedBody(pieces, clock), { headers });
    },
  });
  const response = await proxy.fetch("/api/openai/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({ model: "gpt-5-mini", messages: [] }),
  });
  const got = await proxy.clock.run(response.text());
  const [{ outcome, usage: used, attempts } = {}] = proxy.usage.events.slice(-1);
  return { got, outcome, attempts: attempts?.length, used: used?.inputTokens };
}

describe.each(TYPES)("as %s", (type) => {
  test.each([
    ["a whole answer", WHOLE],
    ["events", EVENTS],
  ])("%s", async (_, text) => {
    for (const size of [3, 40, 1e9]) {
      const answer = { got: text, outcome: "ok", attempts: 1, used: 100 };
      expect(await ask(text, type, size), `in pieces of ${size}`).toEqual(answer);
    }
  });

  test.each([
    ["an error", ERROR],
    ["an error behind blanks", `\n \n${ERROR}`],
    ["an error as an event", event({ error: quota })],
    ["an error behind a comment", `: PROCESSING\n\n${event({ error: quota })}`],
  ])("%s costs the client nothing", async (_, text) => {
    for (const size of [3, 40, 1e9]) {
      expect(await ask(text, type, size), `in pieces of ${size}`).toMatchObject({
        outcome: "ok",
        attempts: 2,
        used: 100,
      });
    }
  });

  test("JSON that ends before its end costs the client nothing, though its length was declared", async () => {
    const cut = WHOLE.slice(0, -40);
    if (type?.toLowerCase().includes("event-stream")) return;
    expect(await ask(cut, type, 1e9)).toMatchObject({ outcome: "ok", attempts: 2, used: 100 });
  });

  test("events that break off are no success", async () => {
    expect(await ask(CUT, type, 40)).toMatchObject({ outcome: "upstream_error", attempts: 1 });
  });

  test("a text is a text", async () => {
    const text = "1\n00:00:01,000 --> 00:00:02,000\nHello: there\n";
    if (type?.toLowerCase().includes("event-stream")) return;
    expect(await ask(text, type, 40)).toMatchObject({ got: text, outcome: "ok", attempts: 1 });
  });
});
