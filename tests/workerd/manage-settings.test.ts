import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { auditLog } from "../../lib/db/schema/team-schema";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import { DEFAULT_SETTINGS } from "../../lib/db/team/settings";
import type { ManageContext } from "../../lib/manage/manage-context";
import { ManageError } from "../../lib/manage/manage-error";
import { parseInput } from "../../lib/manage/parse-input";
import { changeSettings } from "../../lib/manage/settings/change-settings";
import { readSettings } from "../../lib/manage/settings/read-settings";
import { changeSettingsInput } from "../../lib/manage/settings/settings-schema";
import { db, emptyStore, SECRETS } from "./test-store";

let nowMs = 0;

const context: ManageContext = {
  db,
  secrets: SECRETS,
  nowMs: () => nowMs,
  actor: { kind: "user", id: "us_test", name: "ann@team.test", ip: null, userAgent: null },
};

beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
});

const change = async (input: unknown) =>
  changeSettings(context, parseInput(changeSettingsInput, input));

const upstream = (changes: object) => change({ section: "upstream", changes });

const audited = async () =>
  (await db.select().from(auditLog)).map(({ action, subjectId, before, after }) => ({
    action,
    subjectId,
    before,
    after,
  }));

/** Traces, signing in and the targets of alerts have verbs of their own. */
const { traces: _, signIn: __, alertTargets: ___, ...SHOWN } = DEFAULT_SETTINGS;

describe("settings", () => {
  test("are the defaults until someone decides otherwise", async () => {
    expect(await readSettings(context)).toEqual(SHOWN);
  });

  test("change by field; the rest stays, and the change is logged with before and after", async () => {
    const settings = await change({ section: "logging", changes: { requests: "problems" } });
    const expected = {
      ...SHOWN,
      logging: { ...DEFAULT_SETTINGS.logging, requests: "problems" },
    };
    expect(settings).toEqual(expected);
    expect(await readSettings(context)).toEqual(expected);
    expect(await audited()).toEqual([
      {
        action: "settings.update",
        subjectId: "logging",
        before: { requests: "all" },
        after: { requests: "problems" },
      },
    ]);
  });

  test("a change of nothing writes and logs nothing", async () => {
    await change({ section: "appearance", changes: { theme: "system", language: undefined } });
    expect(await audited()).toEqual([]);
  });

  test("providers get a way of their own and lose it again, one by one", async () => {
    await upstream({ providers: { openai: "direct" } });
    await upstream({ providers: { groq: "gateway" } });
    expect((await readSettings(context)).upstream.providers).toEqual({
      openai: "direct",
      groq: "gateway",
    });
    await upstream({ providers: { openai: null } });
    expect((await readSettings(context)).upstream).toEqual({
      route: "gateway",
      providers: { groq: "gateway" },
    });
  });

  test("changes at the same moment all hold", async () => {
    const slugs = ["openai", "groq", "mistral", "cohere"];
    await Promise.all(slugs.map((slug) => upstream({ providers: { [slug]: "direct" } })));
    const { providers } = (await readSettings(context)).upstream;
    expect(Object.keys(providers).toSorted()).toEqual(slugs.toSorted());
    expect(await audited()).toHaveLength(4);
  });

  const badBudget = (limit: object) => ({
    section: "tags",
    changes: { rollUp: ["a"], limits: [{ name: "a", ...limit }] },
  });
  test.each([
    [{ section: "retention", changes: { requestLogDays: 0 } }],
    [{ section: "retention", changes: { requestLogDays: 1.5 } }],
    [{ section: "retention", changes: { requestLogDays: 366 } }],
    [{ section: "retention", changes: { dailyDays: 30 } }],
    [{ section: "retention", changes: { hourlyDays: 731 } }],
    [{ section: "logging", changes: { requests: "some" } }],
    [{ section: "logging", changes: { prompts: true } }],
    [{ section: "metering", changes: { dailyRowBudget: -1 } }],
    [{ section: "tags", changes: { rollUp: ["two words"] } }],
    [{ section: "tags", changes: { rollUp: ["a", "a"] } }],
    [{ section: "tags", changes: { rollUp: ["a", "b", "c", "d"] } }],
    [{ section: "tags", changes: { limits: [{ name: "a", value: "x", dailyRequests: 1 }] } }],
    [{ section: "prices", changes: { overrides: [{ provider: "openai", model: "m", input: 1 }] } }],
    [{ section: "appearance", changes: { language: "fr" } }],
    [{ section: "upstream", changes: { providers: { nobody: "direct" } } }],
    [{ section: "upstream", changes: { route: "elsewhere" } }],
    [{ section: "colours", changes: {} }],
    [badBudget({ value: "x" })],
    [badBudget({ value: "", dailyRequests: 1 })],
    [badBudget({ value: "other", dailyRequests: 1 })],
    [badBudget({ value: "x", dailyRequests: 0.5 })],
    [badBudget({ value: "x", dailyCostUsd: 0 })],
    [badBudget({ value: "x", rpm: 1 })],
  ])("%j is rejected, and nothing changes", async (input) => {
    await expect(change(input)).rejects.toThrow(ManageError);
    expect(await readSettings(context)).toEqual(SHOWN);
    expect(await audited()).toEqual([]);
  });
});

describe("a running isolate", () => {
  const startIsolate = async () => {
    const isolate = createIsolateState({
      db: openDatabase(env.DB),
      secrets: SECRETS,
      authKey: "",
      nowMs: () => nowMs,
      random: () => 0.5,
    });
    await isolate.ready();
    return isolate;
  };

  test("follows a change after its next refresh, and at once where it was made", async () => {
    const [here, elsewhere] = [await startIsolate(), await startIsolate()];
    await upstream({ route: "direct", providers: { groq: "gateway" } });
    here.expire();
    await here.ready();
    expect([here.goesDirect("openai"), here.goesDirect("groq")]).toEqual([true, false]);
    expect(elsewhere.goesDirect("openai")).toBe(false);
    nowMs += 2_001;
    await elsewhere.afterResponse();
    expect([elsewhere.goesDirect("openai"), elsewhere.goesDirect("groq")]).toEqual([true, false]);
    expect((await startIsolate()).goesDirect("openai")).toBe(true);
  });

  test("knows every section, changed or not", async () => {
    await change({ section: "retention", changes: { requestLogDays: 3 } });
    const isolate = await startIsolate();
    expect(isolate.settings).toEqual({
      ...DEFAULT_SETTINGS,
      retention: { ...DEFAULT_SETTINGS.retention, requestLogDays: 3 },
    });
  });
});
