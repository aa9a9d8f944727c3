/** What an isolate knows over a store whose calls overtake each other. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openSimD1 } from "../../../bench/lib/isolates/sim-d1";
import { hashToken } from "../../crypto/hash-token";
import { openDatabase } from "../open-database";
import { createIsolateState } from "./isolate-state";

const START_MS = Date.parse("2026-03-10T12:00:00Z");

beforeEach(
  () => void vi.useFakeTimers({ now: START_MS, toFake: ["setTimeout", "clearTimeout", "Date"] }),
);
afterEach(() => void vi.useRealTimers());

test("a read that was taken for lost undoes nothing when it arrives after all", async () => {
  const d1 = openSimD1();
  const store = d1.binding(async () => {});
  const held: (() => void)[] = [];
  let isFirst = true;
  // The first read has what the store held then, and is delivered late.
  const slow = Object.assign(Object.create(store), {
    prepare: store.prepare.bind(store),
    batch: async (statements: D1PreparedStatement[]) => {
      const results = await store.batch(statements);
      if (isFirst) {
        isFirst = false;
        await new Promise<void>((resolve) => held.push(resolve));
      }
      return results;
    },
  }) as D1Database;
  const hash = await hashToken("sk-one-balance-test");
  await store
    .prepare(
      "insert into access_tokens (id, name, token_hash, masked, status, created_at_ms, updated_at_ms, version) values ('at_1', 'one', ?, 'sk-…', 'active', 0, 0, 1)",
    )
    .bind(hash)
    .run();
  const state = createIsolateState({
    db: openDatabase(slow),
    secrets: null,
    authKey: "",
    nowMs: () => Date.now(),
    random: () => 0.5,
  });
  const ready = state.ready();
  await vi.advanceTimersByTimeAsync(1_000);
  await store.prepare("update state_version set version = version + 1").run();
  await store
    .prepare(
      "update access_tokens set status = 'revoked', version = (select version from state_version)",
    )
    .run();
  await vi.advanceTimersByTimeAsync(3_000);
  await ready;
  expect(state.isLoaded).toBe(true);
  expect(await state.findAccessToken("sk-one-balance-test")).toBeNull();
  for (const deliver of held) deliver();
  await vi.advanceTimersByTimeAsync(10);
  expect(await state.findAccessToken("sk-one-balance-test")).toBeNull();
  d1.close();
});
