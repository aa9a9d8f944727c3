/** Sessions between simulated ends: what is handed on, counted, rejected and closed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryBudgets } from "../../../tests/doors/memory-budgets.ts";
import { MemoryState } from "../../../tests/doors/memory-state.ts";
import { MemoryUsage } from "../../../tests/doors/memory-usage.ts";
import { VirtualClock } from "../../../tests/doors/virtual-clock.ts";
import { KeyPool } from "../../pool/key-pool";
import { EVERY_MODEL, type PoolKey, type TokenGroup } from "../../pool/types";
import { findProvider } from "../../providers/registry";
import { authorizeModels } from "../account/authorize-call";
import { RequestMeter } from "../account/request-meter";
import type { AccessToken, ProxyPorts } from "../ports";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import { runSocketSession, type SocketEnd } from "./socket-session";

type Frame = string | ArrayBuffer;

/** One end as its far side sees it. */
class FakeEnd {
  readonly sent: Frame[] = [];
  readonly closed: (readonly [code: number | undefined, reason: string | undefined])[] = [];
  bufferedAmount = 0;
  readonly #listeners = new Map<string, ((event: never) => void)[]>();
  readonly end: SocketEnd = this as unknown as SocketEnd;

  accept(): void {}
  send(frame: Frame): void {
    this.sent.push(frame);
  }
  close(code?: number, reason?: string): void {
    this.closed.push([code, reason]);
  }
  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }
  /** What the far side sends. */
  says(frame: unknown): void {
    const data =
      typeof frame === "string" || frame instanceof ArrayBuffer ? frame : JSON.stringify(frame);
    this.#tell("message", { data });
  }
  hangsUp(code: number, reason = ""): void {
    this.#tell("close", { code, reason });
  }
  #tell(type: string, event: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}

interface Options {
  readonly provider?: string;
  readonly model?: string | null;
  readonly path?: string;
  readonly token?: Partial<AccessToken>;
  /** Models without a known price. */
  readonly unpriced?: readonly string[];
  readonly sessions?: NonNullable<ProxyPorts["sessions"]>;
  /** Of the handshake. */
  readonly tags?: RequestMeter["tags"];
}

function open({
  provider = "openai",
  model = null,
  path = "responses",
  token = {},
  unpriced = [],
  sessions,
  tags = null,
}: Options = {}) {
  const clock = new VirtualClock();
  const caller: AccessToken = {
    id: "at_1",
    name: "one",
    ownerId: null,
    scopes: null,
    expiresAtMs: null,
    ...token,
  };
  const tokens = new Map([["text", caller]]);
  const state = new MemoryState(tokens);
  state.setPool(provider, commonKeys({ id: KEY_ID }));
  const usage = new MemoryUsage();
  const ports = {
    nowMs: () => clock.nowMs,
    random: () => 0.5,
    setTimer: (callback: () => void, ms: number) => clock.setTimer(callback, ms),
    state,
    usage,
    budgets: new MemoryBudgets(unpriced),
    sessions,
  } as unknown as ProxyPorts;
  const request = new Request("http://one-balance.test/");
  const meter = new RequestMeter(request, "req_1", ports, () => {});
  meter.calledBy(caller, "");
  const found = findProvider(provider);
  if (found === undefined) throw new Error(provider);
  const call = { provider: found, model, path, url: "https://x/" } as unknown as ProxyCall;
  meter.resolved({ ...call, body: { kind: "none" } });
  meter.tags = tags;
  const scope = { request, ports, meter, credential: "text" } as unknown as RequestScope;
  const [client, upstream] = [new FakeEnd(), new FakeEnd()];
  const key = { id: KEY_ID } as PoolKey;
  runSocketSession(client.end, upstream.end, caller, key, call, scope);
  return { client, upstream, clock, tokens, state, usage, budgets: ports.budgets, caller };
}

const KEY_ID = "pk_1";

/** A pool with one key that serves everyone. */
function commonKeys(fields: Partial<PoolKey> & Pick<PoolKey, "id">): KeyPool {
  const pool = new KeyPool(Math.random);
  pool.upsert({
    ...{ provider: "openai", sealed: "", masked: "", status: "active", weight: 1, priority: 0 },
    ...{ quotaDomain: null, models: null, limits: null, cooldowns: new Map() },
    ...fields,
  });
  return pool;
}

/** Lets promises run that wait for nothing. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

const create = (model: string, more = {}) => ({ type: "response.create", model, ...more });
const created = { type: "response.created", response: {} };
const completed = (input_tokens: number, output_tokens: number) => ({
  type: "response.completed",
  response: { usage: { input_tokens, output_tokens } },
});
const MINI = [{ provider: "openai", models: ["gpt-5-mini"] }];
const holder = (dailyTokens: number) => ({
  limitHolders: [
    {
      kind: "token" as const,
      id: "at_1",
      budgetId: "at_1",
      limits: {
        rpm: null,
        tpm: null,
        concurrentRequests: null,
        dailyRequests: 1,
        dailyTokens,
        dailyCostUsd: null,
        monthlyCostUsd: null,
      },
    },
  ],
});

describe("what passes", () => {
  test("frames of both kinds go both ways as they are, and codes and words of closing too", () => {
    const { client, upstream } = open();
    const bytes = new Uint8Array([0, 255, 123]).buffer;
    const spaced = '{ "type" : "x" }';
    client.says(bytes);
    client.says(spaced);
    upstream.says(bytes);
    upstream.says("not JSON");
    expect(upstream.sent).toEqual([bytes, spaced]);
    expect(client.sent).toEqual([bytes, "not JSON"]);
    upstream.hangsUp(4008, "session expired");
    expect(client.closed).toEqual([[4008, "session expired"]]);
  });

  test.each([
    [1005, undefined, undefined],
    [1006, 1011, "the other side's connection was lost"],
    [1001, 1001, ""],
  ])("a close with %i is passed on as %s", (code, told, reason) => {
    const { client, upstream } = open();
    client.hangsUp(code);
    expect(upstream.closed[0]).toEqual([told, reason]);
    expect(client.sent).toEqual([]);
  });

  test("a side that does not keep up is let go", () => {
    const { client, upstream } = open();
    client.bufferedAmount = 17 * 1024 * 1024;
    upstream.says("x");
    expect(client.closed).toEqual([[1009, "the other side does not keep up"]]);
    expect(upstream.closed).toEqual([[1000, ""]]);
  });
});

test("a caller with little room is notified when a session begins, and once when it ends", () => {
  const heard: string[] = [];
  const opened = () => {
    heard.push("opened");
    return () => heard.push("over");
  };
  const { client, upstream } = open({ sessions: { opened } });
  client.says("x");
  expect(heard).toEqual(["opened"]);
  upstream.hangsUp(1000);
  client.hangsUp(1000);
  expect(heard).toEqual(["opened", "over"]);
});

describe("a frame that only some parsers read", () => {
  const spellings: readonly (readonly [string, string | ArrayBuffer])[] = [
    ["escaped", '{"type":"response\\u002ecreate","model":"gpt-5-mini"}'],
    ["after a mark, as bytes", bytesOf(`\uFEFF${JSON.stringify(create("gpt-5-mini"))}`)],
    ["in UTF-16", wide(JSON.stringify(create("gpt-5-mini")))],
  ];

  test.each(spellings)("%s, is a turn like any other", async (_, frame) => {
    const { client, upstream, usage } = open({ token: holder(100) });
    client.says(frame);
    await settled();
    upstream.says(created);
    upstream.says(completed(60, 1));
    expect(usage.events.map(({ part, model }) => [part, model])).toEqual([["turn", "gpt-5-mini"]]);
  });

  test("and that is no JSON, is for tokens without limits", () => {
    const lenient = '{"type":"response.create","model":"gpt-5-mini","temperature":NaN}';
    const free = open();
    free.client.says(lenient);
    expect(free.upstream.sent).toEqual([lenient]);
    for (const token of [holder(100), { scopes: MINI }]) {
      const { client, upstream } = open({ token, model: "gpt-5-mini" });
      client.says(lenient);
      expect(upstream.sent).toEqual([]);
      expect(client.closed[0]?.[0]).toBe(4403);
    }
  });
});

function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(new TextEncoder().encode(text)).buffer;
}

/** ASCII in UTF-16, little endian. */
function wide(text: string): ArrayBuffer {
  return Uint8Array.from([...text].flatMap((letter) => [letter.charCodeAt(0), 0])).buffer;
}

describe("what is counted", () => {
  test("each turn by its model when it is over, and the session as one row with all of it", () => {
    const { client, upstream, usage } = open();
    for (const [model, input] of [
      ["gpt-5-mini", 5],
      ["gpt-5", 50],
      ["gpt-5-mini", 500],
    ] as const) {
      client.says(create(model));
      upstream.says(created);
      upstream.says(completed(input, 1));
    }
    expect(usage.events.map(({ part, model }) => [part, model])).toEqual([
      ["turn", "gpt-5-mini"],
      ["turn", "gpt-5"],
      ["turn", "gpt-5-mini"],
    ]);
    client.hangsUp(1000);
    const session = usage.events.at(-1);
    expect(session).toMatchObject({
      id: "req_1",
      part: "session",
      turns: 3,
      status: 101,
      outcome: "ok",
      usage: { inputTokens: 555, outputTokens: 3, isEstimate: false },
    });
    expect(session?.usage?.parts?.map(({ model, inputTokens }) => [model, inputTokens])).toEqual([
      ["gpt-5-mini", 505],
      ["gpt-5", 50],
    ]);
    expect(usage.events).toHaveLength(4);
  });

  test("turns and the session have the tags of the handshake", () => {
    const { client, upstream, usage } = open({ tags: { customer: "acme" } });
    client.says(create("gpt-5-mini"));
    upstream.says(created);
    upstream.says(completed(1, 1));
    client.hangsUp(1000);
    expect(usage.events.map(({ part, tags }) => [part, tags])).toEqual([
      ["turn", { customer: "acme" }],
      ["session", { customer: "acme" }],
    ]);
  });

  test("a turn that is cut off is estimated from what was requested and written", () => {
    const { client, upstream, usage } = open();
    client.says(create("gpt-5-mini", { input: "x".repeat(1_000) }));
    upstream.says(created);
    upstream.says({ type: "response.output_text.delta", delta: "y".repeat(400) });
    client.hangsUp(1006);
    expect(usage.events[0]).toMatchObject({ part: "turn", usage: { outputTokens: 100 } });
    expect(usage.events[0]?.usage?.inputTokens).toBeGreaterThan(250);
    expect(usage.events[0]?.usage?.isEstimate).toBe(true);
  });
});

describe("a token that is limited to models", () => {
  test.each([
    ["another model", JSON.stringify(create("gpt-5.1-codex"))],
    ["another spelling", '{"type":"response.create","\\u006dodel":"gpt-5.1-codex"}'],
    ["the last of two", '{"type":"response.create","model":"gpt-5-mini","model":"gpt-5"}'],
    ["the first of two", '{"type":"response.create","model":"gpt-5","model":"gpt-5-mini"}'],
    ["deep inside", JSON.stringify({ type: "session.update", session: { Model: "gpt-5" } })],
    ["a list", JSON.stringify({ type: "response.create", models: ["gpt-5-mini", "gpt-5"] })],
    ["what cannot be read", '{"type":"response.create","model":"gpt-5'],
    ["none at all", JSON.stringify({ type: "response.create" })],
    ["a stored prompt", JSON.stringify(create("gpt-5-mini", { prompt: { id: "pmpt_1" } }))],
    [
      "a tool with a model of its own",
      `{"type":"response.create","model":"gpt-5-mini","tools":[{"type":"image\\u005fgeneration"}]}`,
    ],
  ])("is closed before a frame with %s is sent", (_what, frame) => {
    const { client, upstream, usage } = open({ token: { scopes: MINI } });
    client.says(frame);
    expect(upstream.sent).toEqual([]);
    expect(client.closed).toEqual([[4403, expect.stringMatching(/^access_denied: /)]]);
    expect(usage.events).toEqual([
      expect.objectContaining({ part: "session", errorCode: "access_denied", usage: null }),
    ]);
    client.says(create("gpt-5-mini"));
    expect(upstream.sent).toEqual([]);
  });

  test.each([
    ["deepgram", "v1/listen", "nova-3"],
    ["elevenlabs", "v1/text-to-speech/v/stream-input", "eleven_flash_v2_5"],
    ["cartesia", "tts/websocket", "sonic-2"],
  ])("%s: sound passes, and JSON in a binary frame is read as any", (provider, path, model) => {
    const scopes = [{ provider, models: [model] }];
    const { client, upstream } = open({ provider, path, model, token: { scopes } });
    const sounds = [new Uint8Array(8_000).fill(0x7b), new Uint8Array([0x7b, 0x22, 0xff, 0])];
    for (const sound of sounds) client.says(sound.buffer);
    expect(upstream.sent).toHaveLength(2);
    client.says(new TextEncoder().encode('{"model_id":"another","model":"another"}').buffer);
    expect(upstream.sent).toHaveLength(2);
    expect(client.closed[0]?.[0]).toBe(4403);
  });

  test("holds within a session that began well, in binary frames too", () => {
    const { client, upstream } = open({
      provider: "google-ai-studio",
      path: "",
      token: { scopes: [{ provider: "google-ai-studio", models: ["gemini-live"] }] },
    });
    client.says({ setup: { model: "models/gemini-live" } });
    client.says({ clientContent: { turnComplete: true } });
    expect(upstream.sent).toHaveLength(2);
    const bytes = new TextEncoder().encode('{"setup":{"model":"models/other"}}');
    client.says(bytes.buffer);
    expect(upstream.sent).toHaveLength(2);
    expect(client.closed[0]?.[0]).toBe(4403);
  });
});

describe("a token with a budget", () => {
  test("is closed when a turn has used it up: one turn more at most, and a request a day is one session", async () => {
    const { client, upstream, clock, usage, budgets } = open({ token: holder(100) });
    client.says(create("gpt-5-mini"));
    await settled();
    upstream.says(created);
    upstream.says(completed(40, 10));
    await settled();
    expect(client.closed).toEqual([]);
    client.says(create("gpt-5-mini"));
    await settled();
    expect(upstream.sent).toHaveLength(2);
    upstream.says(created);
    upstream.says(completed(900, 100));
    await settled();
    expect(client.closed).toEqual([[4429, expect.stringMatching(/^token_limit_reached: .*100/)]]);
    client.says(create("gpt-5-mini"));
    await settled();
    expect(upstream.sent).toHaveLength(2);
    expect(usage.events.at(-1)).toMatchObject({ turns: 2, errorCode: "token_limit_reached" });
    expect(budgets.ledger.underWay("at_1")).toEqual({ requests: 0, tokens: 0, costNanoUsd: 0 });
    expect(clock.nowMs).toBeGreaterThan(0);
  });

  test("frames behind a turn that waits keep their order", async () => {
    const { client, upstream } = open({ token: holder(100) });
    client.says(create("gpt-5-mini", { n: 1 }));
    client.says({ type: "response.cancel" });
    client.says({ type: "last" });
    expect(upstream.sent).toEqual([]);
    await settled();
    expect(upstream.sent.map((frame) => JSON.parse(String(frame)).type)).toEqual([
      "response.create",
      "response.cancel",
      "last",
    ]);
  });
});

describe("a token with a budget of money", () => {
  const money = (more: Partial<AccessToken> = {}) => ({
    limitHolders: holder(1_000_000).limitHolders.map((each) => ({
      ...each,
      limits: { ...each.limits, dailyTokens: null, dailyCostUsd: 1 },
    })),
    ...more,
  });
  const FRAMES: readonly (readonly [string, Options, unknown])[] = [
    ["a response", {}, create("unknown-1")],
    [
      "a session that is spoken to",
      { path: "realtime" },
      { type: "session.update", session: { model: "unknown-1" } },
    ],
    [
      "a session's transcription",
      { path: "realtime", model: "gpt-realtime" },
      {
        type: "session.update",
        session: { audio: { input: { transcription: { model: "unknown-1" } } } },
      },
    ],
    [
      "Gemini's set-up",
      { provider: "google-ai-studio", path: "ws/live" },
      { setup: { model: "models/unknown-1" } },
    ],
  ];

  test.each(FRAMES)(
    "is closed where %s names a model without a price",
    async (_, options, frame) => {
      const { client, upstream } = open({ ...options, token: money(), unpriced: ["unknown-1"] });
      client.says(frame);
      await settled();
      expect(client.closed).toHaveLength(1);
      expect(client.closed[0]?.[0]).toBe(4403);
      expect(client.closed[0]?.[1]).toMatch(/price/);
      expect(upstream.sent).toEqual([]);
    },
  );

  test.each(FRAMES)(
    "goes on where %s names one and an admin said what it counts for",
    async (_, options, frame) => {
      const token = money({ unpricedReserveNanoUsd: 1_000 });
      const { client, upstream } = open({ ...options, token, unpriced: ["unknown-1"] });
      client.says(frame);
      await settled();
      expect(client.closed).toEqual([]);
      expect(upstream.sent).toHaveLength(1);
    },
  );
});

describe("a token that ends", () => {
  test("is closed within 5 s of its revocation", async () => {
    const { client, upstream, clock, tokens } = open();
    await clock.advance(60_000);
    expect(client.closed).toEqual([]);
    tokens.delete("text");
    const sinceMs = clock.nowMs;
    await clock.advance(5_000);
    expect(clock.nowMs - sinceMs).toBe(5_000);
    expect(client.closed).toEqual([[4401, "invalid_access_token: This access token was revoked."]]);
    expect(upstream.closed).toEqual([[1000, ""]]);
  });

  test("and of its expiry, and where its models are changed", async () => {
    const soon = open();
    soon.tokens.set("text", { ...soon.caller, expiresAtMs: soon.clock.nowMs + 1_000 });
    await soon.clock.advance(6_000);
    expect(soon.client.closed[0]?.[0]).toBe(4401);
    const changed = open({ model: "gpt-5" });
    changed.tokens.set("text", { ...changed.caller, scopes: MINI });
    await changed.clock.advance(5_000);
    expect(changed.client.closed[0]?.[0]).toBe(4403);
  });
});

describe("a key that may not be used for the caller any more", () => {
  const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
  const another = fc.constantFrom<readonly string[]>(["gr_b"], ["gr_b", "gr_c"]);
  const own = fc.constantFrom<readonly string[]>(["gr_a"], ["gr_a", "gr_b"]);
  const reason = fc.constantFrom("rate_limit_minute", "out_of_credit", "manual");
  const cap = fc.constantFrom("cost_day", "cost_month");
  /** What becomes of the key, and whether the session of a token of `group` ends. */
  const change = fc.oneof(
    fc.record({ groups: another, isLost: fc.constant(true) }),
    fc.record({ groups: own, isLost: fc.constant("unless in the group" as const) }),
    fc.record({ status: fc.constant("disabled" as const), isLost: fc.constant(true) }),
    fc.record({ status: fc.constant("blocked" as const), isLost: fc.constant(false) }),
    fc.record({ isDeleted: fc.constant(true), isLost: fc.constant(true) }),
    fc.record({ reason: cap, isLost: fc.constant(true) }),
    fc.record({ reason, isLost: fc.constant(false) }),
  );

  test(`ends its sessions within 5 s, and no other change does (seed ${SEED})`, async () => {
    const isOfGroup = fc.boolean();
    await fc.assert(
      fc.asyncProperty(change, isOfGroup, async (what, inGroup) => {
        const group: TokenGroup = { id: "gr_a", weight: 1, usesCommonKeys: true };
        const { client, upstream, clock, state } = open({ token: inGroup ? { group } : {} });
        await clock.advance(60_000);
        expect(client.closed).toEqual([]);
        const cooldown = { untilMs: clock.nowMs + 3_600_000, reason: "" };
        const key = {
          id: "isDeleted" in what || "groups" in what ? "pk_2" : KEY_ID,
          ...("status" in what && { status: what.status }),
          ...("reason" in what && {
            cooldowns: new Map([[EVERY_MODEL, { ...cooldown, reason: what.reason }]]),
          }),
        };
        state.setPool("openai", commonKeys(key));
        // Its text is the end of its id.
        if ("groups" in what) state.addGroupKeys("openai", what.groups, ["1"]);
        await clock.advance(5_000);
        client.says("a frame after it");
        const isLost = what.isLost === true || (what.isLost !== false && !inGroup);
        expect(client.closed.map(([code]) => code)).toEqual(isLost ? [1012] : []);
        expect(upstream.sent).toHaveLength(isLost ? 0 : 1);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });
});

test("a token limited to models may open Gemini's socket, whose path names none: its frames do", () => {
  const google = findProvider("google-ai-studio");
  const path = "ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
  const call = {
    ...{ provider: google, path, url: `https://x/${path}`, method: "GET", model: null },
    ...{ isWebSocket: true, body: { kind: "none" }, headers: () => new Headers() },
  } as unknown as ProxyCall;
  const token: AccessToken = {
    ...{ id: "at_1", name: "one", ownerId: null, expiresAtMs: null },
    scopes: [{ provider: "google-ai-studio", models: ["gemini-live"] }],
  };
  expect(() => authorizeModels(token, call)).not.toThrow();
});
