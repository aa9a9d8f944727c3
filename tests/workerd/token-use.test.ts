import { beforeEach, expect, test } from "vitest";
import { compactUsage } from "../../lib/db/usage/compact-usage";
import { browseProviderKeys } from "../../lib/manage/keys/browse-provider-keys";
import { browseProviderKeysInput } from "../../lib/manage/keys/provider-key-schemas";
import { browseAccessTokens } from "../../lib/manage/tokens/browse-access-tokens";
import { readTokenUse } from "../../lib/manage/tokens/read-token-use";
import { readMemberFigures, readTokenFigures } from "../../lib/manage/usage/read-today-figures";
import { FIGURE_ORDERS } from "../../lib/usage/figures/figure-order";
import { recordAsTheyCame } from "./record-requests";
import { ACTOR, db, emptyStore, emptyUsage, SECRETS, storeKey, storeToken } from "./test-store";
import { attemptBy, requestAt, usageOf } from "./usage-events";

const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 10, 20, 12, 30);

beforeEach(async () => {
  await emptyStore();
  await emptyUsage();
});

test("a token's use is counted by the day and the month in UTC, others' and rejections apart", async () => {
  const million = { tokenId: "at_1", usage: usageOf(1_000_000, 100_000) };
  await recordAsTheyCame([
    requestAt(Date.UTC(2026, 9, 31, 23, 59), million),
    requestAt(NOON_MS - DAY_MS, million),
    requestAt(NOON_MS, million),
    requestAt(NOON_MS, { tokenId: "at_1", outcome: "limited", usage: null }),
    requestAt(NOON_MS, { tokenId: "at_2", usage: usageOf(7, 3) }),
  ]);
  const context = { db, secrets: SECRETS, nowMs: () => NOON_MS, actor: ACTOR };
  const use = await readTokenUse(context, ["at_1", "at_2", "at_3"]);
  // gpt-5-mini: $0.25 per million input tokens, $2 per million output tokens.
  expect(use.at_1).toEqual({
    dailyRequests: 1,
    dailyTokens: 1_100_000,
    dailyCostUsd: 0.45,
    monthlyCostUsd: 0.9,
  });
  expect(use.at_2).toMatchObject({ dailyRequests: 1, dailyTokens: 10 });
  expect(use.at_3).toMatchObject({ dailyRequests: 0, monthlyCostUsd: 0 });
  expect(await readTokenUse(context, [])).toEqual({});
});

const context = { db, secrets: SECRETS, nowMs: () => NOON_MS, actor: ACTOR };

test("lists have today's figures of tokens, members and keys, from the journal and from the rollups", async () => {
  const tokens = await Promise.all(
    ["busy", "idle", "limited"].map((name) => storeToken(`ob-${name}`, { name })),
  );
  const [busy = "", idle = "", limited = ""] = tokens;
  const [good, spent] = [await storeKey("good"), await storeKey("spent")];
  const [one, other] = ["us_1", "us_2"];
  const answer = { tokenId: busy, userId: one, usage: usageOf(1_000_000, 100_000) };
  const morning = NOON_MS - 6 * 3_600_000;
  await recordAsTheyCame([
    // Yesterday's don't count.
    requestAt(NOON_MS - DAY_MS, { ...answer, attempts: [attemptBy(good)] }),
    requestAt(morning, {
      ...answer,
      attempts: [attemptBy(spent, "rate_limit_minute"), attemptBy(good)],
      durationMs: 900,
    }),
    requestAt(morning + 1, { ...answer, attempts: [attemptBy(good)], durationMs: 900 }),
    requestAt(NOON_MS, {
      ...{ tokenId: limited, userId: other, outcome: "limited", usage: null },
      attempts: [attemptBy(spent, "rate_limit_minute")],
    }),
  ]);
  const look = async () => {
    const ofTokens = await readTokenFigures(context, tokens);
    expect(ofTokens).toEqual({
      [busy]: { requests: 2, success: 1, limited: 0, p50: null, cost: 0.9 },
      [limited]: { requests: 1, success: 0, limited: 1, p50: null, cost: 0 },
    });
    const ofMembers = await readMemberFigures(context);
    expect(ofMembers).toEqual({ [one]: ofTokens[busy], [other]: ofTokens[limited] });
    const input = browseProviderKeysInput.parse({ provider: "openai" });
    const { figures } = await browseProviderKeys(context, input);
    expect(figures?.[good]).toMatchObject({ requests: 2, success: 1, limited: 0, cost: 0.9 });
    expect(figures?.[good]?.p50).toBeGreaterThan(630);
    expect(figures?.[spent]).toEqual({ requests: 1, success: 0, limited: 2, p50: null, cost: 0 });
    expect(await browseProviderKeys({ ...context, shownTo: one }, input)).toMatchObject({
      figures: null,
    });
    for (const order of FIGURE_ORDERS) {
      for (const direction of ["asc", "desc"] as const) {
        const query = { ...input, order, direction, pageSize: 1 };
        const pages = await Promise.all(
          [1, 2].map((page) => browseProviderKeys(context, { ...query, page })),
        );
        const values = pages.flatMap(({ items }) => items.map(({ id }) => figures?.[id]?.[order]));
        const known = values.filter((value) => value !== null);
        expect(known).toEqual(
          known.toSorted((a, b) => (direction === "asc" ? 1 : -1) * ((a ?? 0) - (b ?? 0))),
        );
        expect(pages.map(({ total }) => total)).toEqual([2, 2]);
        expect(new Set(pages.flatMap(({ items }) => items.map(({ id }) => id))).size).toBe(2);
      }
    }
    const sorted = await browseAccessTokens(
      context,
      "everyone",
      { limit: 2 },
      { figure: "requests", isAscending: false, page: 1 },
    );
    expect(sorted).toMatchObject({ total: 3, nextCursor: null });
    expect(sorted.items.map(({ id }) => id)).toEqual([busy, limited]);
    const last = { figure: "requests", isAscending: false, page: 2 } as const;
    const { items } = await browseAccessTokens(context, "everyone", { limit: 2 }, last);
    expect(items.map(({ id }) => id)).toEqual([idle]);
    const newest = await browseAccessTokens(context, "everyone", { limit: 50 });
    expect(newest.figures).toEqual(ofTokens);
  };
  await look();
  await compactUsage(db, "uf_test", NOON_MS + 2 * 3_600_000);
  await look();
});
