/** Which keys serve whom, through the whole handler: a key that serves groups never leaves for anyone else. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { TokenGroup } from "../../lib/pool/types.ts";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { type GroupKeys, scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
const GROUPS = ["gr_a", "gr_b", "gr_c"] as const;

const error = (status: number, message: string, code: string | null, headers = {}) =>
  Response.json({ error: { message, code, type: null } }, { status, headers });

/** What the upstream does with a request. */
const DEEDS: readonly (() => Response)[] = [
  () => Response.json({ id: "resp_0123456789abcdef", choices: [] }),
  () => error(429, "Rate limit reached", "rate_limit_exceeded", { "retry-after": "2" }),
  () => error(429, "You exceeded your current quota", "insufficient_quota"),
  () => error(401, "Incorrect API key provided", "invalid_api_key"),
  () => error(503, "Service unavailable", null, { "retry-after": "1" }),
  () => {
    throw new TypeError("connection reset");
  },
];

/** Requests of different kinds: one that names a model, one that names a stored thing, and lists. */
const REQUESTS: readonly ((name: number) => [path: string, init: RequestInit])[] = [
  () => ["/api/openai/v1/chat/completions", chat("m1")],
  () => ["/v1/chat/completions", chat("openai/m1")],
  () => [
    "/api/openai/v1/responses",
    { ...chat("m1"), body: JSON.stringify({ model: "m1", input: "hi", store: true }) },
  ],
  () => ["/api/openai/v1/responses/resp_0123456789abcdef", { method: "GET" }],
  () => ["/api/compat/models", { method: "GET" }],
];

function chat(model: string): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", "x-one-balance-max-wait": "3" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
  };
}

const group = (id: string, usesCommonKeys = true): TokenGroup => ({
  id,
  weight: 1,
  usesCommonKeys,
});
const tokenOf = (id: string, own?: TokenGroup): AccessToken =>
  own === undefined ? unlimitedToken(id) : { ...unlimitedToken(id), group: own };

const isIn = (groups: readonly string[], id: string) => groups.includes(id);

test(`no request leaves with a key that doesn't serve its caller (seed ${SEED})`, async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const history = fc.record({
    common: fc.nat(3),
    // Each key by the groups that it serves.
    sections: fc.array(fc.subarray([...GROUPS], { minLength: 1 }), { maxLength: 6 }),
    usesCommon: fc.array(fc.boolean(), { minLength: GROUPS.length, maxLength: GROUPS.length }),
    deeds: fc.array(fc.nat(DEEDS.length - 1), { minLength: 10, maxLength: 40 }),
    requests: fc.array(
      fc.record({
        caller: fc.nat(GROUPS.length),
        kind: fc.nat(REQUESTS.length - 1),
        isAdmin: fc.boolean(),
      }),
      { minLength: 4, maxLength: 12 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(history, async ({ common, sections, usesCommon, deeds, requests }) => {
      const commonTexts = Array.from({ length: common }, (_, index) => `common-${index}-`);
      const groupKeys = sections.map(
        (groups, index): GroupKeys => ({
          provider: "openai",
          groups,
          texts: [`group-${index}-`],
        }),
      );
      const callers = GROUPS.map((id, index) => group(id, usesCommon[index]));
      const tokens = new Map<string, AccessToken>();
      for (const isAdmin of [false, true]) {
        tokens.set(`no-one ${isAdmin}`, { ...tokenOf("at_none"), isAdmin });
        for (const own of callers) {
          tokens.set(`${own.id} ${isAdmin}`, { ...tokenOf(`at_${own.id}`, own), isAdmin });
        }
      }
      let next = 0;
      const proxy = scriptedProxy({
        keys: { openai: commonTexts },
        groupKeys,
        tokens,
        upstream: () => {
          const deed = DEEDS[deeds[next % deeds.length] ?? 0];
          next += 1;
          return deed?.() ?? Response.json({});
        },
      });
      for (const { caller, kind, isAdmin } of requests) {
        const own = callers[caller];
        const before = proxy.calls.length;
        const [path, init] = REQUESTS[kind]?.(0) ?? ["", {}];
        const headers = new Headers(init.headers);
        headers.set("authorization", `Bearer ${own?.id ?? "no-one"} ${isAdmin}`);
        await (await proxy.fetch(path, { ...init, headers })).arrayBuffer();
        const allowed = new Set([
          ...(own === undefined || own.usesCommonKeys ? commonTexts : []),
          ...groupKeys.flatMap(({ groups, texts }) =>
            own !== undefined && isIn(groups, own.id) ? texts : [],
          ),
        ]);
        for (const { key } of proxy.calls.slice(before)) expect([...allowed]).toContain(key);
        if (allowed.size === 0) expect(proxy.calls).toHaveLength(before);
      }
    }),
    { seed: SEED, numRuns: 100 },
  );
});

describe("a token of a group", () => {
  const limited = () =>
    error(429, "Rate limit reached", "rate_limit_exceeded", { "retry-after": "30" });
  const start = (usesCommonKeys: boolean, exhausted: readonly string[] = []) =>
    scriptedProxy({
      keys: { openai: ["common-"] },
      groupKeys: [
        { provider: "openai", groups: ["gr_a", "gr_b"], texts: ["shared-"] },
        { provider: "openai", groups: ["gr_a"], texts: ["own-"] },
      ],
      tokens: new Map([["token", tokenOf("at_1", group("gr_a", usesCommonKeys))]]),
      upstream: ({ key }) => (exhausted.includes(key) ? limited() : Response.json({ choices: [] })),
    });
  const ask = async (proxy: ReturnType<typeof start>) => {
    const response = await proxy.fetch("/api/openai/v1/chat/completions", {
      ...chat("m1"),
      headers: { "content-type": "application/json", "x-one-balance-max-wait": "0" },
    });
    return [response.status, ...proxy.calls.map(({ key }) => key)];
  };

  test("is served by its own key, then by one that groups share, then by a common one", async () => {
    expect(await ask(start(true))).toEqual([200, "own-"]);
    expect(await ask(start(true, ["own-"]))).toEqual([200, "own-", "shared-"]);
    expect(await ask(start(true, ["own-", "shared-"]))).toEqual([
      200,
      "own-",
      "shared-",
      "common-",
    ]);
  });

  test("is rejected where its group may not use the common keys", async () => {
    expect(await ask(start(false, ["own-", "shared-"]))).toEqual([429, "own-", "shared-"]);
  });

  test("waits for the section that can serve it first", async () => {
    const proxy = start(true, []);
    const pools = proxy.state.pool("openai", group("gr_a"));
    const at = proxy.clock.nowMs;
    for (const [key, seconds] of [
      ["own-", 60],
      ["shared-", 4.3],
      ["common-", 20],
    ] as const) {
      pools.startCooldown(
        `pk_${key}`,
        { every: true },
        { untilMs: at + seconds * 1_000, reason: "manual" },
      );
    }
    const response = await proxy.fetch("/api/openai/v1/chat/completions", {
      ...chat("m1"),
      headers: { "content-type": "application/json", "x-one-balance-max-wait": "30" },
    });
    expect(response.status).toBe(200);
    expect(proxy.calls.map(({ key }) => key)).toEqual(["shared-"]);
    expect(proxy.clock.nowMs - at).toBeLessThan(4_500);
    expect(proxy.state.everyKey("openai").queued).toBe(0);
  });
});

test(`what a token stores is for its owner's tokens of the same group (seed ${SEED})`, async () => {
  const callers = fc.array(
    fc.record({
      owner: fc.constantFrom(null, "us_ann", "us_bob"),
      group: fc.constantFrom(undefined, "gr_a", "gr_b"),
      // A token that replaces another acts as it did, whoever has its text now.
      replaces: fc.option(fc.nat(3), { nil: undefined }),
    }),
    { minLength: 2, maxLength: 6 },
  );
  const by = fc.nat(5);
  await fc.assert(
    fc.asyncProperty(callers, by, async (drawn, maker) => {
      const tokens: AccessToken[] = [];
      for (const { owner, group: own, replaces } of drawn) {
        const id = `at_${tokens.length}`;
        const before = replaces === undefined ? undefined : tokens[replaces];
        tokens.push(
          before === undefined
            ? { ...tokenOf(id, own === undefined ? undefined : group(own)), ownerId: owner }
            : { ...before, id, familyId: before.familyId ?? before.id },
        );
      }
      const proxy = scriptedProxy({
        keys: { openai: ["common-"] },
        tokens: new Map(tokens.map((token) => [token.id, token])),
        upstream: () => Response.json({ id: "resp_0123456789abcdef", object: "response" }),
      });
      const send = async (token: AccessToken, path: string, init: RequestInit) => {
        const headers = new Headers(init.headers);
        headers.set("authorization", `Bearer ${token.id}`);
        const response = await proxy.fetch(path, { ...init, headers });
        await proxy.clock.run(response.text());
        return response.status;
      };
      const made = tokens[maker % tokens.length];
      if (made === undefined) return;
      const body = JSON.stringify({ model: "m1", input: "hi", store: true });
      expect(await send(made, "/api/openai/v1/responses", { ...chat("m1"), body })).toBe(200);
      for (const token of tokens) {
        const isFamily = (token.familyId ?? token.id) === (made.familyId ?? made.id);
        const isOwners = made.ownerId !== null && token.ownerId === made.ownerId;
        const mayRead = isFamily || (isOwners && token.group?.id === made.group?.id);
        const path = "/api/openai/v1/responses/resp_0123456789abcdef";
        expect(await send(token, path, { method: "GET" })).toBe(mayRead ? 200 : 404);
      }
    }),
    { seed: SEED, numRuns: 60 },
  );
});

/** Each account has a model of its own; a key's text is removed from what is delivered. */
function modelOf(key: string): string {
  return `ft-${key.replaceAll("-", "").toUpperCase()}.`;
}

test(`models that only a group's account has are named to no one else (seed ${SEED})`, async () => {
  const keys = fc.record({
    common: fc.nat(2),
    sections: fc.array(fc.subarray([...GROUPS], { minLength: 1 }), { maxLength: 4 }),
    usesCommon: fc.array(fc.boolean(), { minLength: GROUPS.length, maxLength: GROUPS.length }),
    // The last one asks as no group.
    order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(keys, async ({ common, sections, usesCommon, order }) => {
      const commonTexts = Array.from({ length: common }, (_, index) => `common-${index}-`);
      const groupKeys = sections.map(
        (groups, index): GroupKeys => ({
          ...{ provider: "openai", groups: [...groups].sort(), texts: [`group-${index}-`] },
        }),
      );
      const callers = GROUPS.map((id, index) => group(id, usesCommon[index]));
      const tokens = new Map([["no-one", tokenOf("at_none")]]);
      for (const own of callers) tokens.set(own.id, tokenOf(`at_${own.id}`, own));
      const proxy = scriptedProxy({
        keys: { openai: commonTexts },
        groupKeys,
        tokens,
        upstream: ({ key }) => Response.json({ data: [{ id: modelOf(key) }] }),
      });
      for (const caller of [...order, ...order]) {
        const own = callers[caller];
        const headers = { authorization: `Bearer ${own?.id ?? "no-one"}` };
        const ofGroup = groupKeys.flatMap(({ groups, texts }) =>
          own !== undefined && isIn(groups, own.id) ? texts : [],
        );
        const ofAll = own === undefined || own.usesCommonKeys ? commonTexts : [];
        const named = async (path: string) => {
          const text = await (await proxy.fetch(path, { headers })).text();
          const all = [...commonTexts, ...groupKeys.flatMap(({ texts }) => texts)];
          return all.filter((key) => text.includes(modelOf(key)));
        };
        for (const path of ["/v1/models", "/api/quota"]) {
          const found = await named(path);
          expect([...ofGroup, ...ofAll]).toEqual(expect.arrayContaining(found));
          for (const source of [ofGroup, ofAll]) {
            const isNamed = source.some((key) => found.includes(key));
            expect(isNamed, `${path} of ${own?.id}`).toBe(source.length > 0);
          }
        }
        // A name that only others have leads nowhere.
        for (const key of groupKeys.flatMap(({ texts }) => texts)) {
          if (ofGroup.includes(key) || ofGroup.length + ofAll.length === 0) continue;
          const before = proxy.calls.length;
          await (
            await proxy.fetch("/v1/chat/completions", { ...chat(modelOf(key)), headers })
          ).text();
          const sent = proxy.calls.slice(before).map((call) => call.key);
          expect([...ofGroup, ...ofAll]).toEqual(expect.arrayContaining(sent));
        }
      }
    }),
    { seed: SEED, numRuns: 40 },
  );
});
