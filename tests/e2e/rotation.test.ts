/** Quota turned into responses: the pool's keys over many requests, some of them invalid, exhausted or unreliable. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chat, inParallel } from "./chat.ts";
import { removeKeys, type Stack, startStack } from "./harness.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
beforeEach(async () => {
  await removeKeys(stack, ["openai", "google-ai-studio"]);
  stack.upstream.clear();
});
afterAll(() => stack?.close());

function keyNames(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `sk-fake-${kind}-${index}`);
}

function answeredBy(key: string, status = 200): number {
  return stack.upstream.ledger.get(key)?.statuses[status] ?? 0;
}

/** Status and relevant headers of one chat, whose body is read. */
async function ask(model?: string) {
  const response = await chat(stack, model === undefined ? {} : { model });
  const body = await response.text();
  const attempts = Number(response.headers.get("x-one-balance-attempts"));
  return { status: response.status, attempts, body };
}

describe("bad keys", () => {
  test("20 keys with 10 dead, 500 requests: all answered, each dead key tried at most once and blocked with the upstream's words", async () => {
    const good = keyNames("good", 10);
    const banned = keyNames("banned", 5);
    const invalid = keyNames("invalid", 5);
    for (const key of good) stack.upstream.setKey(key, { kind: "ok" });
    for (const key of banned) stack.upstream.setKey(key, { kind: "banned" });
    await stack.admin.addKeys("openai", [...good, ...banned, ...invalid]);

    const answers = await inParallel(500, 8, () => ask());
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);

    // By a request, and by a check after another's response that found two others dead.
    for (const key of [...banned, ...invalid]) {
      expect(stack.upstream.ledger.get(key)?.requests, key).toBeOneOf([1, 2]);
    }
    const attempts = answers.reduce((sum, answer) => sum + answer.attempts, 0);
    expect(attempts).toBeLessThanOrEqual(510);

    await expect
      .poll(() => stack.admin.listKeys("provider=openai&status=blocked"), { timeout: 5000 })
      .toHaveLength(10);
    const blocked = await stack.admin.listKeys("provider=openai&status=blocked");
    const reasons = blocked.map(({ reason }) => reason ?? "");
    expect(reasons.filter((reason) => reason.includes("deactivated account"))).toHaveLength(5);
    expect(reasons.filter((reason) => reason.includes("Incorrect API key"))).toHaveLength(5);
  });

  test("good keys of equal weight share the requests evenly", async () => {
    const keys = keyNames("even", 10);
    for (const key of keys) stack.upstream.setKey(key, { kind: "ok" });
    await stack.admin.addKeys("openai", keys);
    await inParallel(200, 4, () => ask());
    const shares = keys.map((key) => answeredBy(key));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(200);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(17);
    expect(Math.max(...shares)).toBeLessThanOrEqual(23);
  });

  test("a key banned by Google, whose answer repeats the key, is blocked without its text in the reason", async () => {
    stack.upstream.setKey("AIzaFakeBanned0001", { kind: "banned" });
    stack.upstream.setKey("AIzaFakeGood0001", { kind: "ok" });
    await stack.admin.addKeys("google-ai-studio", ["AIzaFakeBanned0001", "AIzaFakeGood0001"]);
    const generate = () =>
      fetch(`${stack.url}/api/google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-goog-api-key": "test-admin-token" },
        body: JSON.stringify({ contents: [{ parts: [{ text: "hi" }] }] }),
      });
    for (let index = 0; index < 3; index++) expect((await generate()).status).toBe(200);
    await expect
      .poll(() => stack.admin.listKeys("status=blocked"), { timeout: 5000 })
      .toHaveLength(1);
    const [key] = await stack.admin.listKeys("status=blocked");
    expect(key?.reason).toContain("has been suspended");
    expect(key?.reason).not.toContain("AIzaFakeBanned0001");
  });

  test.each(["html", "gateway-limit", "region"] as const)(
    "a response that no key is to blame for (%s) neither cools down nor blocks the key",
    async (kind) => {
      stack.upstream.setKey("sk-fake-1", { kind: "sequence", steps: [{ kind }, { kind: "ok" }] });
      stack.upstream.setKey("sk-fake-2", { kind: "ok" });
      await stack.admin.addKeys("openai", ["sk-fake-1", "sk-fake-2"]);
      await inParallel(10, 1, () => ask());
      expect(answeredBy("sk-fake-1")).toBeGreaterThanOrEqual(3);
      const keys = await stack.admin.listKeys();
      expect(keys.map(({ status, cooldowns }) => ({ status, cooldowns }))).toEqual(
        Array(2).fill({ status: "active", cooldowns: [] }),
      );
    },
  );
});

describe("an unsteady upstream", () => {
  test("30 % random 503s: every one of 200 requests is answered and no key suffers", async () => {
    const seed = Math.floor(Math.random() * 1e9);
    console.info(`503s from seed ${seed}`);
    const keys = keyNames("flaky", 5);
    keys.forEach((key, index) => {
      stack.upstream.setKey(key, { kind: "flaky", share: 0.3, seed: seed + index });
    });
    await stack.admin.addKeys("openai", keys);
    const answers = await inParallel(200, 8, () => ask());
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    for (const key of keys) expect(answeredBy(key)).toBeGreaterThan(0);
    const listed = await stack.admin.listKeys();
    expect(listed.every((key) => key.status === "active" && key.cooldowns.length === 0)).toBe(true);
  });

  test("one key that closes connections: every request is answered by the other", async () => {
    stack.upstream.setKey("sk-fake-reset", { kind: "reset" });
    stack.upstream.setKey("sk-fake-ok", { kind: "ok" });
    await stack.admin.addKeys("openai", ["sk-fake-reset", "sk-fake-ok"]);
    const answers = await inParallel(10, 2, () => ask());
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });
});

describe("limits", () => {
  test("a key limited for one model is tried once for it and keeps serving the others", async () => {
    stack.upstream.setKey("sk-fake-tired", {
      kind: "limited",
      requests: 0,
      windowMs: 60_000,
      models: ["gpt-4o"],
    });
    stack.upstream.setKey("sk-fake-fresh", { kind: "ok" });
    await stack.admin.addKeys("openai", ["sk-fake-tired", "sk-fake-fresh"]);
    const large = await inParallel(20, 1, () => ask("gpt-4o"));
    const small = await inParallel(20, 1, () => ask("gpt-4o-mini"));
    expect([...large, ...small].filter(({ status }) => status !== 200)).toEqual([]);
    expect(answeredBy("sk-fake-tired", 429)).toBe(1);
    expect(answeredBy("sk-fake-tired")).toBe(10);
  });

  test("a request waits for the only key, which serves as soon as the wait that the upstream stated is over", async () => {
    stack.upstream.setKey("sk-fake-brief", { kind: "limited", requests: 1, windowMs: 1500 });
    await stack.admin.addKeys("openai", ["sk-fake-brief"]);
    const first = await ask();
    const startedMs = performance.now();
    const second = await ask();
    const waitedMs = performance.now() - startedMs;
    expect([first, second].map(({ status, attempts }) => [status, attempts])).toEqual([
      [200, 1],
      [200, 2],
    ]);
    expect(waitedMs).toBeGreaterThan(1000);
    expect(answeredBy("sk-fake-brief", 429)).toBe(1);
  });

  test("a request that won't wait learns when there is room again, and the pool answers it by itself", async () => {
    stack.upstream.setKey("sk-fake-brief", { kind: "limited", requests: 1, windowMs: 1500 });
    await stack.admin.addKeys("openai", ["sk-fake-brief"]);
    const impatient = { headers: { "x-one-balance-max-wait": "0" } };
    expect((await chat(stack, impatient)).status).toBe(200);
    const refused = await chat(stack, impatient);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-one-balance-limit-source")).toBe("pool");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    let byThePool = 0;
    const again = async () => {
      const { status, headers } = await chat(stack, impatient);
      if (headers.get("x-one-balance-limit-source") === "pool") byThePool += 1;
      return status;
    };
    await expect.poll(again, { timeout: 5000, interval: 100 }).toBe(200);
    expect(byThePool).toBeGreaterThan(1);
    // On a busy machine one request may overtake another on its way, and arrive a moment too early.
    expect(answeredBy("sk-fake-brief", 429)).toBeLessThanOrEqual(2);
  });

  test("a 429 that states nothing costs its client a wait of seconds, not the answer", async () => {
    const bare = { kind: "limited", requests: 0, windowMs: 60_000, states: "bare" } as const;
    stack.upstream.setKey("sk-fake-mute", { kind: "sequence", steps: [bare, { kind: "ok" }] });
    await stack.admin.addKeys("openai", ["sk-fake-mute"]);
    expect((await ask()).status).toBe(200);
    expect(answeredBy("sk-fake-mute", 429)).toBe(1);
    expect((await ask()).status).toBe(200);
  });

  test("a restart keeps cooldowns and blocks", async () => {
    stack.upstream.setKey("sk-fake-banned", { kind: "banned" });
    stack.upstream.setKey("sk-fake-tired", { kind: "limited", requests: 0, windowMs: 60_000 });
    stack.upstream.setKey("sk-fake-ok", { kind: "ok" });
    await stack.admin.addKeys("openai", ["sk-fake-banned", "sk-fake-tired", "sk-fake-ok"]);
    await inParallel(6, 1, () => ask());
    await stack.restart();
    const answers = await inParallel(6, 1, () => ask());
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(stack.upstream.ledger.get("sk-fake-banned")?.requests).toBe(1);
    expect(stack.upstream.ledger.get("sk-fake-tired")?.requests).toBe(1);
    const keys = await stack.admin.listKeys();
    expect(keys.filter(({ status }) => status === "blocked")).toHaveLength(1);
    expect(keys.flatMap(({ cooldowns }) => cooldowns)).toHaveLength(1);
  });
});
