/** Limits of members and shares of tokens: who may set them, and how isolates apply them. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { createIsolateState, type IsolateState } from "../../lib/db/state/isolate-state";
import type { Actor } from "../../lib/db/team/audit-log";
import { limitsInput } from "../../lib/manage/limits/limit-schemas";
import type { ManageContext } from "../../lib/manage/manage-context";
import { parseInput } from "../../lib/manage/parse-input";
import { openPlayground } from "../../lib/manage/providers/open-playground";
import { createAccessTokenInput, updateAccessTokenInput } from "../../lib/manage/schemas";
import { changeMemberLimits } from "../../lib/manage/team/change-member-limits";
import { listMembers } from "../../lib/manage/team/list-members";
import { removeMember } from "../../lib/manage/team/remove-member";
import { createAccessToken } from "../../lib/manage/tokens/create-access-token";
import { updateAccessToken } from "../../lib/manage/tokens/update-access-token";
import { NO_LIMITS } from "../../lib/usage/token-limits";
import { db, SECRETS } from "./test-store";
import { auditEntries, emptyTeam, refusal, storeUser } from "./test-team";

let nowMs = 0;
let admin: Actor;
let mary: Actor;

const as = (actor: Actor): ManageContext => ({ db, secrets: SECRETS, nowMs: () => nowMs, actor });

beforeEach(async () => {
  nowMs = Date.now();
  await emptyTeam();
  admin = await storeUser("admin@team.test", "admin");
  mary = await storeUser("mary@team.test", "member");
});

const limit = (id: string, body: unknown) =>
  changeMemberLimits(as(admin), id, parseInput(limitsInput, body));

const limitsOf = async (id: string) =>
  (await listMembers(as(admin))).find((member) => member.id === id)?.limits;

const create = (body: object, ownerId: string | null, reach: "everyone" | { ownerId: string }) =>
  createAccessToken(
    as(admin),
    reach,
    ownerId,
    parseInput(createAccessTokenInput, { name: "app", ...body }),
  );

async function startIsolate(): Promise<IsolateState> {
  const state = createIsolateState({
    db: openDatabase(env.DB),
    secrets: SECRETS,
    authKey: "",
    nowMs: () => nowMs,
    random: () => 0.5,
  });
  await state.ready();
  return state;
}

/** After any request two seconds later, whose response makes the isolate ask for changes. */
async function holdersOf(state: IsolateState, token: string) {
  nowMs += 2_001;
  await state.afterResponse();
  return (await state.findAccessToken(token))?.limitHolders;
}

describe("an admin limits a member", () => {
  test("one limit after the other, with what they were before in the log", async () => {
    await limit(mary.id, { rpm: 60, dailyCostUsd: 2.5 });
    await limit(mary.id, { rpm: null, concurrentRequests: 3 });
    expect(await limitsOf(mary.id)).toEqual({
      ...NO_LIMITS,
      dailyCostUsd: 2.5,
      concurrentRequests: 3,
    });
    expect(await limitsOf(admin.id)).toEqual(NO_LIMITS);
    expect(await auditEntries()).toMatchObject([
      {
        action: "member.change-limits",
        subjectId: mary.id,
        subjectName: "mary@team.test",
        before: { rpm: null, dailyCostUsd: null },
        after: { rpm: 60, dailyCostUsd: 2.5 },
      },
      {
        before: { rpm: 60, concurrentRequests: null },
        after: { rpm: null, concurrentRequests: 3 },
      },
    ]);
  });

  test("what stays as it was is no change", async () => {
    await limit(mary.id, { rpm: 60 });
    await limit(mary.id, { rpm: 60, tpm: null });
    expect(await auditEntries()).toHaveLength(1);
  });

  test("no one else, and nothing that is no limit", async () => {
    expect(await refusal(limit("us_nobody", { rpm: 1 }))).toBe("not_found");
    for (const body of [{}, { rpm: 0 }, { rpm: 1.5 }, { dailyCostUsd: 0 }, { weight: 2 }]) {
      expect(() => parseInput(limitsInput, body), JSON.stringify(body)).toThrow();
    }
  });

  test("of two at once one learns that the other was first", async () => {
    await limit(mary.id, { rpm: 60 });
    const outcomes = await Promise.allSettled([
      limit(mary.id, { rpm: 10 }),
      limit(mary.id, { rpm: 20 }),
    ]);
    const failed = outcomes.filter(({ status }) => status === "rejected");
    expect(failed.length).toBeLessThanOrEqual(1);
    const done = outcomes.findLastIndex(({ status }) => status === "fulfilled");
    expect((await limitsOf(mary.id))?.rpm).toBe([10, 20][done]);
  });

  test("a member who leaves the team leaves no limits behind", async () => {
    await limit(mary.id, { rpm: 60 });
    await removeMember(as(admin), { id: mary.id });
    expect(await db.$client.prepare("select * from member_limits").all()).toMatchObject({
      results: [],
    });
  });
});

describe("isolates", () => {
  test("hold a member's limits for every own token, also for those made later", async () => {
    const own = { ownerId: mary.id };
    const plain = await create({}, mary.id, own);
    const limited = await create({ rpm: 5 }, mary.id, own);
    const teams = await create({}, null, "everyone");
    const state = await startIsolate();
    expect(await holdersOf(state, plain.token)).toBeUndefined();

    await limit(mary.id, { dailyRequests: 100 });
    const member = {
      kind: "member",
      id: mary.id,
      budgetId: mary.id,
      limits: { ...NO_LIMITS, dailyRequests: 100 },
    };
    const ownLimits = {
      kind: "token",
      id: limited.id,
      budgetId: limited.id,
      limits: { ...NO_LIMITS, rpm: 5 },
    };
    expect(await holdersOf(state, plain.token)).toEqual([member]);
    expect(await holdersOf(state, limited.token)).toEqual([ownLimits, member]);
    expect(await holdersOf(state, teams.token)).toBeUndefined();
    const later = await create({}, mary.id, own);
    const playground = await openPlayground(as(mary), mary.id);
    expect(await holdersOf(state, later.token)).toEqual([member]);
    expect(await holdersOf(state, playground.token)).toEqual([member]);
    expect(await holdersOf(await startIsolate(), limited.token)).toEqual([ownLimits, member]);

    await limit(mary.id, { dailyRequests: null });
    expect(await holdersOf(state, plain.token)).toBeUndefined();
    expect(await holdersOf(state, limited.token)).toEqual([ownLimits]);
  });

  test("know a token's share and patience where they are unusual", async () => {
    const batch = { weight: 3, priorityClass: "batch", maxWaitSeconds: 60 };
    const { token } = await create(batch, null, "everyone");
    const usual = await create({}, null, "everyone");
    const state = await startIsolate();
    expect(await state.findAccessToken(token)).toMatchObject({
      share: { weight: 3, priority: 1 },
      maxWaitMs: 60_000,
    });
    const known = await state.findAccessToken(usual.token);
    expect(Object.keys(known ?? {})).not.toEqual(expect.arrayContaining(["share"]));
    expect(Object.keys(known ?? {})).not.toEqual(expect.arrayContaining(["maxWaitMs"]));
    expect(Object.keys(known ?? {})).not.toEqual(expect.arrayContaining(["limitHolders"]));
  });
});

describe("how a token shares the pool", () => {
  const own = () => ({ ownerId: mary.id });
  const share = { weight: 10, priorityClass: "interactive", maxWaitSeconds: 30 };

  test("is an admin's word, not its owner's", async () => {
    expect(await refusal(create(share, mary.id, own()))).toBe("invalid_input");
    const { id } = await create({ weight: 1, priorityClass: "interactive" }, mary.id, own());
    const update = (reach: "everyone" | { ownerId: string }, body: object) =>
      updateAccessToken(as(mary), reach, id, parseInput(updateAccessTokenInput, body));
    expect(await refusal(update(own(), { priorityClass: "batch" }))).toBe("invalid_input");
    await update("everyone", share);
    // A form also sends what is unchanged.
    await update(own(), { ...share, name: "renamed" });
    expect(await refusal(update(own(), { weight: 11 }))).toBe("invalid_input");
  });
});
