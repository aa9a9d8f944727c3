/** Leases over rows in D1: two isolates, one limit. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { D1LeaseRows, StoreLeases } from "../../lib/db/state/store-leases";
import type { LeaseQuestion } from "../../lib/leases/leased-limit";
import { db } from "./test-store";

const NOW = Date.UTC(2026, 10, 20, 12, 30);
const ask = (used: number, demand: number): LeaseQuestion => ({
  ...{
    group: "at_1",
    used,
    demand,
    unit: 1,
    hadWhole: false,
    mayReturn: 0,
    holds: 0,
    sinceMs: NOW - 60_000,
  },
  limit: { name: "at_1 rpm", limit: 100, windowMs: 60_000 },
});
const isolate = () => new StoreLeases(new D1LeaseRows(openDatabase(env.DB)));

beforeEach(async () => {
  await db.run(sql`delete from isolate_leases`);
});

test("what one holds the other has not, and what it gives back the other gets", async () => {
  const [one, other] = [isolate(), isolate()];
  // Nothing is known yet: it claims a part, and then what is free.
  const [first] = await one.ask("is_1", [ask(0, 80)], NOW);
  expect(first?.permits).toBe(13);
  const [more] = await one.ask("is_1", [ask(13, 80)], NOW + 1_000);
  expect(more?.permits).toBe(90);
  const [left] = await other.ask("is_2", [ask(0, 80)], NOW + 2_000);
  expect(left).toMatchObject({ permits: 10, heldByOthers: 90, isolates: 2 });
  await one.ask("is_1", [ask(30, 0)], NOW + 3_000);
  // It claims what it knew to be free, sees that there is more, and claims that.
  const [known] = await other.ask("is_2", [ask(10, 80)], NOW + 4_000);
  expect(known).toMatchObject({ permits: 10, heldByOthers: 30, youngUntilMs: NOW + 3_000 });
  const [after] = await other.ask("is_2", [ask(10, 80)], NOW + 4_200);
  expect(after).toMatchObject({ permits: 70, heldByOthers: 30 });
});

test("an isolate has one row, and rows of dead ones go", async () => {
  const [one, other] = [isolate(), isolate()];
  for (let count = 0; count < 5; count += 1) {
    await one.ask("is_1", [ask(count, 10)], NOW + count * 1_000);
  }
  expect(await db.all(sql`select isolate_id as id from isolate_leases`)).toEqual([{ id: "is_1" }]);
  await db.run(sql`update isolate_leases set at_ms = at_ms - 600000`);
  await other.ask("is_2", [ask(0, 10)], NOW + 600_000);
  expect(await db.all(sql`select isolate_id as id from isolate_leases`)).toEqual([{ id: "is_2" }]);
});

test("whatever the clocks of isolates say, what one holds counts as long as it is held", async () => {
  const [early, late] = [isolate(), isolate()];
  const hourMs = 3_600_000;
  await early.ask("is_1", [ask(60, 60)], NOW - hourMs);
  const [left] = await late.ask("is_2", [ask(0, 80)], NOW + hourMs);
  expect(left?.heldByOthers).toBeGreaterThanOrEqual(60);
  const [kept] = await early.ask("is_1", [ask(60, 90)], NOW - hourMs + 1_000);
  expect(kept?.isolates).toBe(2);
});
