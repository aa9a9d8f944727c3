import { beforeEach, expect, test } from "vitest";
import { readTokenUse } from "../../lib/manage/tokens/read-token-use";
import { recordAsTheyCame } from "./record-requests";
import { ACTOR, db, emptyStore, emptyUsage, SECRETS } from "./test-store";
import { requestAt, usageOf } from "./usage-events";

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
