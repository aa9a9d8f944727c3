/**
 * The way of a plain chat completion: the files that its request passes as a whole are those listed in CONTRIBUTING.md,
 * and they are few. Measured by V8's coverage of one request.
 */
import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { codeSpans, readDocument, tableRows } from "../docs/markdown.ts";
import { scriptedProxy } from "../doors/scripted-proxy.ts";

/** As many as a newcomer can be expected to read. */
const WAY_MAX = 25;
/** Including those along the way, which answer one question about a text, a header, a time. */
const RUN_MAX = 110;

/**
 * A module that imports one of these knows about the request as a whole, whether it is called facts, call, run or ask.
 */
const WHOLE =
  /from "[^"]*\/(?:request-scope|request-facts|proxy-call|served|pool-run|pick-result)"/;

const ANSWER = {
  id: "chatcmpl-1",
  object: "chat.completion",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hi." } }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
};

/** Modules of `lib` of which a function ran for the request. */
let ran: readonly string[] = [];

beforeAll(async () => {
  const proxy = scriptedProxy({
    keys: { openai: ["sk-fake-1", "sk-fake-2"] },
    upstream: () => Response.json(ANSWER),
  });
  const ask = async () => {
    const response = await proxy.fetch("/api/openai/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: "Hi" }] }),
    });
    expect([response.status, await response.json()]).toEqual([200, ANSWER]);
  };
  // One-time setup for a model isn't part of the way.
  await ask();
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await ask();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();
  const lib = join(root, "lib/");
  ran = result
    .filter(({ functions }) =>
      functions.some(({ ranges: [own] }) => own !== undefined && own.startOffset > 0 && own.count),
    )
    .flatMap(({ url }) => {
      const at = url.indexOf(lib);
      return at === -1 ? [] : [`lib/${url.slice(at + lib.length)}`];
    })
    .toSorted();
});

function isOnTheWay(module: string): boolean {
  return WHOLE.test(readFileSync(join(root, module), "utf8"));
}

test("CONTRIBUTING.md lists the files that a chat completion passes, and they are few", () => {
  const listed = tableRows(readDocument("CONTRIBUTING.md"), "the request's way").flatMap(
    ([file = ""]) => codeSpans(file),
  );
  expect(listed.toSorted()).toEqual(ran.filter(isOnTheWay));
  expect(listed.length).toBeLessThanOrEqual(WAY_MAX);
});

test("what runs beside the way does not grow unseen", () => {
  expect(ran.length).toBeLessThanOrEqual(RUN_MAX);
  expect(ran.filter(isOnTheWay).length).toBeGreaterThan(10);
});
