import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { newRowId } from "../../lib/db/new-row-id";
import { envAccessTokens } from "../../lib/db/tokens/env-access-tokens";
import { compactUsage } from "../../lib/db/usage/compact-usage";
import { readQuotaForecasts } from "../../lib/manage/limits/read-quota-forecasts";
import type { ManageContext } from "../../lib/manage/manage-context";
import { changeSettings } from "../../lib/manage/settings/change-settings";
import { browseRequests } from "../../lib/manage/usage/browse-requests";
import { listRequestChoices } from "../../lib/manage/usage/list-request-choices";
import { readLogThinning } from "../../lib/manage/usage/read-log-thinning";
import { readOverviewUsage } from "../../lib/manage/usage/read-overview-usage";
import { readUsageBoard, type UsageBoardInput } from "../../lib/manage/usage/read-usage-board";
import type { RequestEvent } from "../../lib/usage/request-event";
import { DAY_MS, HOUR_MS } from "../../lib/usage/rollup";
import { recordRequests } from "./record-requests";
import { ACTOR, db, emptyStore, emptyUsage, SECRETS, storeKey, storeToken } from "./test-store";
import { attemptBy, requestAt, usageOf } from "./usage-events";

const NOW_MS = Date.UTC(2026, 10, 20, 12, 30);
const HOUR_OF_NOW = Date.UTC(2026, 10, 20, 12);

const context: ManageContext = { db, secrets: SECRETS, nowMs: () => NOW_MS, actor: ACTOR };
const ADMIN = { id: "us_admin", role: "admin" } as const;

beforeEach(async () => {
  await emptyStore();
  await emptyUsage();
});

const record = (events: readonly RequestEvent[], rollUp: readonly string[] = []) =>
  recordRequests(events, NOW_MS, rollUp);

/** Twelve models, two members; every fifth request is rejected after an attempt, the others succeed. */
function mixed(): RequestEvent[] {
  return Array.from({ length: 100 }, (_, index) => {
    const isRefused = index % 5 === 0;
    return requestAt(NOW_MS - (index % 4) * HOUR_MS, {
      model: index % 12 === 0 ? "gpt-5-mini" : `model-${index % 12}`,
      tokenId: `at_${index % 2}`,
      userId: `us_${index % 2}`,
      usage: isRefused ? null : usageOf(100 + (index % 10), 10),
      durationMs: 900,
      outcome: isRefused ? "limited" : "ok",
      attempts: [attemptBy("pk_1", isRefused ? "rate_limit_minute" : "ok")],
    });
  });
}

const board = (
  input: Partial<UsageBoardInput> = {},
  reader: Parameters<typeof readUsageBoard>[1] = ADMIN,
) =>
  readUsageBoard(context, reader, {
    grain: "hour",
    fromMs: HOUR_OF_NOW - 23 * HOUR_MS,
    toMs: HOUR_OF_NOW + HOUR_MS,
    groupBy: "model",
    ...input,
  });

const sumOf = (lists: readonly { readonly values: readonly number[] }[]) =>
  lists.flatMap(({ values }) => values).reduce((sum, value) => sum + value, 0);

describe("the board of use", () => {
  test("is split by a tag, and narrowed by its values, for a member as for admins", async () => {
    const rollUp = ["customer", "feature"];
    await changeSettings(context, { section: "tags", changes: { rollUp } });
    const tagged = mixed().map((event, index) => ({
      ...event,
      ...(index % 4 !== 3 && { tags: { customer: `c${index % 4}`, feature: "rag" } }),
    }));
    await record(tagged, rollUp);
    const all = await board({ groupBy: "tag:customer" });
    expect(all.groups.map(({ id, requests }) => [id, requests]).toSorted()).toEqual([
      ["", 25],
      ["c0", 25],
      ["c1", 25],
      ["c2", 25],
    ]);
    expect(all.totals).toEqual((await board()).totals);
    expect(sumOf(all.tokens)).toBe(sumOf((await board()).tokens));
    expect(all.choices).toMatchObject({
      tagNames: rollUp,
      tags: ["customer=c0", "customer=c1", "customer=c2", "feature=rag"],
    });
    // Values are no ids, even if they look like one.
    expect(Object.keys(all.names)).not.toContain("c0");

    const tag = { name: "customer", value: "c1" };
    const ofOne = await board({ tag, groupBy: "user" });
    expect(ofOne.groups.map(({ id, requests }) => [id, requests])).toEqual([["us_1", 25]]);
    expect(ofOne.totals.requests).toBe(25);
    // What isn't known of a tag is shown by model.
    for (const groupBy of ["token", "tag:feature"] as const) {
      expect((await board({ tag, groupBy })).groups).toEqual((await board({ tag })).groups);
    }
    const own = { id: "us_0", role: "member" } as const;
    const mine = await board({ groupBy: "tag:customer" }, own);
    expect(mine.groups.map(({ id, requests }) => [id, requests]).toSorted()).toEqual([
      ["c0", 25],
      ["c2", 25],
    ]);
    expect(mine.choices.tags).toEqual(["customer=c0", "customer=c2", "feature=rag"]);
  });

  test("of one key, is what that key served, and not a member's to see", async () => {
    const events = mixed().map((event, index) => ({
      ...event,
      attempts: [attemptBy(`pk_${index % 3}`, index % 5 === 0 ? "rate_limit_minute" : "ok")],
    }));
    await record(events);
    const served = events.filter(({ attempts }) => attempts[0]?.keyId === "pk_1");
    const { totals, tokens } = await board({ key: "pk_1" });
    expect(totals.requests).toBe(served.length);
    expect(totals.answered).toBe(served.filter(({ outcome }) => outcome === "ok").length);
    expect(sumOf(tokens)).toBe(totals.inputTokens + totals.outputTokens);

    const own = await board({ key: "pk_1" }, { id: "us_1", role: "member" });
    expect(own.totals.requests).toBe(events.filter(({ userId }) => userId === "us_1").length);
  });

  test("every chart adds up to the totals, whatever it is grouped by", async () => {
    await record(mixed());
    for (const groupBy of ["provider", "model", "token", "user", "key", "outcome"] as const) {
      const shown = await board({ groupBy });
      expect(shown.totals).toMatchObject({ requests: 100, answered: 80, attempts: 100 });
      expect(sumOf(shown.outcomes)).toBe(100);
      expect(sumOf(shown.tokens)).toBe(shown.totals.inputTokens + shown.totals.outputTokens);
      expect(shown.totals.costUsd).toBeGreaterThan(0);
      expect(sumOf(shown.costs)).toBeCloseTo(shown.totals.costUsd, 12);
      expect(shown.groups.reduce((sum, row) => sum + row.requests, 0)).toBe(100);
    }
  });

  test("eight models are drawn and the others are one, in buckets of which the last is open", async () => {
    await record(mixed());
    const { tokens, buckets, openBucketMs, attemptsPerAnswer, durations } = await board();
    expect(tokens).toHaveLength(9);
    expect(tokens.at(-1)?.id).toBeNull();
    expect(buckets).toHaveLength(24);
    expect(buckets.at(-1)).toBe(HOUR_OF_NOW);
    expect(openBucketMs).toBe(HOUR_OF_NOW);
    expect(attemptsPerAnswer.slice(-5)).toEqual([null, 1.25, 1.25, 1.25, 1.25]);
    expect(durations[0]).toEqual({ p50: null, p90: null, p99: null });
    expect(durations.at(-1)?.p50).toBeGreaterThan(630);
    expect(durations.at(-1)?.p99).toBeLessThanOrEqual(1_000);
  });

  test("filters narrow all of it; what is gone from the journal is still there", async () => {
    await record(mixed());
    const before = await board({ user: "us_1", outcome: "ok" });
    expect(before.totals).toMatchObject({ requests: 40, answered: 40 });
    await compactUsage(db, newRowId("uf", NOW_MS), NOW_MS + HOUR_MS);
    expect(await board({ user: "us_1", outcome: "ok" })).toEqual(before);
    const day = await board({
      grain: "day",
      fromMs: Date.UTC(2026, 10, 14),
      toMs: Date.UTC(2026, 10, 21),
    });
    expect(day.buckets).toHaveLength(7);
    expect(day.totals.requests).toBe(100);
  });

  test("members get their own, whatever they request", async () => {
    await record(mixed());
    const member = { id: "us_1", role: "member" } as const;
    for (const input of [{}, { user: "us_0" }, { groupBy: "key" as const }]) {
      const { totals, choices } = await board(input, member);
      expect(totals.requests).toBe(50);
      expect(choices).toMatchObject({ tokens: ["at_1"], users: ["us_1"] });
    }
    expect((await board({ token: "at_0" }, member)).totals.requests).toBe(0);
    const viewer = { id: "us_1", role: "viewer" } as const;
    expect((await board({}, viewer)).totals.requests).toBe(100);
  });

  test("tokens and keys have their names, keys are masked", async () => {
    const keyId = await storeKey("sk-test-a-key-of-a-test-0001");
    const tokenId = await storeToken("ob-test", { name: "nightly" });
    await record([requestAt(NOW_MS, { tokenId, attempts: [attemptBy(keyId)] })]);
    expect((await board({ groupBy: "token" })).names[tokenId]).toBe("nightly");
    const { names, groups } = await board({ groupBy: "key" });
    expect(groups.map(({ id }) => id)).toEqual([keyId]);
    expect(names[keyId]).toContain("…");
    expect(JSON.stringify(names)).not.toContain("a-key-of-a-test");
  });

  test("tokens of the environment have names too", async () => {
    const [fromEnv] = (await envAccessTokens("one-of-a-test")).values();
    const tokenId = fromEnv?.id ?? "";
    await record([requestAt(NOW_MS, { tokenId })]);
    const withEnv = { ...context, authKey: "one-of-a-test" };
    const input = { grain: "hour", fromMs: HOUR_OF_NOW, toMs: NOW_MS, groupBy: "token" } as const;
    expect((await readUsageBoard(withEnv, ADMIN, input)).names).toEqual({
      [tokenId]: "AUTH_KEY 1",
    });
    const page = await browseRequests(withEnv, ADMIN, { limit: 1, format: "json" });
    expect(page.items).toMatchObject([{ tokenId, tokenName: "AUTH_KEY 1" }]);
    const choices = await listRequestChoices(withEnv, ADMIN);
    expect(choices.tokens).toEqual([{ id: tokenId, name: "AUTH_KEY 1" }]);
    const member = { id: "us_1", role: "member" } as const;
    expect((await listRequestChoices(withEnv, member)).tokens).toEqual([]);
  });

  test("the overview's day is the board's", async () => {
    await record(mixed());
    const overview = await readOverviewUsage(context, ADMIN, HOUR_OF_NOW - HOUR_MS);
    const today = await board({ fromMs: HOUR_OF_NOW - HOUR_MS });
    expect(overview.today).toEqual(today.totals);
    expect(sumOf(overview.outcomes)).toBe(100);
    expect(overview.models).toHaveLength(5);
    expect(overview.users.map(({ id, requests }) => [id, requests])).toEqual(
      expect.arrayContaining([
        ["us_0", 50],
        ["us_1", 50],
      ]),
    );
  });

  test("rests and blocks of keys by the hour", async () => {
    await storeNotice("pk_1", "cooled", "gpt-5-mini", NOW_MS);
    await storeNotice("pk_2", "cooled", "gpt-5-mini", NOW_MS - HOUR_MS);
    await storeNotice("pk_2", "blocked", "gpt-5", NOW_MS);
    const { keyEvents } = await board();
    expect(keyEvents.cooled.slice(-3)).toEqual([0, 1, 1]);
    expect(keyEvents.blocked.slice(-3)).toEqual([0, 0, 1]);
    expect(sumOf([{ values: (await board({ provider: "groq" })).keyEvents.cooled }])).toBe(0);
  });
});

/** The provider's response that the daily quota is used up. */
function storeNotice(keyId: string, kind: string, model: string, atMs: number) {
  return db.run(sql`
    insert into key_events (id, key_id, provider, kind, model, evidence, at_ms)
    values (${`ke_${keyId}${kind}${atMs}`}, ${keyId}, 'openai', ${kind}, ${model},
      ${JSON.stringify({ meaning: "rate_limit_day" })}, ${atMs})`);
}

function answersOf(keyId: string, count: number, atMs: number): RequestEvent[] {
  return Array.from({ length: count }, () => requestAt(atMs, { attempts: [attemptBy(keyId)] }));
}

describe("forecasts of quotas", () => {
  test("nothing is known before a provider has reported it", async () => {
    const keyId = await storeKey("a");
    await record(answersOf(keyId, 3, NOW_MS));
    expect(await readQuotaForecasts(context)).toEqual({
      atMs: NOW_MS,
      known: [],
      unknownModels: 1,
    });
  });

  test("from days that were spent, for keys that were and those that were not", async () => {
    const [one, two] = [await storeKey("a"), await storeKey("b")];
    const yesterdayMs = NOW_MS - DAY_MS;
    await storeNotice(one, "cooled", "gpt-5-mini", yesterdayMs);
    await record([
      ...answersOf(one, 30, yesterdayMs - 2 * HOUR_MS),
      // From the day before: not part of what yesterday's quota allowed.
      ...answersOf(one, 9, yesterdayMs - 14 * HOUR_MS),
      ...answersOf(one, 6, NOW_MS),
      ...answersOf(two, 4, NOW_MS - 3 * HOUR_MS),
    ]);
    const check = async () => {
      const { known, unknownModels } = await readQuotaForecasts(context);
      expect(unknownModels).toBe(0);
      expect(known).toMatchObject([
        {
          provider: "openai",
          model: "gpt-5-mini",
          quota: 60,
          left: 50,
          keys: { learnt: 1, guessed: 1, unknown: 0 },
          resetMs: Date.UTC(2026, 10, 21),
          // Six in the last hour and a half: fifty last for 12.5 hours, and the day for 11.5.
          requestsPerHour: 4,
          dryMs: null,
        },
      ]);
    };
    await check();
    await compactUsage(db, newRowId("uf", NOW_MS), NOW_MS + HOUR_MS);
    await check();
  });

  test("a key that is spent today has nothing left", async () => {
    const keyId = await storeKey("a");
    await storeNotice(keyId, "cooled", "gpt-5-mini", NOW_MS);
    await db.run(sql`
      insert into key_cooldowns (key_id, model, until_ms, reason, evidence, set_at_ms, version)
      values (${keyId}, 'gpt-5-mini', ${NOW_MS + HOUR_MS}, 'rate_limit_day', '{}', ${NOW_MS}, 1)`);
    await record(answersOf(keyId, 7, NOW_MS));
    const { known } = await readQuotaForecasts(context);
    expect(known).toMatchObject([{ quota: 7, left: 0, dryMs: NOW_MS }]);
  });
});

test("the log's sampling is reported as the day's rows near the budget", async () => {
  const dayMs = Math.floor(NOW_MS / DAY_MS) * DAY_MS;
  const written = (rows: number) =>
    db.run(sql`
      insert into usage_days (day_ms, rows_written, dropped, unlogged)
      values (${dayMs}, ${rows}, 0, 5), (${dayMs - DAY_MS}, 999, 0, 1)
      on conflict (day_ms) do update set rows_written = excluded.rows_written`);
  await changeSettings(context, { section: "metering", changes: { dailyRowBudget: 1_000 } });
  const told = [];
  for (const rows of [100, 650, 800, 950]) {
    await written(rows);
    told.push((await readLogThinning(context)).log);
  }
  expect(told).toEqual(["full", "sampled", "problems", "none"]);
  expect(await readLogThinning(context)).toMatchObject({ budget: 1_000, unlogged: 5 });
});
