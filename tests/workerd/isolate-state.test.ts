import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import {
  deleteProviderKeys,
  resetProviderKey,
  updateProviderKey,
} from "../../lib/db/keys/change-provider-keys";
import { openDatabase } from "../../lib/db/open-database";
import { accessTokens, keyCooldowns, providerKeys, stateVersion } from "../../lib/db/schema/schema";
import { createIsolateState, type IsolateState } from "../../lib/db/state/isolate-state";
import { revokeAccessToken } from "../../lib/manage/tokens/revoke-access-token";
import { updateAccessToken } from "../../lib/manage/tokens/update-access-token";
import type { Evidence, StateEvent } from "../../lib/proxy/ports";
import { ACTOR, db, emptyStore, NO_AUDIT, SECRETS, storeKey, storeToken } from "./test-store";
import { type UnreliableD1, unreliable } from "./unreliable-d1";

const HOUR_MS = 3_600_000;

/** Moves all isolates' clocks; the store's rows carry these times too. */
let nowMs = 0;

let logged: MockInstance;

beforeEach(async () => {
  nowMs = Date.now();
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await emptyStore();
});

afterEach(() => logged.mockRestore());

interface Isolate {
  readonly state: IsolateState;
  readonly store: UnreliableD1;
}

function startIsolate(authKey = ""): Isolate {
  const store = unreliable(env.DB);
  const state = createIsolateState({
    db: openDatabase(store.d1),
    secrets: SECRETS,
    authKey,
    nowMs: () => nowMs,
    random: () => 0.5,
  });
  return { state, store };
}

async function startWarmIsolate(authKey = ""): Promise<Isolate> {
  const isolate = startIsolate(authKey);
  await isolate.state.ready();
  return isolate;
}

const evidence = (meaning: Evidence["meaning"]): Evidence => ({
  meaning,
  rule: "test",
  status: 429,
  words: "slow down",
  requestId: "req_test",
  model: "m1",
  atMs: nowMs,
});

/** What the proxy does with a verdict: applies it to the isolate's pool and records it. */
function cool({ state }: Isolate, keyId: string, model: string, untilMs: number): void {
  state.pool("openai").cool(keyId, model, untilMs, "rate_limit_minute");
  state.record({
    kind: "key-cooled",
    keyId,
    model,
    untilMs,
    evidence: evidence("rate_limit_minute"),
  });
}

function block({ state }: Isolate, keyId: string): void {
  state.pool("openai").block(keyId);
  state.record({ kind: "key-blocked", keyId, evidence: evidence("key_invalid") });
}

const cooldownOf = ({ state }: Isolate, keyId: string, model: string) =>
  state.pool("openai").get(keyId)?.cooldowns.get(model)?.untilMs;

const statusOf = ({ state }: Isolate, keyId: string) => state.pool("openai").get(keyId)?.status;

const storedCooldown = (keyId: string) =>
  db.select().from(keyCooldowns).where(eq(keyCooldowns.keyId, keyId)).get();

const storedKey = (id: string) =>
  db.select().from(providerKeys).where(eq(providerKeys.id, id)).get();

const version = async () => (await db.select().from(stateVersion).get())?.version;

/** Any request two seconds later: its response makes an isolate ask for changes. */
async function serveLater({ state }: Isolate): Promise<void> {
  nowMs += 2_001;
  await state.afterResponse();
}

describe("loading", () => {
  test("the first ready() brings keys, live cooldowns and tokens", async () => {
    const id = await storeKey("sk-fake-1");
    await storeToken("ob-fake-token", { providers: ["openai", "groq"], models: ["m1"] });
    const first = await startWarmIsolate();
    cool(first, id, "m1", nowMs + 60_000);
    cool(first, id, "gone", nowMs - 1);
    await first.state.afterResponse();

    const second = await startWarmIsolate();
    const key = second.state.pool("openai").get(id);
    expect(key).toMatchObject({ provider: "openai", masked: "sk…1", status: "active", weight: 1 });
    expect([...(key?.cooldowns ?? [])]).toEqual([
      ["m1", { untilMs: nowMs + 60_000, reason: "rate_limit_minute" }],
    ]);
    expect(key && (await second.state.openKey(key))).toBe("sk-fake-1");
    expect(second.state.pool("groq").size).toBe(0);
    expect(await second.state.findAccessToken("ob-fake-token")).toMatchObject({
      name: "test",
      scopes: [
        { provider: "openai", models: ["m1"] },
        { provider: "groq", models: ["m1"] },
      ],
    });
  });

  test("a warm isolate asks the store for nothing before a response", async () => {
    await storeKey("sk-fake-1");
    await storeToken("ob-fake-token");
    const isolate = await startWarmIsolate();
    const before = isolate.store.calls;
    nowMs += 4_999;
    await isolate.state.ready();
    await isolate.state.findAccessToken("ob-fake-token");
    expect(isolate.store.calls).toBe(before);
  });

  test("after a response the store is read at most every 2 s, with one read when nothing changed", async () => {
    const isolate = await startWarmIsolate();
    const before = isolate.store.calls;
    nowMs += 1_999;
    await isolate.state.afterResponse();
    expect(isolate.store.calls).toBe(before);
    nowMs += 1;
    await isolate.state.afterResponse();
    await isolate.state.afterResponse();
    expect(isolate.store.calls).toBe(before + 1);
  });

  test("many requests to a cold isolate share one load", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = startIsolate();
    await Promise.all(Array.from({ length: 50 }, () => isolate.state.ready()));
    expect(isolate.store.calls).toBe(1);
    expect(statusOf(isolate, id)).toBe("active");
  });

  test("ready() refreshes knowledge older than 5 s", async () => {
    const isolate = await startWarmIsolate();
    const id = await storeKey("sk-fake-1");
    nowMs += 5_001;
    await isolate.state.ready();
    expect(statusOf(isolate, id)).toBe("active");
  });

  test("after half a day without news everything is loaded again, so no deletion is missed", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = await startWarmIsolate();
    await deleteProviderKeys(db, { ids: [id] }, nowMs, NO_AUDIT());
    nowMs += 13 * HOUR_MS;
    await deleteProviderKeys(db, { ids: [] }, nowMs + 24 * HOUR_MS, NO_AUDIT());
    await isolate.state.ready();
    expect(isolate.state.pool("openai").size).toBe(0);
  });
});

describe("what one isolate does, the other sees", () => {
  test("a cooldown", async () => {
    const id = await storeKey("sk-fake-1");
    const [one, other] = [await startWarmIsolate(), await startWarmIsolate()];
    cool(one, id, "m1", nowMs + 60_000);
    await one.state.afterResponse();
    await serveLater(other);
    expect(cooldownOf(other, id, "m1")).toBe(cooldownOf(one, id, "m1"));
    expect(await storedCooldown(id)).toMatchObject({
      reason: "rate_limit_minute",
      evidence: { words: "slow down", requestId: "req_test" },
    });
  });

  test("a block, with its evidence kept", async () => {
    const id = await storeKey("sk-fake-1");
    const [one, other] = [await startWarmIsolate(), await startWarmIsolate()];
    block(one, id);
    await one.state.afterResponse();
    await serveLater(other);
    expect(statusOf(other, id)).toBe("blocked");
    expect(await storedKey(id)).toMatchObject({
      status: "blocked",
      reason: "key_invalid",
      evidence: { words: "slow down" },
    });
  });

  test("a new key and a deleted key", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = await startWarmIsolate();
    const added = await storeKey("sk-fake-2");
    await deleteProviderKeys(db, { ids: [id] }, nowMs, NO_AUDIT());
    await serveLater(isolate);
    expect(statusOf(isolate, id)).toBeUndefined();
    expect(statusOf(isolate, added)).toBe("active");
  });

  test("a new token at once, a paused and a revoked one after the next refresh", async () => {
    const isolate = await startWarmIsolate();
    const manage = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };
    const id = await storeToken("ob-fake-token");
    nowMs += 1_000;
    expect(await isolate.state.findAccessToken("ob-fake-token")).toMatchObject({
      id,
      scopes: null,
    });

    await updateAccessToken(manage, "everyone", id, { status: "paused" });
    await serveLater(isolate);
    expect(await isolate.state.findAccessToken("ob-fake-token")).toBeNull();

    await updateAccessToken(manage, "everyone", id, { status: "active" });
    await serveLater(isolate);
    expect(await isolate.state.findAccessToken("ob-fake-token")).toMatchObject({ id });

    await revokeAccessToken(manage, "everyone", id);
    await serveLater(isolate);
    expect(await isolate.state.findAccessToken("ob-fake-token")).toBeNull();
  });

  test("a reset: blocks and rests end everywhere, in the isolate that noted them too", async () => {
    const id = await storeKey("sk-fake-1");
    const [one, other] = [await startWarmIsolate(), await startWarmIsolate()];
    cool(one, id, "m1", nowMs + HOUR_MS);
    block(one, id);
    await one.state.afterResponse();
    await serveLater(other);
    expect(statusOf(other, id)).toBe("blocked");

    nowMs += 1_000;
    await resetProviderKey(db, id, nowMs, NO_AUDIT());
    await serveLater(one);
    await serveLater(other);
    for (const isolate of [one, other]) {
      expect(statusOf(isolate, id)).toBe("active");
      expect(cooldownOf(isolate, id, "m1")).toBeUndefined();
    }
  });

  test("expire() makes the next ready() see a change at once", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = await startWarmIsolate();
    await updateProviderKey(db, id, { status: "disabled" }, nowMs, NO_AUDIT());
    await isolate.state.ready();
    expect(statusOf(isolate, id)).toBe("active");
    isolate.state.expire();
    await isolate.state.ready();
    expect(statusOf(isolate, id)).toBe("disabled");
  });

  test("a restart keeps cooldowns and blocks", async () => {
    const [cooled, blocked] = [await storeKey("sk-fake-1"), await storeKey("sk-fake-2")];
    const isolate = await startWarmIsolate();
    cool(isolate, cooled, "m1", nowMs + HOUR_MS);
    block(isolate, blocked);
    await isolate.state.afterResponse();

    const restarted = await startWarmIsolate();
    expect(cooldownOf(restarted, cooled, "m1")).toBe(nowMs + HOUR_MS);
    expect(statusOf(restarted, blocked)).toBe("blocked");
  });
});

describe("changes of others do not undo what this isolate noted", () => {
  test("a change to a key keeps rests and blocks that are not written yet", async () => {
    const [cooled, blocked] = [await storeKey("sk-fake-1"), await storeKey("sk-fake-2")];
    const isolate = await startWarmIsolate();
    cool(isolate, cooled, "m1", nowMs + HOUR_MS);
    block(isolate, blocked);
    await updateProviderKey(db, cooled, { weight: 7 }, nowMs, NO_AUDIT());
    await updateProviderKey(db, blocked, { weight: 7 }, nowMs, NO_AUDIT());
    isolate.state.expire();
    await isolate.state.ready();
    expect(isolate.state.pool("openai").get(cooled)?.weight).toBe(7);
    expect(cooldownOf(isolate, cooled, "m1")).toBe(nowMs + HOUR_MS);
    expect(statusOf(isolate, blocked)).toBe("blocked");
  });

  test("the later of two ends stands, in both isolates and in the store", async () => {
    const id = await storeKey("sk-fake-1");
    const [one, other] = [await startWarmIsolate(), await startWarmIsolate()];
    cool(one, id, "m1", nowMs + HOUR_MS);
    cool(other, id, "m1", nowMs + 60_000);
    const endMs = nowMs + HOUR_MS;
    await one.state.afterResponse();
    await other.state.afterResponse();
    await serveLater(other);
    await serveLater(one);
    expect(cooldownOf(one, id, "m1")).toBe(endMs);
    expect(cooldownOf(other, id, "m1")).toBe(endMs);
    expect((await storedCooldown(id))?.untilMs).toBe(endMs);
  });

  test("what was noted before a reset is void, though it is written after it; what came later counts", async () => {
    const [before, after] = [await storeKey("sk-fake-1"), await storeKey("sk-fake-2")];
    const isolate = await startWarmIsolate();
    block(isolate, before);
    cool(isolate, before, "m1", nowMs + HOUR_MS);
    nowMs += 1;
    await resetProviderKey(db, before, nowMs, NO_AUDIT());
    await resetProviderKey(db, after, nowMs, NO_AUDIT());
    nowMs += 1;
    cool(isolate, after, "m1", nowMs + HOUR_MS);
    const endMs = nowMs + HOUR_MS;

    isolate.state.expire();
    await isolate.state.ready();
    await isolate.state.afterResponse();
    expect(statusOf(isolate, before)).toBe("active");
    expect(cooldownOf(isolate, before, "m1")).toBeUndefined();
    expect((await storedKey(before))?.status).toBe("active");
    expect(await storedCooldown(before)).toBeUndefined();
    expect(cooldownOf(isolate, after, "m1")).toBe(endMs);
    expect((await storedCooldown(after))?.untilMs).toBe(endMs);
  });

  test("a key that a person disabled is not made blocked", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = await startWarmIsolate();
    await updateProviderKey(db, id, { status: "disabled" }, nowMs, NO_AUDIT());
    block(isolate, id);
    await isolate.state.afterResponse();
    expect((await storedKey(id))?.status).toBe("disabled");
  });

  test("a deleted key leaves no cooldown behind", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = await startWarmIsolate();
    await deleteProviderKeys(db, { ids: [id] }, nowMs, NO_AUDIT());
    cool(isolate, id, "m1", nowMs + HOUR_MS);
    await isolate.state.afterResponse();
    expect(await storedCooldown(id)).toBeUndefined();
  });
});

describe("flushing", () => {
  test("hundreds of events make one write, merged by key and model", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = await startWarmIsolate();
    const [calls, versionBefore] = [isolate.store.calls, await version()];
    const end = nowMs + 1_000_000;
    for (let i = 0; i < 300; i++) cool(isolate, id, `m${i % 3}`, end - i);
    await isolate.state.afterResponse();
    expect(isolate.store.calls).toBe(calls + 1);
    expect(await version()).toBe((versionBefore ?? 0) + 1);
    const rows = await db.select().from(keyCooldowns).where(eq(keyCooldowns.keyId, id));
    expect(rows.map((row) => [row.model, row.untilMs]).sort()).toEqual([
      ["m0", end],
      ["m1", end - 1],
      ["m2", end - 2],
    ]);
  });

  test("one flush at a time: later events go together, a second after the first", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = await startWarmIsolate();
    const calls = isolate.store.calls;
    const startedMs = Date.now();
    const work = [];
    for (let i = 0; i < 20; i++) {
      cool(isolate, id, `m${i}`, nowMs + HOUR_MS);
      work.push(isolate.state.afterResponse());
    }
    await Promise.all(work);
    expect(isolate.store.calls).toBe(calls + 2);
    expect(await db.$count(keyCooldowns)).toBe(20);
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(900);
  });

  test("an isolate does not read back what it alone wrote", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = await startWarmIsolate();
    cool(isolate, id, "m1", nowMs + HOUR_MS);
    await isolate.state.afterResponse();
    const calls = isolate.store.calls;
    await serveLater(isolate);
    expect(isolate.store.calls).toBe(calls + 1);
  });

  test("the last use is written at once, then at most every hour, and takes no version", async () => {
    const keyId = await storeKey("sk-fake-1");
    const tokenId = await storeToken("ob-fake-token");
    const isolate = await startWarmIsolate("env-token");
    const before = await version();
    const use = async () => {
      const events: StateEvent[] = [
        { kind: "key-used", keyId, atMs: nowMs },
        { kind: "token-used", tokenId, atMs: nowMs },
        { kind: "token-used", tokenId: "env_0123456789ab", atMs: nowMs },
      ];
      for (const event of events) isolate.state.record(event);
      await isolate.state.afterResponse();
    };
    const stored = async () => [
      (await storedKey(keyId))?.lastUsedAtMs,
      (await db.select().from(accessTokens).where(eq(accessTokens.id, tokenId)).get())
        ?.lastUsedAtMs,
    ];
    const firstMs = nowMs;
    await use();
    expect(await stored()).toEqual([firstMs, firstMs]);
    nowMs += HOUR_MS - 1;
    await use();
    expect(await stored()).toEqual([firstMs, firstMs]);
    nowMs += 1;
    await use();
    expect(await stored()).toEqual([nowMs, nowMs]);
    expect(await version()).toBe(before);
  });
});

describe("with D1 down", () => {
  test("a warm isolate goes on with what it knows, and does not ask again for 5 s", async () => {
    const id = await storeKey("sk-fake-1");
    await storeToken("ob-fake-token");
    const isolate = await startWarmIsolate();
    isolate.store.mode = "down";
    nowMs += 60_000;
    await isolate.state.ready();
    const calls = isolate.store.calls;
    nowMs += 4_999;
    await isolate.state.ready();
    expect(isolate.store.calls).toBe(calls);
    expect(statusOf(isolate, id)).toBe("active");
    expect(await isolate.state.findAccessToken("ob-fake-token")).not.toBeNull();
    expect(await isolate.state.findAccessToken("ob-unknown")).toBeNull();
  });

  test("a store that does not answer holds a warm request up for a second, and the next not at all", async () => {
    const isolate = await startWarmIsolate();
    isolate.store.mode = "hanging";
    nowMs += 60_000;
    const startedMs = Date.now();
    await isolate.state.ready();
    const waitedMs = Date.now() - startedMs;
    expect(waitedMs).toBeGreaterThanOrEqual(900);
    expect(waitedMs).toBeLessThan(2_000);
    await isolate.state.ready();
    expect(Date.now() - startedMs - waitedMs).toBeLessThan(200);
  });

  test("a cold isolate serves the tokens of AUTH_KEY, and has no keys", async () => {
    const isolate = startIsolate("env-token=openai,m1");
    isolate.store.mode = "down";
    await isolate.state.ready();
    expect(await isolate.state.findAccessToken("env-token")).toMatchObject({
      scopes: [{ provider: "openai", models: ["m1"] }],
    });
    expect(await isolate.state.findAccessToken("ob-fake-token")).toBeNull();
    expect(isolate.state.pool("openai").size).toBe(0);
  });

  test("a cold isolate loads a second after the store is back", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = startIsolate();
    isolate.store.mode = "down";
    await isolate.state.ready();
    isolate.store.mode = "up";
    nowMs += 1_000;
    await isolate.state.ready();
    expect(statusOf(isolate, id)).toBe("active");
  });

  test("a read that never comes back, as of a cancelled request, does not hold up a cold isolate for long", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = startIsolate();
    isolate.store.mode = "hanging";
    void isolate.state.ready();
    isolate.store.mode = "up";
    nowMs += 3_000;
    await isolate.state.ready();
    expect(statusOf(isolate, id)).toBe("active");
  });

  test("events wait and are written when the store is back", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = await startWarmIsolate();
    isolate.store.mode = "down";
    cool(isolate, id, "m1", nowMs + HOUR_MS);
    const endMs = nowMs + HOUR_MS;
    const work = isolate.state.afterResponse();
    await vi.waitFor(() => expect(logged).toHaveBeenCalled(), { timeout: 20_000 });
    expect(await storedCooldown(id)).toBeUndefined();
    isolate.store.mode = "up";
    await work;
    expect((await storedCooldown(id))?.untilMs).toBe(endMs);
  });

  test("a flush that never comes back is taken over by a later request", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = await startWarmIsolate();
    isolate.store.mode = "hanging";
    block(isolate, id);
    void isolate.state.afterResponse();
    isolate.store.mode = "up";
    nowMs += 5_000;
    await isolate.state.afterResponse();
    expect((await storedKey(id))?.status).toBe("blocked");
  });
});

describe("what the store rejects", () => {
  afterEach(() => env.DB.prepare("drop trigger if exists refuse").run());

  test("one cooldown that D1 rejects delays no block, and is lost and counted in the end", async () => {
    const [cooled, blocked] = [await storeKey("sk-fake-1"), await storeKey("sk-fake-2")];
    await env.DB.prepare(
      `create trigger refuse before insert on key_cooldowns when new.model = 'refused'
       begin select raise(abort, 'refused'); end`,
    ).run();
    const isolate = await startWarmIsolate();
    cool(isolate, cooled, "refused", nowMs + HOUR_MS);
    block(isolate, blocked);
    void isolate.state.afterResponse();
    await vi.waitFor(async () => expect((await storedKey(blocked))?.status).toBe("blocked"), {
      timeout: 20_000,
    });
    let lost = 0;
    await vi.waitFor(
      async () => {
        // Requests continue, some of them with news.
        nowMs += 31_000;
        cool(isolate, cooled, `m${nowMs}`, nowMs + HOUR_MS);
        void isolate.state.afterResponse();
        lost += isolate.state.takeLostEvents();
        expect(lost).toBe(1);
      },
      { timeout: 60_000, interval: 1_500 },
    );
  });

  test("a rest without end is one until the end of numbers, and what comes with it is written", async () => {
    const [cooled, blocked] = [await storeKey("sk-fake-1"), await storeKey("sk-fake-2")];
    const isolate = await startWarmIsolate();
    cool(isolate, cooled, "m1", Number.POSITIVE_INFINITY);
    block(isolate, blocked);
    await isolate.state.afterResponse();
    expect((await storedKey(blocked))?.status).toBe("blocked");
    expect((await storedCooldown(cooled))?.untilMs).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("a clock that is set back an hour", () => {
  test("stops neither reading nor writing", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = await startWarmIsolate();
    nowMs -= HOUR_MS;
    cool(isolate, id, "m1", nowMs + HOUR_MS);
    await isolate.state.afterResponse();
    expect((await storedCooldown(id))?.untilMs).toBe(nowMs + HOUR_MS);
    const added = await storeKey("sk-fake-2");
    await serveLater(isolate);
    expect(statusOf(isolate, added)).toBe("active");
  });
});

describe("expireIfChanged()", () => {
  test("makes the next request wait for the store after a change, and not after what only reads", async () => {
    const id = await storeKey("sk-fake-1");
    const isolate = startIsolate();
    // As the portal does it: on its own isolate's database.
    const here = openDatabase(isolate.store.d1);
    await isolate.state.ready();
    await here.select().from(providerKeys);
    isolate.state.expireIfChanged();
    expect(isolate.state.ready()).toBeNull();
    await updateProviderKey(here, id, { status: "disabled" }, nowMs, NO_AUDIT());
    isolate.state.expireIfChanged();
    await isolate.state.ready();
    expect(statusOf(isolate, id)).toBe("disabled");
    isolate.state.expireIfChanged();
    expect(isolate.state.ready()).toBeNull();
  });
});

describe("access tokens", () => {
  test("unknown texts make the isolate ask at most once a second", async () => {
    const isolate = await startWarmIsolate();
    nowMs += 1_000;
    const calls = isolate.store.calls;
    for (let i = 0; i < 100; i++) {
      expect(await isolate.state.findAccessToken(`ob-guess-${i}`)).toBeNull();
    }
    expect(isolate.store.calls).toBe(calls + 1);
  });

  test("an expired token is found: expiry is for the caller to judge", async () => {
    await storeToken("ob-fake-token", { expiresAtMs: 1 });
    const isolate = await startWarmIsolate();
    expect(await isolate.state.findAccessToken("ob-fake-token")).toMatchObject({ expiresAtMs: 1 });
  });

  test("an AUTH_KEY token needs no store at all", async () => {
    const isolate = startIsolate("k1;k2(1758077793)");
    expect(await isolate.state.findAccessToken("k1")).toMatchObject({
      scopes: null,
      expiresAtMs: null,
    });
    expect((await isolate.state.findAccessToken("k2"))?.expiresAtMs).toBe(1_758_077_793_000);
    expect(isolate.store.calls).toBe(0);
  });
});
