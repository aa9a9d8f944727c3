/** What isolates report to each other about their use of provider keys, over rows in D1. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import { D1UseRows } from "../../lib/db/state/use-rows";
import type { ModelReport } from "../../lib/pool/peers/report-format";
import { newKeyRequest } from "../../lib/pool/pick-result";
import { db, emptyStore, SECRETS, storeKey } from "./test-store";

const TOLD: readonly ModelReport[] = [
  ["openai gpt", 2, 24_000, [["pk_1", [12, 1, 3, 2], [], 10, 40]]],
];

beforeEach(async () => {
  await db.run(sql`delete from isolate_uses`);
});

test("each receives the others' last reports, and their age", async () => {
  const rows = new D1UseRows(openDatabase(env.DB));
  expect(await rows.exchange("is_1", TOLD)).toEqual([]);
  await db.run(sql`update isolate_uses set at_ms = at_ms - 3000`);
  const [told, ...others] = await rows.exchange("is_2", []);
  expect(others).toEqual([]);
  expect(told?.isolate).toBe("is_1");
  expect(JSON.parse(told?.models ?? "")).toEqual(TOLD);
  expect(told?.ageMs).toBeGreaterThanOrEqual(3_000);
  expect(told?.ageMs).toBeLessThan(60_000);
  await rows.exchange("is_1", []);
  expect((await rows.exchange("is_2", []))[0]?.models).toBe("[]");
});

test("an isolate has one row, and rows of those that are gone go", async () => {
  const rows = new D1UseRows(openDatabase(env.DB));
  for (let count = 0; count < 3; count += 1) await rows.exchange("is_1", TOLD);
  await db.run(sql`update isolate_uses set at_ms = at_ms - 76000`);
  expect(await rows.exchange("is_2", TOLD)).toEqual([]);
  expect(await db.all(sql`select isolate_id as id from isolate_uses`)).toEqual([{ id: "is_2" }]);
});

test("a limit reported to one isolate, and what it sent, counts in another", async () => {
  await emptyStore();
  const keyId = await storeKey("sk-fake-1");
  const isolate = async () => {
    const state = createIsolateState({
      db: openDatabase(env.DB),
      secrets: SECRETS,
      authKey: "",
      nowMs: Date.now,
      random: () => 0.5,
    });
    await state.ready();
    const works: Promise<unknown>[] = [];
    return {
      pool: state.pool("openai"),
      /** Its background work, until it ends. */
      async share() {
        state.shareUse((work) => works.push(work));
        await Promise.all(works);
      },
    };
  };
  const send = (pool: Awaited<ReturnType<typeof isolate>>["pool"]) => {
    const ask = newKeyRequest({ tokenId: "at_1", weight: 1, priority: 0 });
    const turn = pool.ask("gpt", ask, Date.now());
    if (turn.kind !== "granted") throw new Error(turn.kind);
    return turn.lease;
  };
  const refuse = (pool: Awaited<ReturnType<typeof isolate>>["pool"]) => {
    const untilMs = Date.now() + 20_000;
    const quota = { unit: "requests", span: "minute", limit: 10, requested: null } as const;
    const rest = { untilMs, isGuess: false };
    pool.refuse("gpt", send(pool), { ...quota, retryAtMs: untilMs }, rest, Date.now());
  };
  const [one, other] = [await isolate(), await isolate()];
  for (let count = 0; count < 4; count += 1) send(one.pool);
  refuse(one.pool);
  await one.share();
  send(other.pool);
  other.pool.cool(keyId, "gpt", Date.now() + 100, "rate_limit_minute");
  await other.share();
  const [known] = other.pool.knownLimits(keyId, Date.now());
  expect(known?.limits).toMatchObject([{ unit: "requests", limit: 10, source: "learnt", left: 5 }]);
});
