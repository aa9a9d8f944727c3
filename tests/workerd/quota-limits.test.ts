/** Limits that people set for keys, quota domains and providers, and how isolates apply them. */
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { providerKeys } from "../../lib/db/schema/schema";
import { auditLog } from "../../lib/db/schema/team-schema";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import { changeProviderKeys } from "../../lib/manage/keys/change-provider-keys";
import { listProviderKeys } from "../../lib/manage/keys/list-provider-keys";
import { undoProviderKeys } from "../../lib/manage/keys/undo-provider-keys";
import { listQuotaLimits } from "../../lib/manage/limits/list-quota-limits";
import { setQuotaLimitsInput } from "../../lib/manage/limits/quota-limit-schemas";
import { setQuotaLimits } from "../../lib/manage/limits/set-quota-limits";
import type { ManageContext } from "../../lib/manage/manage-context";
import { parseInput } from "../../lib/manage/parse-input";
import type { KeyPool } from "../../lib/pool/key-pool";
import { newKeyRequest } from "../../lib/pool/pick-result";
import { recordRequests } from "./record-requests";
import { ACTOR, db, emptyStore, SECRETS, storeKey } from "./test-store";
import { attemptBy, requestAt } from "./usage-events";

let nowMs = 0;
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };
const every = { model: "*", rpm: null, tpm: null, dailyRequests: null };

beforeEach(async () => {
  // Noon UTC, so that all minutes of a test belong to one day.
  nowMs = Date.UTC(2026, 10, 24, 12);
  await emptyStore();
});

function startIsolate() {
  return createIsolateState({
    db,
    secrets: SECRETS,
    authKey: "",
    nowMs: () => nowMs,
    random: () => 0.5,
  });
}

/** How many of some requests a pool lets through at once. */
function countGo(pool: KeyPool, model: string, asked = 20): number {
  let gone = 0;
  for (let request = 0; request < asked; request += 1) {
    const ask = newKeyRequest({ tokenId: "at_1", weight: 1, priority: 0 });
    const turn = pool.ask(model, ask, nowMs);
    if (turn.kind !== "granted") break;
    pool.succeed(model, turn.lease, [], nowMs);
    gone += 1;
  }
  return gone;
}

const set = (input: unknown) => setQuotaLimits(context, parseInput(setQuotaLimitsInput, input));

describe("the verbs", () => {
  test("set, list, log and take back a provider's limits, the closest first", async () => {
    const limits = [
      { rpm: 10 },
      { model: "gpt-5*", tpm: 1000 },
      { model: "gpt-5-mini", dailyRequests: 5 },
    ];
    expect(await set({ provider: "openai", limits })).toEqual({ previous: [] });
    const [item] = await listQuotaLimits(context, {});
    expect(item).toMatchObject({ provider: "openai", domain: null });
    expect(item?.limits.map(({ model }) => model)).toEqual(["gpt-5-mini", "gpt-5*", "*"]);

    const { previous } = await set({ provider: "openai", limits: [] });
    expect(await listQuotaLimits(context, {})).toEqual([]);
    await set({ provider: "openai", limits: previous });
    await set({ provider: "openai", limits: previous });
    expect((await listQuotaLimits(context, { provider: "openai" }))[0]?.limits).toEqual(previous);
    const log = await db.select().from(auditLog).where(eq(auditLog.action, "quota-limits.set"));
    // Setting what is already set changes nothing.
    expect(log).toHaveLength(3);
    expect(log[0]).toMatchObject({ subjectId: "openai", before: { limits: [] } });
  });

  test("say what is wrong and change nothing", async () => {
    await expect(set({ provider: "nobody", limits: [{ rpm: 1 }] })).rejects.toThrow(
      "unknown provider",
    );
    for (const [limits, words] of [
      [[{ rpm: 0 }], "1 or more"],
      [[{ rpm: 1.5 }], "whole number"],
      [[{ model: "m" }], "at least one"],
      [[{ rpm: 1 }, { rpm: 2 }], "already"],
      [[{ rpm: 1, rps: 3 }], "unknown field"],
    ] as const) {
      expect(() => parseInput(setQuotaLimitsInput, { provider: "openai", limits })).toThrow(words);
    }
    expect(await listQuotaLimits(context, {})).toEqual([]);
  });

  test("keys have limits of their own: given when added, changed for many, undone", async () => {
    const limits = [{ model: "*", rpm: 3 }];
    const keys = [{ key: "sk-fake-limits-1", limits }, "sk-fake-limits-2"];
    await addProviderKeys(context, { provider: "openai", keys });
    const read = async () =>
      (await listProviderKeys(context, { limit: 10 })).items.map((key) => key.limits).reverse();
    expect(await read()).toEqual([[{ ...every, rpm: 3 }], null]);

    const settings = { limits: [{ ...every, dailyRequests: 9 }] };
    const target = { filter: { provider: "openai" } };
    const { undo } = await changeProviderKeys(context, {
      target,
      change: { kind: "set", settings },
    });
    expect(await read()).toEqual([settings.limits, settings.limits]);
    if (undo === null) throw new Error("no undo");
    await undoProviderKeys(context, undo);
    expect(await read()).toEqual([[{ ...every, rpm: 3 }], null]);
  });
});

describe("isolates", () => {
  test("learn of limits when they load, and of every change", async () => {
    const id = await storeKey("sk-fake-1");
    await set({ provider: "openai", limits: [{ rpm: 2 }] });
    const state = startIsolate();
    await state.ready();
    expect(countGo(state.pool("openai"), "m")).toBe(2);

    await set({ provider: "openai", limits: [{ rpm: 5 }] });
    nowMs += 2_001;
    await state.afterResponse();
    expect(countGo(state.pool("openai"), "m")).toBe(3);

    const settings = { limits: [{ ...every, rpm: 6 }] };
    await changeProviderKeys(context, {
      target: { ids: [id] },
      change: { kind: "set", settings },
    });
    nowMs += 2_001;
    await state.afterResponse();
    expect(countGo(state.pool("openai"), "m")).toBe(1);

    await set({ provider: "openai", domain: "org", limits: [{ rpm: 9 }] });
    await db.update(providerKeys).set({ quotaDomain: "org" }).where(eq(providerKeys.id, id));
    const later = startIsolate();
    await later.ready();
    expect(countGo(later.pool("openai"), "m")).toBe(9);
  });

  test("count what others sent of the day, without what was rejected", async () => {
    const id = await storeKey("sk-fake-1");
    await set({ provider: "openai", limits: [{ model: "gpt-5-mini", dailyRequests: 10 }] });
    const attempts = [attemptBy("pk_gone", "rate_limit_minute"), attemptBy(id)];
    const events = [
      ...Array.from({ length: 6 }, () => requestAt(nowMs - 1000, { attempts })),
      requestAt(nowMs - 1000, {
        outcome: "limited",
        attempts: [attemptBy(id, "rate_limit_minute")],
      }),
      requestAt(nowMs - 86_400_000, { attempts: [attemptBy(id)] }),
    ];
    await recordRequests(events, nowMs);

    const state = startIsolate();
    await state.ready();
    expect(countGo(state.pool("openai"), "gpt-5-mini")).toBe(4);
    expect(countGo(state.pool("openai"), "other")).toBe(20);
    nowMs += 86_400_000;
    expect(countGo(state.pool("openai"), "gpt-5-mini")).toBe(10);
  });
});
