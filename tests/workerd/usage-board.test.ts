import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { newRowId } from "../../lib/db/new-row-id";
import { envAccessTokens } from "../../lib/db/tokens/env-access-tokens";
import { compactUsage } from "../../lib/db/usage/compact-usage";
import { writeUsage } from "../../lib/db/usage/write-usage";
import { listMarks } from "../../lib/manage/audit/list-marks";
import { readQuotaForecasts } from "../../lib/manage/limits/read-quota-forecasts";
import type { ManageContext } from "../../lib/manage/manage-context";
import { addModelAlias } from "../../lib/manage/providers/add-model-alias";
import { changeSettings } from "../../lib/manage/settings/change-settings";
import { browseRequests } from "../../lib/manage/usage/browse-requests";
import { listRequestChoices } from "../../lib/manage/usage/list-request-choices";
import { MOST_LOGGED } from "../../lib/manage/usage/logged-range";
import { readLogThinning } from "../../lib/manage/usage/read-log-thinning";
import { readModelServing } from "../../lib/manage/usage/read-model-serving";
import { readMonthCosts } from "../../lib/manage/usage/read-month-costs";
import { readOverviewUsage } from "../../lib/manage/usage/read-overview-usage";
import { readUsageBoard, type UsageBoardInput } from "../../lib/manage/usage/read-usage-board";
import { noteDeployment } from "../../lib/upkeep/note-deployment";
import type { RequestEvent } from "../../lib/usage/request-event";
import { Cells, DAY_MS, HOUR_MS } from "../../lib/usage/rollup";
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

const NO_TIMES = { p50: null, p95: null, p99: null };

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
    expect(durations[0]).toEqual({ p50: null, p95: null, p99: null });
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

  test("figures stand beside those of the same hours of the day before, in all of its views", async () => {
    const today = mixed();
    const yesterday = mixed().slice(0, 61);
    await record([
      ...today,
      ...yesterday.map((event) => ({ ...event, atMs: event.atMs - DAY_MS, durationMs: 4_100 })),
    ]);
    const views: Partial<UsageBoardInput>[] = [
      { groupBy: "model" },
      { groupBy: "token", user: "us_1" },
      { groupBy: "key" },
      { groupBy: "model", key: "pk_1", provider: "openai" },
      { groupBy: "model", outcome: "limited" },
    ];
    for (const view of views) {
      const { compared } = await board(view);
      const { fromMs, toMs } = compared?.beforeRange ?? { fromMs: 0, toMs: 0 };
      expect([fromMs, toMs]).toEqual([HOUR_OF_NOW - 47 * HOUR_MS, HOUR_OF_NOW - DAY_MS]);
      const before = (await board({ ...view, fromMs, toMs })).totals;
      const times = { duration: NO_TIMES, firstToken: NO_TIMES };
      expect(compared?.before).toEqual(view.user === undefined ? before : { ...before, ...times });
      expect(compared?.current).toEqual((await board({ ...view, toMs: HOUR_OF_NOW })).totals);
      expect(compared?.before.requests).toBeGreaterThan(0);
    }
    const { compared, totals } = await board();
    expect(totals).toMatchObject({ limited: 20, answered: 80 });
    expect(compared?.before.duration.p50).toBeGreaterThan(4_000);
    expect(compared?.current.duration.p50).toBeLessThan(1_000);
  });

  test("minutes are the same requests as hours, in every view, and the minutes before too", async () => {
    const MINUTE_MS = 60_000;
    const hourMs = HOUR_OF_NOW - HOUR_MS;
    const events = mixed().flatMap(({ id: _, atMs: __, ...event }, index) => {
      const atMs = hourMs + ((index * 7) % 60) * MINUTE_MS + index * 11;
      const own = {
        ...event,
        durationMs: 40 + index * 17,
        timeToFirstTokenMs: index % 3 === 0 ? null : 20 + index * 9,
        ...(index % 4 !== 3 && { tags: { customer: `c${index % 4}` } }),
      };
      return [requestAt(atMs, own), requestAt(atMs - DAY_MS, own)];
    });
    await changeSettings(context, { section: "tags", changes: { rollUp: ["customer"] } });
    await record(events, ["customer"]);
    const views: Partial<UsageBoardInput>[] = [
      ...(["provider", "model", "token", "user", "outcome", "key", "tag:customer"] as const).map(
        (groupBy) => ({ groupBy }),
      ),
      { groupBy: "model", token: "at_1" },
      { groupBy: "token", model: "model-3", outcome: "ok" },
      { groupBy: "user", tag: { name: "customer", value: "c1" } },
      { groupBy: "model", key: "pk_1", provider: "openai" },
    ];
    const range = { fromMs: hourMs, toMs: HOUR_OF_NOW };
    for (const view of views) {
      const hours = await board({ ...range, ...view });
      for (const grain of ["minute", "fiveMinutes"] as const) {
        const minutes = await board({ ...range, ...view, grain });
        expect(minutes.minutes).toBe("whole");
        expect(minutes.buckets).toHaveLength(grain === "minute" ? 60 : 12);
        expect(minutes.groups.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
          hours.groups.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        );
        const { duration, firstToken, ...totals } = minutes.totals;
        expect(hours.totals).toMatchObject(totals);
        expect(sumOf(minutes.outcomes)).toBe(hours.totals.requests);
        expect(sumOf(minutes.tokens)).toBe(sumOf(hours.tokens));
        expect(sumOf(minutes.costs)).toBeCloseTo(hours.totals.costUsd, 12);
        if (view.tag !== undefined || view.groupBy === "tag:customer") continue;
        expect({ duration, firstToken }).toMatchObject({
          duration: hours.totals.duration,
          firstToken: hours.totals.firstToken,
        });
        expect(minutes.compared?.before.requests).toBe(minutes.totals.requests);
        expect(minutes.compared?.beforeRange.fromMs).toBe(hourMs - DAY_MS);
      }
    }
    const own = { id: "us_1", role: "member" } as const;
    const mine = await board({ ...range, grain: "minute" }, own);
    expect(mine.totals.requests).toBe(50);
    // What was not logged is said.
    await changeSettings(context, { section: "logging", changes: { requests: "problems" } });
    expect((await board({ ...range, grain: "minute" })).minutes).toBe("partial");
  });

  test("too many requests for minutes are shown by the hour", async () => {
    const cells = new Cells();
    for (let index = 0; index <= MOST_LOGGED; index += 1) {
      cells.add(requestAt(NOW_MS, { attempts: [attemptBy("pk_1")] }), 1);
    }
    await writeUsage(db, {
      ...{ id: "uf_many", atMs: NOW_MS, cells: cells.toStored(), logRows: [], spends: [] },
      ...{ rowsWritten: 0, dropped: 0, unlogged: 0 },
    });
    const minutes = {
      grain: "minute",
      fromMs: NOW_MS - 59 * 60_000,
      toMs: NOW_MS + 60_000,
    } as const;
    const shown = await board(minutes);
    expect(shown).toMatchObject({ grain: "hour", minutes: "tooMany" });
    expect(shown.buckets).toEqual([HOUR_OF_NOW - HOUR_MS, HOUR_OF_NOW]);
    expect(shown.totals.requests).toBe(MOST_LOGGED + 1);
  });

  test("marks: incidents of the range and, for admins, changes that matter to requests", async () => {
    const range = { fromMs: HOUR_OF_NOW - HOUR_MS, toMs: HOUR_OF_NOW + HOUR_MS };
    await changeSettings(context, { section: "logging", changes: { requests: "sampled" } });
    await db.run(sql`
      insert into audit_log (id, at_ms, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, subject_name, count)
      values (${newRowId("au", NOW_MS + 1)}, ${NOW_MS + 1}, 'user', 'us_admin', 'ada', 'member.sign-in', 'member', 'us_admin', 'ada', 1)`);
    const marks = await listMarks(context, range, { withChanges: true });
    expect(marks).toMatchObject([{ kind: "change", action: "settings.update", atMs: NOW_MS }]);
    expect(await listMarks(context, range, { withChanges: false })).toEqual([]);
    const before = { fromMs: range.fromMs - DAY_MS, toMs: range.fromMs };
    expect(await listMarks(context, before, { withChanges: true })).toEqual([]);
  });

  test("marks: each change of the version, for everyone, and none for the first", async () => {
    const range = { fromMs: HOUR_OF_NOW - DAY_MS, toMs: HOUR_OF_NOW + DAY_MS };
    const runs = (version: string, minutes: number) =>
      noteDeployment({ ...context, nowMs: () => HOUR_OF_NOW + minutes * 60_000 }, version);
    const marks = async () =>
      (await listMarks(context, range, { withChanges: false })).map((mark) =>
        mark.kind === "deployment" ? [mark.version, (mark.atMs - HOUR_OF_NOW) / 60_000] : [],
      );
    await Promise.all([runs("1.0.0+aaaaaaa", -600), runs("1.0.0+aaaaaaa", -600)]);
    expect(await marks()).toEqual([]);
    // Two isolates of the new version begin at once, and one of the old version is still there.
    await Promise.all([runs("1.1.0+bbbbbbb", 1), runs("1.1.0+bbbbbbb", 1)]);
    await runs("1.0.0+aaaaaaa", 2);
    await runs("1.1.0+bbbbbbb", 3);
    await runs("1.0.0+aaaaaaa", 4);
    expect(await marks()).toEqual([
      ["1.0.0+aaaaaaa", 2],
      ["1.1.0+bbbbbbb", 1],
    ]);
    await runs("1.1.0+bbbbbbb", 62);
    await runs("1.1.0+bbbbbbb", 63);
    expect(await marks()).toHaveLength(3);
  });

  test("the month's costs are those of its days, split as the board is", async () => {
    const months = mixed().flatMap((event, index) =>
      // The 15th of October to the 20th of November.
      [0, 36].map((days) => ({ ...event, atMs: event.atMs - (days + (index % 7)) * DAY_MS })),
    );
    await record(months);
    const sum = (rows: readonly { readonly costUsd: number }[]) =>
      rows.reduce((total, { costUsd }) => total + costUsd, 0);
    const days = { grain: "day", toMs: Date.UTC(2026, 10, 21) } as const;
    for (const groupBy of ["provider", "model", "token", "user"] as const) {
      const month = await readMonthCosts(context, ADMIN, { groupBy });
      const ofMonth = await board({ ...days, fromMs: Date.UTC(2026, 10, 1), groupBy });
      expect(month?.startMs).toBe(Date.UTC(2026, 10, 1));
      expect(month?.total.toDate).toBeCloseTo(ofMonth.totals.costUsd, 12);
      const october = { fromMs: Date.UTC(2026, 9, 1), toMs: Date.UTC(2026, 10, 1) };
      const before = await board({ ...days, ...october, groupBy });
      expect(before.totals.costUsd).toBeGreaterThan(0);
      expect(month?.total.lastMonth).toBeCloseTo(before.totals.costUsd, 12);
      expect(month?.total.forecast).toBeGreaterThan(ofMonth.totals.costUsd);
      for (const { id, toDate } of month?.rows ?? []) {
        expect(toDate).toBeCloseTo(sum(ofMonth.groups.filter((row) => row.id === id)), 12);
      }
    }
    const own = await readMonthCosts(context, { id: "us_0", role: "member" }, { groupBy: "token" });
    const mine = await board({ ...days, fromMs: Date.UTC(2026, 10, 1), user: "us_0" });
    expect(own?.total.toDate).toBeCloseTo(mine.totals.costUsd, 12);
    expect(own?.rows.map(({ id }) => id)).toEqual(["at_0"]);
    // Not kept by day.
    expect(
      await readMonthCosts(context, ADMIN, { groupBy: "token", provider: "openai" }),
    ).toBeNull();
  });

  test("who serves a model: providers with its keys by state, and aliases", async () => {
    const [ready, cooling] = [await storeKey("a"), await storeKey("b")];
    await storeKey("c", "groq");
    await db.run(sql`
      insert into key_cooldowns (key_id, model, until_ms, reason, evidence, set_at_ms, version)
      values (${cooling}, 'gpt-5-mini', ${NOW_MS + HOUR_MS}, 'rate_limit_day', '{}', ${NOW_MS}, 1)`);
    await addModelAlias(context, {
      ...{ name: "small", choice: "ordered", conversion: "needed" },
      ...{ maxInputUsd: null, maxOutputUsd: null },
      targets: [
        { provider: "groq", model: "gpt-5-mini", weight: 1, capabilities: [] },
        { provider: "openai", model: "gpt-5", weight: 1, capabilities: [] },
      ],
    });
    await record([...answersOf(ready, 3, NOW_MS), ...answersOf(ready, 2, NOW_MS - DAY_MS)]);
    const serving = await readModelServing(context, ADMIN, "gpt-5-mini");
    expect(serving).toEqual({
      providers: [
        {
          ...{ provider: "openai", label: "OpenAI", requests: 5 },
          ...{ ready: 1, cooling: 1, blocked: 0, disabled: 0 },
        },
        {
          ...{ provider: "groq", label: "Groq", requests: 0 },
          ...{ ready: 1, cooling: 0, blocked: 0, disabled: 0 },
        },
      ],
      aliases: ["small"],
    });
    const member = { id: "us_none", role: "member" } as const;
    expect((await readModelServing(context, member, "gpt-5-mini")).providers).toMatchObject([
      { provider: "groq", requests: 0 },
    ]);
    expect((await readModelServing(context, ADMIN, "gpt-5-mini", "groq")).providers).toMatchObject([
      { provider: "groq" },
    ]);
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
    expect(today.totals).toMatchObject(overview.today);
    expect(sumOf(overview.outcomes)).toBe(100);
    const hour = await board({ fromMs: HOUR_OF_NOW - HOUR_MS, toMs: HOUR_OF_NOW });
    expect(hour.totals).toMatchObject(overview.compared?.current ?? {});
    expect(overview.compared?.before.requests).toBe(0);
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
