/** Caps of keys over D1: set by people, counted from what all isolates wrote, and recorded as cooldowns. */
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { keyCooldowns, keyEvents, providerKeys } from "../../lib/db/schema/schema";
import { auditLog } from "../../lib/db/schema/team-schema";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import { DEFAULT_SETTINGS } from "../../lib/db/team/settings";
import { UsageRecorder } from "../../lib/db/usage/usage-recorder";
import { providerKeyPage } from "../../lib/manage/answer-schemas";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import { changeProviderKeys } from "../../lib/manage/keys/change-provider-keys";
import { exportProviderKeys } from "../../lib/manage/keys/export-provider-keys";
import { listProviderKeys } from "../../lib/manage/keys/list-provider-keys";
import { undoProviderKeys } from "../../lib/manage/keys/undo-provider-keys";
import { updateProviderKey } from "../../lib/manage/keys/update-provider-key";
import type { ManageContext } from "../../lib/manage/manage-context";
import { readPastedKeys } from "../../lib/moving-in/read-pasted-keys";
import type { KeyPool } from "../../lib/pool/key-pool";
import { newKeyRequest } from "../../lib/pool/pick-result";
import { NO_USAGE } from "../../lib/usage/types";
import { ACTOR, db, emptyStore, SECRETS, storeKey } from "./test-store";
import { attemptBy, requestAt } from "./usage-events";

const MIDNIGHT = Date.UTC(2026, 10, 25);
let nowMs = 0;
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 24, 12);
  await emptyStore();
});

const startIsolate = () =>
  createIsolateState({ db, secrets: SECRETS, authKey: "", nowMs: () => nowMs, random: () => 0.5 });

const ask = (pool: KeyPool) =>
  pool.ask("gpt-5", newKeyRequest({ tokenId: "at_1", weight: 1, priority: 0 }), nowMs);

/** Writes a request with this cost, as another isolate does. */
async function spend(keyId: string, costUsd: number, atMs = nowMs): Promise<void> {
  const recorder = new UsageRecorder({
    db,
    nowMs: () => nowMs,
    sleep: async () => {},
    random: () => 0.5,
    settings: () => DEFAULT_SETTINGS,
  });
  const usage = { ...NO_USAGE, inputTokens: 1, outputTokens: 1, reportedNanoUsd: costUsd * 1e9 };
  recorder.add({
    ...requestAt(atMs, { attempts: [attemptBy(keyId)] }),
    provider: "openrouter",
    usage,
  });
  await recorder.flush();
}

async function keyWith(caps: Partial<typeof providerKeys.$inferInsert>): Promise<string> {
  const id = await storeKey(`sk-or-fake-${nowMs}`, "openrouter");
  await db.update(providerKeys).set(caps).where(eq(providerKeys.id, id));
  return id;
}

describe("what people set", () => {
  test("singly, in bulk, with an undo and in the audit log", async () => {
    const caps = { concurrentRequests: 3, dailyCostUsd: 1.5 };
    const keys = [{ key: "sk-or-capped-1", ...caps }];
    expect(await addProviderKeys(context, { provider: "openrouter", keys })).toMatchObject({
      added: 1,
    });
    const list = async () => {
      const page = await listProviderKeys(context, { limit: 10 });
      expect(providerKeyPage.parse(page)).toBeTruthy();
      return page.items;
    };
    const [first] = await list();
    expect(first).toMatchObject({ ...caps, monthlyCostUsd: null });
    const id = first?.id ?? "";
    await updateProviderKey(context, id, { dailyCostUsd: null, monthlyCostUsd: 20 });
    expect((await list())[0]).toMatchObject({ dailyCostUsd: null, monthlyCostUsd: 20 });
    const settings = { concurrentRequests: 1, monthlyCostUsd: 5 };
    const { changed, undo } = await changeProviderKeys(context, {
      target: { filter: { provider: "openrouter" } },
      change: { kind: "set", settings },
    });
    expect(changed).toBe(1);
    expect((await list())[0]).toMatchObject(settings);
    if (undo === null) throw new Error("no undo");
    await undoProviderKeys(context, undo);
    expect((await list())[0]).toMatchObject({ concurrentRequests: 3, monthlyCostUsd: 20 });
    const log = await db.select().from(auditLog).where(eq(auditLog.action, "provider-key.update"));
    expect(log[0]).toMatchObject({
      before: { dailyCostUsd: 1.5, monthlyCostUsd: null },
      after: { dailyCostUsd: null, monthlyCostUsd: 20 },
    });
  });

  test("an export has them in columns that an import takes back", async () => {
    await keyWith({ concurrentRequests: 2, dailyCostUsd: 0.25, monthlyCostUsd: 10 });
    const pieces = await exportProviderKeys(context, {
      filter: { provider: "openrouter" },
      format: "csv",
    });
    let csv = "";
    for await (const piece of pieces) csv += piece;
    const [header = "", row = ""] = csv.split("\r\n");
    const withKey = `key,${header}\nsk-or-v1-fake-imported-key,${row}\n`;
    expect(readPastedKeys(withKey).keys[0]?.settings).toMatchObject({
      concurrentRequests: 2,
      dailyCostUsd: 0.25,
      monthlyCostUsd: 10,
    });
  });
});

describe("what all isolates spent", () => {
  test("counts where an isolate starts, and the store records the key that reached its cap", async () => {
    const id = await keyWith({ dailyCostUsd: 1, monthlyCostUsd: 3 });
    // On the day before: it counts for the month alone.
    await spend(id, 0.9, nowMs - 86_400_000);
    await spend(id, 0.5);
    const state = startIsolate();
    await state.ready();
    expect(ask(state.pool("openrouter")).kind).toBe("granted");
    await spend(id, 0.5);
    // An isolate that serves requests counts again within a minute.
    nowMs += 61_000;
    await state.ready();
    expect(ask(state.pool("openrouter"))).toMatchObject({ kind: "exhausted" });
    await state.afterResponse();
    const [cooldown] = await db.select().from(keyCooldowns);
    expect(cooldown).toMatchObject({
      keyId: id,
      model: "*",
      untilMs: MIDNIGHT,
      reason: "cost_day",
    });
    const [told] = await db.select().from(keyEvents);
    expect(told).toMatchObject({ keyId: id, kind: "cooled", untilMs: MIDNIGHT });
    const { items } = await listProviderKeys(context, { limit: 10 });
    expect(items[0]?.cooldowns).toEqual([{ model: "*", untilMs: MIDNIGHT, reason: "cost_day" }]);
    // Another isolate learns about it from the cooldown.
    const other = startIsolate();
    await other.ready();
    expect(ask(other.pool("openrouter"))).toMatchObject({ kind: "exhausted" });
  });

  test("a higher cap ends the cooldown in every isolate, one that is still reached does not", async () => {
    const id = await keyWith({ dailyCostUsd: 1 });
    await spend(id, 1.5);
    const state = startIsolate();
    await state.ready();
    await state.afterResponse();
    expect(ask(state.pool("openrouter"))).toMatchObject({ kind: "exhausted" });
    const setTo = (dailyCostUsd: number | null) =>
      changeProviderKeys(context, {
        target: { ids: [id] },
        change: { kind: "set", settings: { dailyCostUsd } },
      });
    await setTo(1.2);
    expect(await db.select().from(keyCooldowns)).toEqual([]);
    nowMs += 61_000;
    await state.ready();
    expect(ask(state.pool("openrouter"))).toMatchObject({ kind: "exhausted" });
    await state.afterResponse();
    expect(await db.select().from(keyCooldowns)).toHaveLength(1);
    await setTo(2);
    nowMs += 61_000;
    await state.ready();
    expect(ask(state.pool("openrouter")).kind).toBe("granted");
    expect(await db.select().from(keyCooldowns)).toEqual([]);
  });

  test("keys without caps aren't counted, and write nothing", async () => {
    const id = await keyWith({ remark: null });
    await spend(id, 100);
    const state = startIsolate();
    await state.ready();
    expect(ask(state.pool("openrouter")).kind).toBe("granted");
    expect(state.pool("openrouter").costCappedKeys).toEqual([]);
    await state.afterResponse();
    expect(await db.select().from(keyCooldowns)).toEqual([]);
  });
});
