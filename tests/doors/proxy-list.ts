/**
 * What every entry point of the proxy guarantees, tested through each of them.
 * @module
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BIG_STREAM_SHA256 } from "../fake-upstream/special-models.ts";
import type { KeyBehaviour, RawAnswer } from "../fake-upstream/types.ts";
import type { Door, KeyState } from "./door.ts";

const CHAT = "/api/openai/chat/completions";

let serial = 0;

export function describeProxy(name: string, open: () => Promise<Door>): void {
  describe(name, () => {
    let door: Door;
    beforeAll(async () => {
      door = await open();
    });
    afterAll(() => door.close());
    beforeEach(() => door.upstream.clear());

    /** Puts fresh keys with these behaviors into a provider's pool; returns their texts. */
    async function pool(provider: string, ...behaviours: KeyBehaviour[]): Promise<string[]> {
      const keys = behaviours.map((behaviour) => {
        serial += 1;
        const key = `sk-fake-door-${name.replace(/\W+/g, "-")}-${serial}`;
        door.upstream.setKey(key, behaviour);
        return key;
      });
      await door.setKeys(provider, keys);
      return keys;
    }

    function chat(model = "gpt-allowed", init: RequestInit & { token?: string } = {}) {
      const { token = door.token, headers, ...rest } = init;
      return door.fetch(CHAT, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          ...headers,
        },
        body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
        ...rest,
      });
    }

    /** Waits for the store to show what the proxy recorded: writes follow the response. */
    async function keyStatesUntil(
      provider: string,
      condition: (states: readonly KeyState[]) => boolean,
    ): Promise<readonly KeyState[]> {
      const deadlineMs = Date.now() + 10_000;
      for (;;) {
        const states = await door.keyStates(provider);
        if (condition(states) || Date.now() > deadlineMs) return states;
        await sleep(100);
        // Events are written after a response: provide one, as traffic would.
        await door.fetch("/api/openai/models", { headers: { authorization: "Bearer nobody" } });
      }
    }

    test("a call is answered with a pooled key; the caller's token, cookies and address stay here", async () => {
      const [key] = await pool("openai", { kind: "ok" });
      const response = await chat("gpt-allowed", {
        headers: { cookie: "session=1", "x-forwarded-for": "10.0.0.1", "x-custom": "kept" },
      });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ object: "chat.completion" });
      expect(response.headers.get("x-one-balance-request-id")).toMatch(/\S/);
      expect(response.headers.get("x-one-balance-attempts")).toBe("1");
      const [seen] = door.upstream.requests;
      expect(seen).toMatchObject({ key, slug: "openai", path: "chat/completions" });
      expect(seen?.headers["x-custom"]).toBe("kept");
      expect(seen?.headers.cookie).toBeUndefined();
      expect(JSON.stringify(seen)).not.toContain(door.token);
      expect(JSON.stringify(seen)).not.toContain("10.0.0.1");
    });

    test("a page in a browser may ask, without a token, and read the answers, errors included", async () => {
      await pool("anthropic", { kind: "ok" });
      const page = { origin: "https://app.example.com" };
      const asked = "authorization,content-type,x-api-key";
      const preflight = await door.fetch("/api/anthropic/v1/messages", {
        method: "OPTIONS",
        headers: {
          ...page,
          "access-control-request-method": "POST",
          "access-control-request-headers": asked,
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
      expect(preflight.headers.get("access-control-allow-headers")).toBe(asked);
      expect(door.upstream.requests).toEqual([]);
      for (const token of [door.token, "nobody"]) {
        const response = await door.fetch("/api/anthropic/v1/messages", {
          method: "POST",
          headers: { ...page, "x-api-key": token, "content-type": "application/json" },
          body: JSON.stringify({
            model: "claude-sonnet-4-5",
            max_tokens: 10,
            messages: [{ role: "user", content: "Hello" }],
          }),
        });
        expect(response.status).toBe(token === "nobody" ? 401 : 200);
        expect(response.headers.get("access-control-allow-origin")).toBe("*");
        expect(response.headers.get("access-control-expose-headers")).toBe("*");
      }
      expect(door.upstream.requests[0]?.headers.origin).toBeUndefined();
    });

    test("a streamed answer of 2 MB arrives byte for byte", async () => {
      await pool("openai", { kind: "ok" });
      const response = await chat("fake-2mb-stream");
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(BIG_STREAM_SHA256);
    });

    test("status and headers are the upstream's, less set-cookie and what ends at this hop", async () => {
      await pool("openai", { kind: "ok" });
      const response = await chat("fake-headers");
      expect(response.status).toBe(202);
      expect(response.headers.get("x-ratelimit-remaining-requests")).toBe("41");
      expect(response.headers.get("set-cookie")).toBeNull();
      expect(response.headers.get("x-this-hop")).toBeNull();
    });

    test("the pool's key comes back nowhere: status line, headers, redirects, errors of any length, answers that are looked at", async () => {
      const padding = "x".repeat(70_000);
      const writings = (key: string) => [
        key,
        JSON.stringify(`"${key}"`),
        Buffer.from(`user:${key}`).toString("base64"),
        [...key].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join(""),
        [...key].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join(""),
      ];
      const answers = (key: string): readonly RawAnswer[] => {
        const said = writings(key).join(" ");
        const json = { "content-type": "application/json" };
        return [
          {
            status: 302,
            headers: { location: `https://example.com/?key=${key}`, "x-echo": btoa(`a:${key}`) },
            body: `<a href="https://example.com/?key=${key}">here</a>`,
          },
          { status: 400, headers: json, body: JSON.stringify({ error: { message: said } }) },
          { status: 400, headers: {}, body: `${padding}${said}${padding}${said}` },
          {
            status: 200,
            headers: { ...json, "content-length": String(JSON.stringify({ said }).length) },
            body: JSON.stringify({ said }),
          },
          {
            status: 200,
            headers: { "content-type": "text/event-stream" },
            body: `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: said } }] })}\n\n`,
          },
        ];
      };
      for (let index = 0; index < 5; index += 1) {
        const [key = ""] = await pool("openai", { kind: "ok" });
        const answer = answers(key)[index] as RawAnswer;
        door.upstream.setKey(key, { kind: "answer", answer });
        const response = await chat("gpt-allowed", { redirect: "manual" });
        expect(response.status).toBe(answer.status);
        const text = JSON.stringify([...response.headers]) + (await response.text());
        for (const writing of writings(key)) expect(text).not.toContain(writing);
        expect(text).not.toContain(Buffer.from(`a:${key}`).toString("base64").slice(4, -4));
        expect(text).toContain("[key]");
        expect(text.includes(padding)).toBe(answer.body.includes(padding));
      }
    });

    test("an answer is no page of ours: it is not sniffed, and one with scripts runs none", async () => {
      const headers = {
        "content-type": "text/html",
        "clear-site-data": '"*"',
        "service-worker-allowed": "/",
        refresh: "0; url=/team",
        "x-one-balance-key": "forged",
      };
      const answer = { status: 200, headers, body: "<script>fetch('/')</script>" };
      await pool("openai", { kind: "answer", answer });
      const response = await chat();
      expect(await response.text()).toBe(answer.body);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("content-security-policy")).toMatch(/^sandbox;/);
      for (const name of Object.keys(headers).slice(1)) {
        expect(response.headers.has(name), name).toBe(false);
      }
      const denied = await chat("gpt-allowed", { token: "nobody" });
      expect(denied.headers.get("x-content-type-options")).toBe("nosniff");
    });

    test("at the root the path tells the form, and a model's name alone finds its pool", async () => {
      await pool("openai", { kind: "ok" });
      await pool("anthropic", { kind: "ok" });
      await pool("google-ai-studio", { kind: "ok" });
      const messages = [{ role: "user", content: "Hello" }];
      const ask = (path: string, body: object) =>
        door.fetch(path, {
          method: "POST",
          headers: { authorization: `Bearer ${door.token}`, "content-type": "application/json" },
          body: JSON.stringify({ messages, max_tokens: 10, ...body }),
        });
      const calls = [
        ["/v1/chat/completions", { model: "openai/gpt-4o-mini" }, "chat.completion"],
        ["/v1/v1/messages", { model: "claude/claude-haiku-4-5" }, "message"],
        ["/api/v1/messages", { model: "anthropic/claude-haiku-4-5" }, "message"],
        ["/v1beta/models/gemini/gemini-2.5-flash:generateContent", {}, "candidates"],
      ] as const;
      for (const [path, body, expected] of calls) {
        const response = await ask(path, body);
        const text = await response.text();
        expect([response.status, text.includes(`"${expected}"`)], `${path}: ${text}`).toEqual([
          200,
          true,
        ]);
      }
      const listed = await door.fetch("/v1/models", {
        headers: { authorization: `Bearer ${door.token}` },
      });
      expect((await listed.json()) as object).toHaveProperty("data");
      for (const path of ["/v1", "/v1/nothing", "/v1beta/nothing", "/api/nothing", "/api"]) {
        const denied = await door.fetch(path);
        expect(denied.status).toBe(401);
        expect(denied.headers.get("content-type")).toMatch(/^application\/json/);
      }
      const probe = await door.fetch("/api/anthropic", { method: "HEAD" });
      expect(probe.status).toBe(200);
    });

    test("a request is converted where the model's provider does not speak its API", async () => {
      await pool("openai", { kind: "ok" });
      await pool("anthropic", { kind: "ok" });
      await pool("deepseek", { kind: "ok" });
      await pool("google-ai-studio", { kind: "ok" });
      const messages = [{ role: "user", content: "Hello" }];
      const ask = (path: string, body: object) =>
        door.fetch(path, {
          method: "POST",
          headers: { authorization: `Bearer ${door.token}`, "content-type": "application/json" },
          body: JSON.stringify({
            ...(path.startsWith("/v1beta")
              ? { contents: [{ role: "user", parts: [{ text: "Hello" }] }] }
              : { messages, input: "Hello", max_tokens: 50, ...body }),
          }),
        });
      const claude = "anthropic/claude-haiku-4-5";
      const llama = "deepseek/deepseek-chat";
      const ends = [
        [
          "/v1/messages",
          "openai/gpt-4o-mini",
          "messages to chat",
          "event: message_stop",
          '"type":"message"',
        ],
        [
          "/v1/responses",
          claude,
          "responses to messages",
          "event: response.completed",
          '"object":"response"',
        ],
        [
          "/v1/responses",
          llama,
          "responses to chat",
          "event: response.completed",
          '"object":"response"',
        ],
        [
          `/v1beta/models/${llama}`,
          llama,
          "gemini to chat",
          '"finishReason":"STOP"',
          '"role":"model"',
        ],
        [
          "/v1/messages",
          "google-ai-studio/gemini-2.5-flash",
          "messages to gemini",
          "event: message_stop",
          '"type":"message"',
        ],
        [
          "/v1/chat/completions",
          "openai/gpt-5.1-codex",
          "chat to responses",
          "data: [DONE]",
          '"object":"chat.completion"',
        ],
      ] as const;
      for (const [path, model, name, end, whole] of ends) {
        for (const stream of [true, false]) {
          const call = stream ? "streamGenerateContent?alt=sse" : "generateContent";
          const address = path.startsWith("/v1beta") ? `${path}:${call}` : path;
          const response = await ask(address, { model, stream });
          const text = await response.text();
          expect(response.headers.get("x-one-balance-converted"), text).toBe(name);
          expect(text).toContain(stream ? end : whole);
          expect(text.replace(/\W+/g, " ")).toContain("Hello");
        }
      }
    });

    test("Google's own path, key header and query token work, and ?key= does not travel", async () => {
      const [key] = await pool("google-ai-studio", { kind: "ok" });
      const path = "/api/google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent";
      const body = JSON.stringify({ contents: [{ parts: [{ text: "Hello" }] }] });
      const response = await door.fetch(`${path}?key=${door.token}&alt=json`, {
        method: "POST",
        body,
      });
      expect(response.status).toBe(200);
      const [seen] = door.upstream.requests;
      expect(seen).toMatchObject({ key, keyFrom: "x-goog-api-key", query: "?alt=json" });
    });

    test("a limited key rests for that model alone, and the next key answers", async () => {
      await pool(
        "openai",
        { kind: "limited", requests: 0, windowMs: 60_000, models: ["gpt-allowed"] },
        { kind: "limited", requests: 0, windowMs: 60_000, models: ["gpt-allowed"] },
        { kind: "ok" },
      );
      for (let request = 0; request < 3; request += 1) expect((await chat()).status).toBe(200);
      expect(door.upstream.requests.length).toBeLessThanOrEqual(5);
      const states = await keyStatesUntil(
        "openai",
        (all) => all.filter(({ cooldowns }) => cooldowns.length > 0).length === 2,
      );
      const cooled = states.filter(({ cooldowns }) => cooldowns.length > 0);
      expect(cooled).toHaveLength(2);
      for (const { status, cooldowns } of cooled) {
        expect(status).toBe("active");
        expect(cooldowns).toMatchObject([{ model: "gpt-allowed", reason: "rate_limit_minute" }]);
      }
    });

    test("an invalid key is tried once, blocked with the upstream's words, and the next key answers", async () => {
      const [bad] = await pool("openai", { kind: "invalid" }, { kind: "ok" });
      for (let request = 0; request < 4; request += 1) expect((await chat()).status).toBe(200);
      expect(door.upstream.requests.filter(({ key }) => key === bad)).toHaveLength(1);
      const states = await keyStatesUntil("openai", (all) =>
        all.some(({ status }) => status === "blocked"),
      );
      const blocked = states.filter(({ status }) => status === "blocked");
      expect(blocked).toHaveLength(1);
      expect(blocked[0]?.reason).toMatch(/incorrect api key/i);
      expect(blocked[0]?.reason).not.toContain(bad);
    });

    test("a 503 costs another attempt and the key nothing", async () => {
      await pool("openai", {
        kind: "sequence",
        steps: [{ kind: "flaky", share: 1, seed: 1 }, { kind: "ok" }],
      });
      const response = await chat();
      expect(response.status).toBe(200);
      expect(response.headers.get("x-one-balance-attempts")).toBe("2");
      const [state] = await door.keyStates("openai");
      expect(state).toMatchObject({ status: "active", cooldowns: [] });
    });

    test("an HTML page of the edge touches no key", async () => {
      await pool("openai", { kind: "html" });
      const response = await chat();
      expect(response.status).toBe(403);
      expect(await response.text()).toMatch(/<html/i);
      const [state] = await door.keyStates("openai");
      expect(state).toMatchObject({ status: "active", cooldowns: [] });
    });

    test("a limit of AI Gateway's own is passed on and touches no key", async () => {
      await pool("openai", { kind: "gateway-limit" }, { kind: "gateway-limit" });
      const response = await chat();
      expect(response.status).toBe(429);
      expect(response.headers.get("x-one-balance-limit-source")).toBe("gateway");
      expect(door.upstream.requests).toHaveLength(1);
      for (const state of await door.keyStates("openai")) {
        expect(state).toMatchObject({ status: "active", cooldowns: [] });
      }
    });

    test("with every key at its limit the answer is 429 with the first wake-up", async () => {
      await pool("openai", { kind: "limited", requests: 0, windowMs: 30_000 });
      const response = await chat();
      expect(response.status).toBe(429);
      expect(response.headers.get("x-one-balance-limit-source")).toBe("pool");
      const retryAfter = Number(response.headers.get("retry-after"));
      expect(retryAfter).toBeGreaterThanOrEqual(1);
      expect(retryAfter).toBeLessThanOrEqual(31);
      expect(await response.json()).toMatchObject({ error: { code: "pool_exhausted" } });
    });

    test("without a usable key the response is 503, whether there was none or all were rejected", async () => {
      await pool("openai");
      expect((await chat()).status).toBe(503);
      await pool("openai", { kind: "banned" }, { kind: "invalid" });
      const response = await chat();
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ error: { code: "no_provider_keys" } });
    });

    test("a reset connection is retried, and becomes 502 when it doesn't end", async () => {
      await pool("openai", { kind: "reset" }, { kind: "ok" });
      for (let request = 0; request < 2; request += 1) expect((await chat()).status).toBe(200);
      await pool("openai", { kind: "reset" });
      const response = await chat();
      expect(response.status).toBe(502);
      expect(await response.json()).toMatchObject({ error: { code: "upstream_unreachable" } });
    });

    test("a stream that begins with an error goes to the next key before the client sees it", async () => {
      const body =
        'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
      const headers = { "content-type": "text/event-stream" };
      await pool("anthropic", {
        kind: "sequence",
        steps: [{ kind: "answer", answer: { status: 200, headers, body } }, { kind: "ok" }],
      });
      const response = await door.fetch("/api/anthropic/v1/messages", {
        method: "POST",
        headers: { "x-api-key": door.token, "content-type": "application/json" },
        body: JSON.stringify({
          model: "claude-sonnet-4-5",
          max_tokens: 10,
          stream: true,
          messages: [{ role: "user", content: "Hello" }],
        }),
      });
      expect(response.status).toBe(200);
      const text = await response.text();
      expect(text).toContain("message_stop");
      expect(text).not.toContain("Overloaded");
      expect(response.headers.get("x-one-balance-attempts")).toBe("2");
    });

    test("an answer of 200 that says nothing but an error goes to the next key", async () => {
      const body = '{"error":{"message":"Provider returned error","code":502}}';
      const headers = {
        "content-type": "application/json",
        "content-length": String(body.length),
      };
      await pool("openai", {
        kind: "sequence",
        steps: [{ kind: "answer", answer: { status: 200, headers, body } }, { kind: "ok" }],
      });
      const response = await chat();
      expect(await response.json()).toMatchObject({ object: "chat.completion" });
      expect(response.headers.get("x-one-balance-attempts")).toBe("2");
    });

    test("the model of a multipart form is found", async () => {
      await pool("openai", { kind: "ok" });
      const form = new FormData();
      form.append("file", new Blob([new Uint8Array(1000)]), "speech.wav");
      form.append("model", "whisper-1");
      const response = await door.fetch("/api/openai/audio/transcriptions", {
        method: "POST",
        headers: { authorization: `Bearer ${door.token}` },
        body: form,
      });
      expect(response.status).toBe(200);
      expect(door.upstream.requests[0]?.model).toBe("whisper-1");
    });

    test("a body of 12 MB is sent whole, with a single attempt", async () => {
      await pool("openai", { kind: "ok" });
      const form = new FormData();
      form.append("purpose", "batch");
      form.append("file", new Blob([Buffer.alloc(12 * 1024 * 1024, "a")]), "big.jsonl");
      const response = await door.fetch("/api/openai/files", {
        method: "POST",
        headers: { authorization: `Bearer ${door.token}` },
        body: form,
      });
      expect(response.status).toBe(200);
      expect(door.upstream.requests).toHaveLength(1);
      expect(door.upstream.requests[0]?.bodyBytes).toBeGreaterThan(12 * 1024 * 1024);
    });

    test("the OpenAI form reaches every provider by the first part of the model's name", async () => {
      await pool("openrouter", { kind: "ok" });
      const response = await door.fetch("/api/compat/chat/completions", {
        method: "POST",
        headers: { authorization: `Bearer ${door.token}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "openrouter/meta-llama/llama-3", messages: [] }),
      });
      expect(response.status).toBe(200);
      expect(door.upstream.requests[0]?.model).toMatch(/meta-llama\/llama-3$/);
    });

    test.each([
      ["no token", 401, "invalid_access_token", {}, {}],
      ["an unknown token", 401, "invalid_access_token", { token: "who-is-this" }, {}],
      [
        "a model beyond the token's scope",
        403,
        "access_denied",
        { limited: true },
        { model: "gpt-x" },
      ],
      ["no model", 400, "model_required", {}, { body: "{}" }],
      ["broken JSON", 400, "model_required", {}, { body: '{"messages": [' }],
      ["an unknown provider", 404, "unknown_provider", {}, { path: "/api/nobody/v1/chat" }],
      ["an encoded climb out", 400, "invalid_path", {}, { path: "/api/openai/..%2f..%2fadmin" }],
    ])("%s is answered %i %s, and nothing is sent", async (what, status, code, caller, request) => {
      await pool("openai", { kind: "ok" });
      const { path = CHAT, body, model = "gpt-allowed" } = request as Record<string, string>;
      const { token, limited } = caller as { token?: string; limited?: boolean };
      const bearer = token ?? (limited ? door.limitedToken : door.token);
      const response = await door.fetch(path, {
        method: "POST",
        ...(what === "no token" ? {} : { headers: { authorization: `Bearer ${bearer}` } }),
        body: body ?? JSON.stringify({ model, messages: [] }),
      });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ error: { code, message: expect.any(String) } });
      expect(door.upstream.requests).toHaveLength(0);
      expect((await chat()).status).toBe(200);
    });

    test("our own errors have the shape of the provider that was called", async () => {
      const anthropic = await door.fetch("/api/anthropic/v1/messages", {
        method: "POST",
        body: "{}",
      });
      expect(await anthropic.json()).toMatchObject({
        type: "error",
        error: { type: "authentication_error", code: "invalid_access_token" },
      });
      const google = await door.fetch("/api/google-ai-studio/v1beta/models", { method: "GET" });
      expect(await google.json()).toMatchObject({
        error: {
          code: 401,
          status: "UNAUTHENTICATED",
          details: [{ reason: "invalid_access_token" }],
        },
      });
    });

    test("calls that name no model pass: GET of a list, and 404s come back as they are", async () => {
      await pool("openai", { kind: "ok" });
      const headers = { authorization: `Bearer ${door.token}` };
      const list = await door.fetch("/api/openai/models", { headers });
      expect(list.status).toBe(200);
      expect(await list.json()).toMatchObject({ object: "list" });
      const missing = await door.fetch("/api/openai/files/file-none", { headers });
      expect(missing.status).toBe(404);
    });
  });
}
