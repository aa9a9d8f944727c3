/**
 * How often real SDKs retry after each of our errors, and how long they wait, on their own clock: if waiting is useless
 * they stop within seconds and show our message, and if it is short they wait.
 */

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { ChatOpenAI } from "@langchain/openai";
import { generateText } from "ai";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ErrorFormat } from "../../lib/providers/types.ts";
import { errorResponse } from "../../lib/proxy/answer/error-response.ts";
import { adviceOf } from "../../lib/proxy/answer/retry-hints.ts";
import { ProxyError } from "../../lib/proxy/proxy-error.ts";

const HOURS = 12_782_000;

const ERRORS = {
  "a wrong token": new ProxyError("invalid_access_token", "This access token is not known."),
  "a model that the token may not use": new ProxyError("access_denied", "It may not use it."),
  "no such model": new ProxyError("model_not_found", "No pool is known to serve it."),
  "an empty pool": new ProxyError("no_provider_keys", "There is no usable key in the pool."),
  "a used-up budget": new ProxyError("token_limit_reached", "This token's limit is reached.", {
    retryAfterMs: HOURS,
    limitSource: "token",
  }),
  "a pool that rests for hours": new ProxyError("pool_exhausted", "Every key is at its limit.", {
    retryAfterMs: HOURS,
    limitSource: "pool",
  }),
} as const;

const SOON = new ProxyError("pool_exhausted", "Every key is at its limit.", { retryAfterMs: 7000 });

type Fetch = typeof fetch;

interface Client {
  readonly form: ErrorFormat;
  ask(fetchFrom: Fetch): Promise<unknown>;
  /** Whether it obeys the header against retries; others retry a few times. */
  readonly obeys: boolean;
  /** Whether it retries by default. */
  readonly retries: boolean;
  /** If no content of a response stops it. */
  readonly deafTo?: keyof typeof ERRORS;
}

const baseURL = "http://one-balance.test";
const messages = [{ role: "user" as const, content: "Hi" }];

const CLIENTS: Readonly<Record<string, Client>> = {
  openai: {
    form: "openai",
    obeys: true,
    retries: true,
    ask: (fetchFrom) =>
      new OpenAI({ baseURL, apiKey: "x", fetch: fetchFrom }).chat.completions.create({
        model: "m",
        messages,
      }),
  },
  "@anthropic-ai/sdk": {
    form: "anthropic",
    obeys: true,
    retries: true,
    ask: (fetchFrom) =>
      new Anthropic({ baseURL, apiKey: "x", fetch: fetchFrom }).messages.create({
        model: "m",
        max_tokens: 9,
        messages,
      }),
  },
  "@google/genai": {
    form: "google",
    obeys: true,
    retries: false,
    ask: (fetchFrom) => {
      vi.stubGlobal("fetch", fetchFrom);
      const client = new GoogleGenAI({ apiKey: "x", httpOptions: { baseUrl: baseURL } });
      return client.models.generateContent({ model: "m", contents: "Hi" });
    },
  },
  "AI SDK": {
    form: "openai",
    obeys: false,
    retries: true,
    ask: (fetchFrom) => {
      const provider = createOpenAICompatible({ name: "ob", baseURL, fetch: fetchFrom });
      return generateText({ model: provider("m"), prompt: "Hi" });
    },
  },
  LangChain: {
    form: "openai",
    obeys: true,
    retries: true,
    // It retries after any 503, `maxRetries` times.
    deafTo: "an empty pool",
    ask: (fetchFrom) =>
      new ChatOpenAI({
        model: "m",
        apiKey: "x",
        configuration: { baseURL, fetch: fetchFrom },
      }).invoke("Hi"),
  },
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Runs a client against a permanent error. */
async function play({ ask, form }: Client, error: ProxyError) {
  let calls = 0;
  const startedMs = Date.now();
  const answer: Fetch = async () => {
    calls += 1;
    return errorResponse(error, {
      format: form,
      requestId: "req_1",
      attempts: 0,
      headers: new Headers(),
      nowMs: Date.now(),
    });
  };
  const state: { said: string | null } = { said: null };
  void ask(answer).then(
    () => {
      state.said = "an answer";
    },
    (failure: unknown) => {
      state.said = String(failure instanceof Error ? failure.message : failure);
    },
  );
  for (let turn = 0; turn < 2_000 && state.said === null && calls < 50; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (turn % 20 === 19 && state.said === null) vi.advanceTimersToNextTimer();
  }
  return { calls, sleptMs: Date.now() - startedMs, said: state.said ?? "" };
}

describe.each(Object.entries(CLIENTS))("%s", (_, client) => {
  const obeyed = Object.entries(ERRORS).filter(([name]) => name !== client.deafTo);
  test.each(obeyed)("%s: stops, and says our words", async (_, error) => {
    const { calls, sleptMs, said } = await play(client, error);
    expect(said).toContain(error.message);
    expect(calls).toBeLessThanOrEqual(client.obeys ? 1 : 3);
    expect(sleptMs).toBeLessThanOrEqual(client.obeys ? 0 : 5_000);
  });
});

test.each(Object.entries(CLIENTS).filter(([, { retries }]) => retries))(
  "%s: waits for a short rest, and asks again",
  async (_, client) => {
    const { calls, sleptMs } = await play(client, SOON);
    expect(calls).toBeGreaterThan(1);
    expect(sleptMs).toBeGreaterThanOrEqual(7_000 * (calls - 1) * 0.9);
  },
);

const respond = (error: ProxyError, format: ErrorFormat, headers = new Headers()) =>
  errorResponse(error, { format, requestId: "req_1", attempts: 0, headers, nowMs: 1_000_000 });

describe("what clients read that are no SDKs", () => {
  test("Codex: a type that it knows, and when to come back", async () => {
    const response = respond(ERRORS["a used-up budget"], "openai");
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("12782");
    expect(await response.json()).toMatchObject({
      error: { type: "usage_limit_reached", code: "token_limit_reached", resets_at: 13_782 },
    });
    const soon = (await respond(SOON, "openai").json()) as { error: object };
    expect(soon.error).toMatchObject({ type: "rate_limit_error" });
    expect(soon.error).not.toHaveProperty("resets_at");
  });

  test("Gemini CLI: a wait that it does not sleep through, or one that it does", async () => {
    const waitOf = async (error: ProxyError) => {
      const { error: told } = (await respond(error, "google").json()) as {
        error: { details: readonly { retryDelay?: string }[] };
      };
      return told.details.find((detail) => "retryDelay" in detail)?.retryDelay;
    };
    expect(await waitOf(ERRORS["a pool that rests for hours"])).toBe("12782s");
    expect(await waitOf(SOON)).toBe("7s");
    expect(await waitOf(ERRORS["an empty pool"])).toBe("3600s");
    expect(await waitOf(ERRORS["a wrong token"])).toBeUndefined();
  });

  test("Claude Code: no `overloaded_error` where nothing will be there soon", async () => {
    const typeOf = async (error: ProxyError) =>
      ((await respond(error, "anthropic").json()) as { error: { type: string } }).error.type;
    expect(await typeOf(ERRORS["an empty pool"])).toBe("api_error");
    expect(await typeOf(ERRORS["a wrong token"])).toBe("authentication_error");
    const again = new ProxyError("store_unavailable", "Not now.", { retryAfterMs: 2_000 });
    expect(await typeOf(again)).toBe("overloaded_error");
  });

  test("SDKs made by Fern: no `Retry-After` that they would sleep through without use", () => {
    const fern = new Headers({ "x-fern-language": "JavaScript" });
    const error = ERRORS["a used-up budget"];
    expect(respond(error, "openai", fern).headers.has("retry-after")).toBe(false);
    expect(respond(SOON, "openai", fern).headers.get("retry-after")).toBe("7");
  });

  test("opencode: a second between its tries, not hours", () => {
    for (const error of Object.values(ERRORS)) {
      expect(respond(error, "openai").headers.get("retry-after-ms")).toBe("250");
    }
    expect(respond(SOON, "openai").headers.has("retry-after-ms")).toBe(false);
  });
});

test("advice follows what the error knows", () => {
  const of = (code: ProxyError["code"], retryAfterMs?: number) =>
    adviceOf(new ProxyError(code, "", retryAfterMs === undefined ? {} : { retryAfterMs }));
  expect(of("upstream_timeout")).toBe("unsaid");
  expect(of("upstream_unreachable")).toBe("unsaid");
  expect(of("no_provider_keys", 1_000)).toBe("soon");
  expect(of("pool_exhausted", 60_000)).toBe("soon");
  expect(of("pool_exhausted", 60_001)).toBe("later");
  expect(of("websocket_unsupported")).toBe("stop");
});
