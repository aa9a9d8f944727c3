import { describe, expect, test } from "vitest";
import { NOW_MS, openAi } from "../../../tests/error-answers/error-answer";
import { providers } from "../registry";
import { judgeAnswer, judgeStreamStart, OK } from "./judge-answer";
import { judge, providerOf } from "./judge-for-test";

describe("errors inside a 200 answer", () => {
  const start = (text: string, name = "openai") =>
    judgeStreamStart({ provider: providerOf(name), text, nowMs: NOW_MS });

  test.each([
    [
      "anthropic",
      'event: error\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"Number of tokens per minute exceeded"}}\n\n',
      "rate_limit_minute",
    ],
    [
      "anthropic",
      'event: error\ndata: {"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}\n\n',
      "key_invalid",
    ],
    [
      "openai",
      'event: response.failed\ndata: {"type":"response.failed","response":{"id":"resp_0","error":{"code":"server_is_overloaded","message":"busy"}}}\n\n',
      "overloaded",
    ],
    [
      "openai",
      '{"id":"resp_0","object":"response","status":"failed","error":{"code":"server_error","message":"x"},"output":[]}',
      "server_error",
    ],
    [
      "openrouter",
      '{"id":"gen-0","object":"chat.completion","choices":[],"usage":null,"error":{"code":402,"message":"Insufficient credits"}}',
      "out_of_credit",
    ],
    [
      "openai",
      'data: {"type":"error","code":"insufficient_quota","message":"You exceeded your current quota"}\n\n',
      "out_of_credit",
    ],
    [
      "google-ai-studio",
      'data: {"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}\n\n',
      "rate_limit_minute",
    ],
    [
      "google-ai-studio",
      '[{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]',
      "overloaded",
    ],
    [
      "openrouter",
      ': OPENROUTER PROCESSING\n\ndata: {"error":{"code":402,"message":"Insufficient credits"}}\n\n',
      "out_of_credit",
    ],
    ["openai", "event: error\ndata: upstream went away\n\n", "server_error"],
  ])("%s: %j is %s", (name, text, meaning) => {
    expect(start(text, name)?.meaning).toBe(meaning);
  });

  test.each([
    'event: message_start\ndata: {"type":"message_start","message":{}}\n\nevent: error\ndata: {"type":"error"}\n\n',
    'data: {"id":"1","object":"chat.completion.chunk","choices":[{"delta":{"content":"error"}}],"error":null}\n\n',
    'data: {"choices":[{"delta":{"content":"{\\"error\\":{}}"}}]}\n\n',
    '{"id":"resp_0","object":"response","status":"completed","error":null,"output":[]}',
    '{"id":"batch_0","object":"batch","status":"failed","error":{"code":"server_error","message":"x"}}',
    '[{"candidates":[{"content":{"parts":[{"text":"an error"}]}}]}]',
    'data: {"choices":[{"delta":{"content":"cut off in the middle of an error',
    "",
  ])("%j is no error", (text) => {
    expect(start(text)).toBeNull();
    expect(judge("openai", 200, text)).toEqual(OK);
  });
});

test("the words are the upstream's, folded and cut", () => {
  const { words } = judge("openai", 400, openAi(`too\n\n  long ${"x".repeat(400)}`));
  expect(words).toMatch(/^too long x+$/);
  expect(words).toHaveLength(300);
});

describe("judging is total", () => {
  const seed = Number(process.env.JUDGE_SEED ?? Date.now() % 1_000_000);
  /** mulberry32: small, and the same everywhere. */
  const random = (() => {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
  })();
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const WORDS = [
    "invalid api key",
    "API_KEY_INVALID",
    "suspended",
    "error",
    "<html>",
    "{",
    "}",
    "[",
    '"error":',
    "data: ",
    "\n",
    "event: error\n",
    "limit: 0",
    "retry in 5s",
    "Unauthorized",
    "\u0000",
    "ü",
    "123",
    ",",
    '"',
    "message",
  ];
  const STATUSES = [200, 201, 302, 400, 401, 402, 403, 404, 413, 429, 498, 500, 503, 529, 599];
  const noise = () => Array.from({ length: Math.floor(random() * 12) }, () => pick(WORDS)).join("");
  const randomJson = (depth: number): unknown => {
    const kind = random();
    if (depth === 0 || kind < 0.3)
      return pick([null, true, 0, -1, 429, "", noise(), "{}", '{"error":{"message":"x"}}']);
    if (kind < 0.5) return Array.from({ length: 2 }, () => randomJson(depth - 1));
    const keys = [
      "error",
      "errors",
      "message",
      "code",
      "type",
      "status",
      "detail",
      "details",
      "metadata",
      "headers",
      "violations",
      "quotaId",
      "choices",
      "response",
      "resets_at",
      "__proto__",
      "reason",
    ];
    return Object.fromEntries(Array.from({ length: 4 }, () => [pick(keys), randomJson(depth - 1)]));
  };

  test(`random bodies never throw, and no text blocks a key (JUDGE_SEED=${seed})`, () => {
    for (let round = 0; round < 4000; round++) {
      const isText = round % 2 === 0;
      // A first character that begins neither JSON nor an event.
      const text = isText ? `x${noise()}` : JSON.stringify(randomJson(4));
      const headers = new Headers({
        "retry-after": pick(["", "5", "-1", "soon", "9e9", "1e400"]),
        "x-ratelimit-reset": pick(["", "1", "1777420800000", "x"]),
      });
      const verdict = judgeAnswer({
        provider: pick(providers),
        status: pick(STATUSES),
        headers,
        text,
        nowMs: NOW_MS,
      });
      if (isText) expect(verdict.effect.kind, text).not.toBe("block");
      if (verdict.effect.kind === "cool") {
        expect(verdict.effect.untilMs, text).toBeGreaterThanOrEqual(NOW_MS + 1000);
        expect(verdict.effect.untilMs, text).toBeLessThanOrEqual(NOW_MS + 32 * 86_400_000);
      }
    }
  });
});
