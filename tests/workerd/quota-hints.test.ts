/** Keys that are limited together: what is suggested, and how a suggestion ends. */
import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { writeStateEvents } from "../../lib/db/state/write-state-events";
import { changeProviderKeys } from "../../lib/manage/keys/change-provider-keys";
import { undoProviderKeys } from "../../lib/manage/keys/undo-provider-keys";
import { dismissQuotaHint } from "../../lib/manage/limits/dismiss-quota-hint";
import { readQuotaHints } from "../../lib/manage/limits/read-quota-hints";
import type { ManageContext } from "../../lib/manage/manage-context";
import { ACTOR, db, emptyStore, SECRETS, storeKey } from "./test-store";
import { auditActions } from "./test-team";

const MINUTE_MS = 60_000;
const POOL = 20;
let nowMs = 0;
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };
const hints = () => readQuotaHints(context, "openai", POOL);

let ids: string[] = [];
beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 24, 12);
  await emptyStore();
  await db.run(sql`delete from dismissed_quota_hints`);
  ids = [];
  for (let index = 0; index < 4; index += 1) ids.push(await storeKey(`sk-fake-hint-${index}`));
});

/** Rejections of all of these within a second, several times; a cooldown is recorded every 15 minutes. */
async function trip(keyIds: readonly string[], times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    nowMs += 20 * MINUTE_MS;
    const events = keyIds.map((keyId, index) => {
      const atMs = nowMs + index * 100;
      return {
        kind: "key-cooled",
        keyId,
        model: "gpt-5",
        untilMs: atMs + MINUTE_MS,
        evidence: {
          meaning: "rate_limit_minute",
          rule: "test",
          status: 429,
          words: "slow down",
          requestId: "req_test",
          model: "gpt-5",
          atMs,
        },
      } as const;
    });
    await writeStateEvents(db, events);
  }
}

test("keys that trip together are suggested for one new domain; one click sets it, an undo takes it back", async () => {
  const [a = "", b = "", c = "", d = ""] = ids;
  await trip([a, b, c], 4);
  await trip([d], 3);
  const [hint, ...others] = await hints();
  expect(others).toEqual([]);
  expect(hint).toMatchObject({ together: 4, occasions: 4, domain: "shared-1" });
  expect(hint?.keys.map(({ id }) => id)).toEqual([a, b, c]);

  const { undo } = await changeProviderKeys(context, {
    target: { ids: [a, b, c] },
    change: { kind: "set", settings: { quotaDomain: "shared-1" } },
  });
  expect(await hints()).toEqual([]);
  if (undo === null) throw new Error("no undo");
  await undoProviderKeys(context, undo);
  expect(await hints()).toHaveLength(1);
});

test("a domain that some of them are in is taken for the rest", async () => {
  await trip(ids, 3);
  await changeProviderKeys(context, {
    target: { ids: ids.slice(0, 2) },
    change: { kind: "set", settings: { quotaDomain: "project x" } },
  });
  expect(await hints()).toMatchObject([{ domain: "project x" }]);
});

test("a dismissed hint stays away, also for fewer of the keys; more of them are news", async () => {
  const three = ids.slice(0, 3);
  await trip(three, 3);
  await dismissQuotaHint(context, { provider: "openai", keyIds: three });
  await dismissQuotaHint(context, { provider: "openai", keyIds: three.toReversed() });
  expect(await hints()).toEqual([]);
  expect((await auditActions()).filter((action) => action === "quota-hint.dismiss")).toHaveLength(
    1,
  );
  await db.run(sql`delete from key_events`);
  await trip(three.slice(0, 2), 3);
  expect(await hints()).toEqual([]);
  await db.run(sql`delete from key_events`);
  await trip(ids, 3);
  expect(await hints()).toHaveLength(1);
});

test("what happened more than a week ago says nothing", async () => {
  await trip(ids, 3);
  nowMs += 7 * 24 * 60 * MINUTE_MS;
  expect(await hints()).toEqual([]);
});
