/** What was created through a key is found again with that key, and only by its maker. */

import { beforeEach, describe, expect, test } from "vitest";
import { type ScriptedProxy, scriptedProxy } from "../../../tests/doors/scripted-proxy.ts";
import { NO_LIMITS } from "../../usage/token-limits";
import type { AccessToken } from "../ports";

const LIMITS = { ...NO_LIMITS, dailyRequests: 1_000 };

function token(id: string, fields: Partial<AccessToken> = {}): AccessToken {
  return { id, name: id, ownerId: null, scopes: null, expiresAtMs: null, ...fields };
}

const budget = (id: string) => ({
  limitHolders: [{ kind: "token" as const, id, budgetId: id, limits: LIMITS }],
});

const TOKENS = new Map<string, AccessToken>([
  ["admin", token("env_1", { isAdmin: true })],
  ["ann-1", token("at_ann1", { ownerId: "us_ann", ...budget("at_ann1") })],
  ["ann-2", token("at_ann2", { ownerId: "us_ann" })],
  ["bob", token("at_bob", { ownerId: "us_bob" })],
  ["team", token("at_team", budget("at_team"))],
  ["team-rotated", token("at_team2", { familyId: "at_team" })],
  [
    "limited",
    token("at_lim", {
      scopes: [{ provider: null, models: ["gpt-5-mini", "claude-5", "gemini-3"] }],
    }),
  ],
]);

let serial = 0;
let proxy: ScriptedProxy;
beforeEach(() => {
  proxy = scriptedProxy({
    tokens: TOKENS,
    keys: {
      openai: ["sk-1", "sk-2", "sk-3"],
      anthropic: ["ak-1", "ak-2"],
      mistral: ["mk-1"],
      "google-ai-studio": ["gk-1", "gk-2"],
    },
    upstream: ({ url, method, body }) => {
      serial += 1;
      const isStream = new TextDecoder().decode(body).includes('"stream":true');
      if (isStream) {
        const response = { id: `resp_stream${serial}`, object: "response" };
        const events = [
          { type: "response.created", response },
          { type: "response.output_text.delta", delta: "hello" },
          { type: "response.completed", response },
        ];
        return new Response(
          events
            .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
            .join(""),
          { headers: { "content-type": "text/event-stream" } },
        );
      }
      const made = url.pathname.includes("cachedContents")
        ? { name: `cachedContents/cache${serial}` }
        : url.pathname.includes("mistral")
          ? { id: `0f1e2d3c-4b5a-6978-8796-a5b4c3d2e${100 + serial}`, object: "file" }
          : url.pathname.includes("anthropic")
            ? { id: `file_01fake${serial}`, type: "file" }
            : { id: `${url.pathname.includes("responses") ? "resp_" : "file-"}fake${serial}` };
      return Response.json(method === "GET" ? { ok: true } : made);
    },
  });
});

const ask = (path: string, who: string, json?: unknown, method?: string) =>
  proxy.fetch(`/api/${path}`, {
    method: method ?? (json === undefined ? "GET" : "POST"),
    headers: { authorization: `Bearer ${who}`, "content-type": "application/json" },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });

async function make(path: string, who: string, json: object = { model: "gpt-5-mini" }) {
  const response = await ask(path, who, json);
  expect(response.status).toBe(200);
  const { id, name } = (await response.json()) as { id?: string; name?: string };
  return { id: id ?? name ?? "", key: proxy.calls.at(-1)?.key };
}

describe("what one token made", () => {
  test.each([
    ["ann-1", { "ann-1": 200, "ann-2": 200, bob: 404, team: 404, limited: 404, admin: 200 }],
    ["team", { team: 200, "team-rotated": 200, "ann-1": 404, bob: 404, admin: 200 }],
    ["team-rotated", { team: 200, "ann-2": 404, admin: 200 }],
    ["limited", { limited: 200, "ann-2": 404, bob: 404, admin: 200 }],
    ["admin", { admin: 200, "ann-2": 404, limited: 404 }],
  ])("%s: is reached by %o", async (maker, expected) => {
    const { id, key } = await make("openai/v1/responses", maker);
    const ways: readonly [string, unknown?, string?][] = [
      [`openai/v1/responses/${id}`],
      ["openai/v1/responses", { model: "gpt-5-mini", previous_response_id: id }],
      ["compat/chat/completions", { model: "openai/gpt-5-mini", file_id: id }],
    ];
    for (const [who, status] of Object.entries(expected)) {
      for (const [path, json, method] of ways) {
        const sent = proxy.calls.length;
        const response = await ask(path, who, json, method);
        expect([who, path, response.status]).toEqual([who, path, status]);
        if (status === 404) expect(proxy.calls).toHaveLength(sent);
        else expect(proxy.calls.at(-1)?.key).toBe(key);
      }
    }
  });

  test("is not deleted by another", async () => {
    const { id } = await make("openai/v1/files", "ann-1");
    const sent = proxy.calls.length;
    expect((await ask(`openai/v1/files/${id}`, "bob", undefined, "DELETE")).status).toBe(404);
    expect(proxy.calls).toHaveLength(sent);
    expect((await ask(`openai/v1/files/${id}`, "ann-2", undefined, "DELETE")).status).toBe(200);
  });

  test("is reached by its maker with limits, at every kind of service", async () => {
    for (const path of ["openai/v1/files", "mistral/v1/files", "anthropic/v1/files"]) {
      const { id } = await make(path, "team");
      expect([path, (await ask(`${path}/${id}/content`, "team")).status]).toEqual([path, 200]);
    }
  });

  test("by a stream goes on with the next question", async () => {
    const body = { model: "gpt-5-mini", stream: true };
    const answer = await ask("openai/v1/responses", "limited", body);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    const [, id = ""] = /"id":"([^"]+)"/.exec(text) ?? [];
    const next = { model: "gpt-5-mini", previous_response_id: id };
    expect((await ask("openai/v1/responses", "limited", next)).status).toBe(200);
    expect((await ask("openai/v1/responses", "bob", next)).status).toBe(404);
  });
});

describe("the 404 is the provider's own", () => {
  test("OpenAI", async () => {
    const { id } = await make("openai/v1/files", "ann-1");
    const response = await ask(`openai/v1/files/${id}`, "bob");
    expect(await response.json()).toEqual({
      error: {
        message: `No such File object: ${id}`,
        type: "invalid_request_error",
        param: "id",
        code: null,
      },
    });
  });

  test("Anthropic", async () => {
    const { id } = await make("anthropic/v1/files", "ann-1", {});
    const response = await ask(`anthropic/v1/files/${id}`, "bob");
    expect([response.status, await response.json()]).toEqual([
      404,
      {
        type: "error",
        error: { type: "not_found_error", message: expect.stringContaining(id) },
        request_id: expect.any(String),
      },
    ]);
  });

  test("Google", async () => {
    const { id } = await make("google-ai-studio/v1beta/cachedContents", "ann-1", {
      model: "models/gemini-3",
    });
    for (const [path, json] of [
      [`google-ai-studio/v1beta/${id}`, undefined],
      ["google-ai-studio/v1beta/models/gemini-3:generateContent", { cachedContent: id }],
    ] as const) {
      const response = await ask(path, "bob", json);
      expect([response.status, await response.json()]).toEqual([
        404,
        { error: { code: 404, message: "Requested entity was not found.", status: "NOT_FOUND" } },
      ]);
    }
  });
});

describe("what no one is known to have created", () => {
  test("is for tokens without limits", async () => {
    for (const [who, status] of Object.entries({
      "ann-2": 200,
      bob: 200,
      admin: 200,
      "ann-1": 404,
      limited: 404,
    })) {
      expect([who, (await ask("openai/v1/files/file-before1", who)).status]).toEqual([who, status]);
    }
  });

  test("is not claimed by having an answer repeat it", async () => {
    await make("openai/v1/responses", "limited", {
      model: "gpt-5-mini",
      metadata: { id: "file-before1" },
    });
    expect((await ask("openai/v1/files/file-before1", "limited")).status).toBe(404);
  });
});

test("a limited token gets no list; others do", async () => {
  for (const path of [
    "openai/v1/files",
    "anthropic/v1/messages/batches",
    "google-ai-studio/v1beta/files?pageSize=5",
  ]) {
    for (const [who, status] of Object.entries({
      limited: 403,
      "ann-1": 403,
      bob: 200,
      admin: 200,
    })) {
      expect([path, who, (await ask(path, who)).status]).toEqual([path, who, status]);
    }
  }
  const refused = await ask("openai/v1/files", "limited");
  expect(await refused.json()).toMatchObject({ error: { code: "access_denied" } });
  expect((await ask("openai/v1/models", "limited")).status).toBe(200);
});

test("a chat that names nothing asks for nothing", async () => {
  const chat = { model: "gpt-5-mini", messages: [{ content: "my file-name.txt" }] };
  expect((await ask("openai/v1/chat/completions", "limited", chat)).status).toBe(200);
  expect(proxy.state.events.some(({ kind }) => kind === "resource-seen")).toBe(false);
});
