import { describe, expect, test } from "vitest";
import { KeyPool } from "../pool/key-pool";
import { NO_COOLDOWNS, type PoolKey } from "../pool/types";
import { findProvider } from "../providers/registry";
import type { StateEvent } from "./ports";
import type { ProxyCall } from "./proxy-call";
import type { RequestScope } from "./request-scope";
import { homeOf, mayHaveHome, rememberResources } from "./resource-affinity";
import { scrubberFor } from "./scrub-key";

const provider = findProvider("openai");
if (provider === undefined) throw new Error("openai is built in");

function key(id: string): PoolKey {
  const nothing = { quotaDomain: null, models: null, limits: null, cooldowns: NO_COOLDOWNS };
  return {
    id,
    provider: "openai",
    sealed: "",
    masked: "",
    status: "active",
    weight: 1,
    priority: 0,
    ...nothing,
  };
}

function callTo(url: string, json?: unknown): ProxyCall {
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  return {
    provider: provider as ProxyCall["provider"],
    route: "direct",
    model: null,
    method: "POST",
    path: "",
    url,
    body: json === undefined ? { kind: "none" } : { kind: "kept", bytes },
    isWebSocket: false,
    preferredKeyId: null,
    headers: () => new Headers(),
    placeKey: () => {},
  };
}

/** A scope whose state remembers what is recorded. */
function scopeWith(keys: number) {
  const pool = new KeyPool(() => 0.5);
  for (let number = 0; number < keys; number += 1) pool.upsert(key(`pk_${number}`));
  const homes = new Map<string, string>();
  const state = {
    pool: () => pool,
    keyOfResource: (_provider: string, id: string) => homes.get(id) ?? null,
    record: (event: StateEvent) => {
      if (event.kind === "resource-seen") homes.set(event.resource, event.keyId);
    },
  };
  // Only these parts of a scope are asked for.
  return { homes, scope: { ports: { state, nowMs: () => 1 } } as unknown as RequestScope };
}

function answerOf(json: unknown) {
  const response = Response.json(json);
  const verdict = { meaning: "ok" } as never;
  return {
    kind: "answer",
    response,
    body: { head: new Uint8Array(0), rest: response.body },
    verdict,
    scrubber: scrubberFor("sk-fake-key"),
  } as const;
}

const BASE = "https://api.openai.com/v1";

describe("what an answer names is found again", () => {
  test.each([
    ["a file by its path", { id: "file-abc123" }, callTo(`${BASE}/files/file-abc123/content`)],
    [
      "a batch of its file",
      { id: "file-abc123" },
      callTo(`${BASE}/batches`, { input_file_id: "file-abc123" }),
    ],
    [
      "a response that goes on",
      { id: "resp_abc123" },
      callTo(`${BASE}/responses`, { previous_response_id: "resp_abc123" }),
    ],
    [
      "a batch's result",
      { id: "batch_1234", output_file_id: "file-out99" },
      callTo(`${BASE}/files/file-out99`),
    ],
    [
      "a file in a chat",
      { id: "file-abc123" },
      callTo(`${BASE}/chat/completions`, {
        messages: [{ content: [{ file: { file_id: "file-abc123" } }] }],
      }),
    ],
    [
      "Google's file by its address",
      { file: { name: "files/abc-123" } },
      callTo("https://x/v1beta/models/m:generateContent", {
        fileUri: "https://x/v1beta/files/abc-123",
      }),
    ],
    [
      "Google's cache",
      { name: "cachedContents/xyz9" },
      callTo("https://x/v1beta/models/m:generateContent", { cachedContent: "cachedContents/xyz9" }),
    ],
    [
      "Anthropic's batch",
      { id: "msgbatch_01ab" },
      callTo("https://x/v1/messages/batches/msgbatch_01ab/results"),
    ],
  ])("%s", async (_what, made, later) => {
    const { scope } = scopeWith(3);
    await rememberResources(callTo(`${BASE}/files`), answerOf(made), key("pk_2"), scope);
    expect(mayHaveHome(later, scope)).toBe(true);
    expect(await homeOf(later, scope)).toBe("pk_2");
  });

  test("the answer is delivered whole", async () => {
    const { scope } = scopeWith(2);
    const seen = await rememberResources(
      callTo(`${BASE}/files`),
      answerOf({ id: "file-abc1" }),
      key("pk_1"),
      scope,
    );
    expect(new TextDecoder().decode(seen.body.head)).toBe('{"id":"file-abc1"}');
  });
});

describe("nothing is asked of the store", () => {
  test("for a chat that names nothing", () => {
    const { scope } = scopeWith(3);
    const chat = callTo(`${BASE}/chat/completions`, {
      messages: [{ content: "my file-name.txt" }],
    });
    expect(mayHaveHome(chat, scope)).toBe(false);
  });

  test("where there is one key only", () => {
    const { scope } = scopeWith(1);
    expect(mayHaveHome(callTo(`${BASE}/files/file-abc123`), scope)).toBe(false);
  });
});
