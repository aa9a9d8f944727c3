/**
 * Turns that carry reasoning which only its account can decrypt: they go there, wait for it up to their maximum wait,
 * and otherwise go on without it; a rejection isn't a key's fault.
 */
import { describe, expect, test } from "vitest";
import { type ScriptedProxy, scriptedProxy, type UpstreamCall } from "../doors/scripted-proxy.ts";
import type { VirtualClock } from "../doors/virtual-clock.ts";

const SECOND_MS = 1_000;

/** How a service carries its reasoning, and how it rejects another account's. */
interface Service {
  readonly provider: string;
  readonly path: string;
  readonly dropped: string;
  /** A turn of a conversation that carries these items. */
  body(seals: readonly string[]): object;
  answer(seal: string): object;
  refusal: object;
}

const OPENAI: Service = {
  provider: "openai",
  path: "v1/responses",
  dropped: "encrypted_content",
  body: (seals) => ({
    model: "gpt-5",
    prompt_cache_key: "session-1",
    input: [
      { type: "message", role: "user", content: "hi" },
      ...seals.map((seal) => ({ type: "reasoning", summary: [], encrypted_content: seal })),
    ],
  }),
  answer: (seal) => ({
    id: "resp_1",
    status: "completed",
    output: [
      { type: "reasoning", encrypted_content: seal },
      { type: "message", content: [] },
    ],
    usage: { input_tokens: 1, output_tokens: 1 },
  }),
  refusal: {
    error: {
      message:
        "The encrypted content gAAA...Fw== could not be verified. Reason: Encrypted content organization_id did not match the target organization.",
      type: "invalid_request_error",
      param: null,
      code: "invalid_encrypted_content",
    },
  },
};

const ANTHROPIC: Service = {
  provider: "anthropic",
  path: "v1/messages",
  dropped: "thinking",
  body: (seals) => ({
    model: "claude-sonnet-4-5",
    max_tokens: 9,
    metadata: { user_id: "u" },
    messages: [
      { role: "user", content: "hi" },
      ...seals.flatMap((signature) => [
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature },
            { type: "text", text: "yes" },
          ],
        },
        { role: "user", content: "go on" },
      ]),
    ],
  }),
  answer: (signature) => ({
    type: "message",
    content: [
      { type: "thinking", thinking: "", signature },
      { type: "text", text: "a" },
    ],
    usage: { input_tokens: 1, output_tokens: 1 },
  }),
  refusal: {
    type: "error",
    error: {
      type: "invalid_request_error",
      message: "messages.1.content.0: Invalid `signature` in `thinking` block",
    },
  },
};

const GEMINI: Service = {
  provider: "google-ai-studio",
  path: "v1beta/models/gemini-3-pro:generateContent",
  dropped: "thoughtSignature",
  body: (seals) => ({
    contents: [
      { role: "user", parts: [{ text: "hi" }] },
      ...seals.map((thoughtSignature) => ({
        role: "model",
        parts: [{ text: "a", thoughtSignature }],
      })),
      { role: "user", parts: [{ text: "go on" }] },
    ],
  }),
  answer: (thoughtSignature) => ({
    candidates: [{ content: { parts: [{ text: "a", thoughtSignature }] }, finishReason: "STOP" }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 },
  }),
  refusal: {
    error: { code: 400, message: "Thought signature is not valid", status: "INVALID_ARGUMENT" },
  },
};

const KEYS = ["key-number-1", "key-number-2", "key-number-3", "key-number-4", "key-number-5"];

/** The account of each key: its own, unless two share one. */
type Accounts = Readonly<Record<string, string>>;

interface World {
  readonly proxy: ScriptedProxy;
  /** Until when a key rejects everything with a 429 that states its wait. */
  readonly rests: Map<string, number>;
  /** Keys that are gone. */
  readonly dead: Set<string>;
  turn(
    seals: readonly string[],
    headers?: Readonly<Record<string, string>>,
  ): Promise<{
    status: number;
    dropped: string | null;
    keys: readonly string[];
    seal: string | null;
  }>;
}

/** Accounts mark what they encrypt with their own name, and decrypt nothing else. */
function worldOf(service: Service, keys = KEYS, accounts: Accounts = {}): World {
  const rests = new Map<string, number>();
  const dead = new Set<string>();
  // A key's text would be removed from responses.
  const accountOf = (key: string) => accounts[key] ?? `account-of-${keys.indexOf(key)}`;
  let made = 0;
  const upstream = ({ key, body }: UpstreamCall, clock: VirtualClock) => {
    const untilMs = rests.get(key) ?? 0;
    if (dead.has(key)) return Response.json({ error: { message: "gone" } }, { status: 503 });
    if (untilMs > clock.nowMs) {
      const seconds = String(Math.ceil((untilMs - clock.nowMs) / SECOND_MS));
      return Response.json(
        { error: { message: "Rate limit reached for requests per minute" } },
        { status: 429, headers: { "retry-after": seconds } },
      );
    }
    const text = new TextDecoder().decode(body);
    const sealers = [...text.matchAll(/sealed by ([\w-]+)/g)].map(([, name]) => name);
    if (sealers.some((name) => name !== accountOf(key))) {
      return Response.json(service.refusal, { status: 400 });
    }
    made += 1;
    return Response.json(service.answer(`${made} sealed by ${accountOf(key)}`));
  };
  const proxy = scriptedProxy({ upstream, keys: { [service.provider]: keys } });
  return {
    proxy,
    rests,
    dead,
    async turn(seals, headers = {}) {
      const before = proxy.calls.length;
      const response = await proxy.fetch(`/api/${service.provider}/${service.path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-one-balance-session": "s1",
          ...headers,
        },
        body: JSON.stringify(service.body(seals)),
      });
      const text = await proxy.clock.run(response.text());
      return {
        status: response.status,
        dropped: response.headers.get("x-one-balance-dropped"),
        keys: proxy.calls.slice(before).map(({ key }) => key),
        seal: /(\d+ sealed by [\w-]+)/.exec(text)?.[1] ?? null,
      };
    },
  };
}

/** Ids of the keys that were changed. */
const restedKeys = ({ proxy }: World) =>
  proxy.state.events.flatMap((event) =>
    event.kind === "key-cooled" || event.kind === "key-blocked" ? [event.keyId] : [],
  );

describe.each([
  ["OpenAI", OPENAI],
  ["Anthropic", ANTHROPIC],
  ["Gemini", GEMINI],
])("%s", (_, service) => {
  test("a conversation stays with the account that made its reasoning", async () => {
    const world = worldOf(service);
    const seals: string[] = [];
    const served = new Set<string>();
    for (let turn = 0; turn < 6; turn += 1) {
      const { status, dropped, keys, seal } = await world.turn(seals);
      expect([status, dropped, keys.length]).toEqual([200, null, 1]);
      for (const key of keys) served.add(key);
      if (seal !== null) seals.push(seal);
    }
    expect(served.size).toBe(1);
  });

  test("while that account rests, the turn waits for it", async () => {
    const world = worldOf(service);
    const first = await world.turn([]);
    const home = first.keys[0] ?? "";
    world.rests.set(home, world.proxy.clock.nowMs + 4 * SECOND_MS);
    const startedMs = world.proxy.clock.nowMs;
    const second = await world.turn([first.seal ?? ""]);
    expect(second).toMatchObject({ status: 200, dropped: null, keys: [home, home] });
    expect(world.proxy.clock.nowMs - startedMs).toBeGreaterThanOrEqual(4 * SECOND_MS);
    // A turn that arrives in the meantime waits as well, without a useless attempt.
    world.rests.set(home, world.proxy.clock.nowMs + 4 * SECOND_MS);
    const both = await Promise.all([1, 2].map(() => world.turn([first.seal ?? ""])));
    for (const { status, dropped } of both) expect([status, dropped]).toEqual([200, null]);
  });

  test("where it rests for longer than the turn may wait, it goes on without", async () => {
    const world = worldOf(service);
    const first = await world.turn([]);
    const home = first.keys[0] ?? "";
    world.rests.set(home, world.proxy.clock.nowMs + 600 * SECOND_MS);
    const second = await world.turn([first.seal ?? ""]);
    expect(second).toMatchObject({ status: 200, dropped: service.dropped });
    // Once at home, once at another account with the reasoning, once without it.
    expect(second.keys).toHaveLength(3);
    expect(restedKeys(world)).toEqual([`pk_${home}`]);
    // From then on it lives there: what its new account created stays, the old reasoning is left out at once.
    const third = await world.turn([first.seal ?? "", second.seal ?? ""]);
    expect(third).toMatchObject({ status: 200, dropped: service.dropped });
    expect(third.keys).toEqual([second.keys.at(-1)]);
    const sent = new TextDecoder().decode(world.proxy.calls.at(-1)?.body);
    expect(sent).toContain(second.seal ?? "none");
    expect(sent).not.toContain(first.seal ?? "none");
    // Also once the first account is back.
    await world.proxy.clock.advance(700 * SECOND_MS);
    const fourth = await world.turn([first.seal ?? "", second.seal ?? ""]);
    expect(fourth.keys).toEqual([second.keys.at(-1)]);
  });
});

describe("if its creator is unknown", () => {
  const stranger = (world: World) => world.turn(["9 sealed by somebody-else"]);

  test("three accounts are tried, then it continues without, and no key is changed", async () => {
    const world = worldOf(OPENAI);
    const turn = await stranger(world);
    expect(turn).toMatchObject({ status: 200, dropped: "encrypted_content" });
    expect(turn.keys).toHaveLength(4);
    expect(new Set(turn.keys.slice(0, 3)).size).toBe(3);
    expect(restedKeys(world)).toEqual([]);
    const [event] = world.proxy.usage.events;
    expect(event?.outcome).toBe("ok");
    expect(event?.attempts.map(({ meaning, dropped }) => [meaning, dropped])).toEqual([
      ["foreign_reasoning", undefined],
      ["foreign_reasoning", undefined],
      ["foreign_reasoning", undefined],
      ["ok", ["encrypted_content"]],
    ]);
  });

  test("with one key it is tried once with and once without", async () => {
    const world = worldOf(OPENAI, KEYS.slice(0, 1));
    const turn = await stranger(world);
    expect(turn).toMatchObject({ status: 200, dropped: "encrypted_content" });
    expect(turn.keys).toHaveLength(2);
  });

  test("another key of the same account opens it, and the conversation stays there", async () => {
    const accounts = Object.fromEntries(KEYS.map((key, index) => [key, `shared-${index % 2}`]));
    const world = worldOf(OPENAI, KEYS, accounts);
    const turn = await world.turn(["9 sealed by shared-1"]);
    expect(turn).toMatchObject({ status: 200, dropped: null });
    const next = await world.turn(["9 sealed by shared-1"]);
    expect(next).toMatchObject({ status: 200, dropped: null, keys: turn.keys.slice(-1) });
  });

  test("a quota domain is one account: its other keys are not tried", async () => {
    const world = worldOf(OPENAI, KEYS, Object.fromEntries(KEYS.map((key) => [key, "one"])));
    const pool = world.proxy.state.pool("openai");
    for (const key of world.proxy.keys("openai")) pool.upsert({ ...key, quotaDomain: "one" });
    const turn = await stranger(world);
    expect(turn).toMatchObject({ status: 200, dropped: "encrypted_content" });
    expect(turn.keys).toHaveLength(2);
  });
});

test("a home that is gone is not waited for", async () => {
  const world = worldOf(OPENAI);
  const first = await world.turn([]);
  const home = world.proxy.keys("openai").find(({ sealed }) => sealed === first.keys[0]);
  if (home === undefined) throw new Error("no home");
  world.proxy.state.pool("openai").upsert({ ...home, status: "disabled" });
  const startedMs = world.proxy.clock.nowMs;
  const second = await world.turn([first.seal ?? ""]);
  expect(second).toMatchObject({ status: 200, dropped: "encrypted_content" });
  expect(second.keys).not.toContain(first.keys[0]);
  expect(world.proxy.clock.nowMs - startedMs).toBeLessThan(SECOND_MS);
});

test("what carries none doesn't wait", async () => {
  const world = worldOf(OPENAI);
  const first = await world.turn([]);
  world.rests.set(first.keys[0] ?? "", world.proxy.clock.nowMs + 4 * SECOND_MS);
  const startedMs = world.proxy.clock.nowMs;
  const second = await world.turn([]);
  expect(second).toMatchObject({ status: 200, dropped: null });
  expect(world.proxy.clock.nowMs - startedMs).toBeLessThan(SECOND_MS);
});

test("a turn that will not wait goes on without", async () => {
  const world = worldOf(OPENAI);
  const first = await world.turn([]);
  world.rests.set(first.keys[0] ?? "", world.proxy.clock.nowMs + 8 * SECOND_MS);
  const second = await world.turn([first.seal ?? ""], { "x-one-balance-max-wait": "1" });
  expect(second).toMatchObject({ status: 200, dropped: "encrypted_content" });
});

test("the rejection is delivered if nothing can be left out", async () => {
  const refuse = () => Response.json(OPENAI.refusal, { status: 400 });
  const proxy = scriptedProxy({ upstream: refuse, keys: { openai: KEYS } });
  const ask = (body: object) =>
    proxy.fetch("/api/openai/v1/responses", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const plain = await ask({ model: "gpt-5", input: "hi" });
  expect([plain.status, proxy.calls.length]).toEqual([400, 3]);
  const before = proxy.calls.length;
  const carrying = await ask(OPENAI.body(["9 sealed by somebody-else"]));
  // Rejected without it, too: it isn't retried endlessly.
  expect([carrying.status, proxy.calls.length - before]).toEqual([400, 4]);
  expect(proxy.usage.events.map(({ outcome }) => outcome)).toEqual([
    "client_error",
    "client_error",
  ]);
});
