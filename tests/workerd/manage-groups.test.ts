/** Groups: who may change them, what becomes of their keys and tokens, and what isolates and budgets make of it. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import type { LimitHolder } from "../../lib/budgets/limit-holder";
import { periodsAt } from "../../lib/budgets/spend";
import { openDatabase } from "../../lib/db/open-database";
import { createIsolateState, type IsolateState } from "../../lib/db/state/isolate-state";
import type { Actor } from "../../lib/db/team/audit-log";
import { peekTokenSpend, readTokenSpend } from "../../lib/db/tokens/token-spend";
import { addGroup } from "../../lib/manage/groups/add-group";
import { changeGroup } from "../../lib/manage/groups/change-group";
import { addGroupInput, changeGroupInput } from "../../lib/manage/groups/group-schemas";
import { listGroups } from "../../lib/manage/groups/list-groups";
import { putGroupMember } from "../../lib/manage/groups/put-group-member";
import { removeGroup } from "../../lib/manage/groups/remove-group";
import { sumGroups } from "../../lib/manage/groups/sum-groups";
import { importKeys } from "../../lib/manage/imports/import-keys";
import { importKeysInput } from "../../lib/manage/imports/import-schemas";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import { changeProviderKeys } from "../../lib/manage/keys/change-provider-keys";
import { deleteProviderKeys } from "../../lib/manage/keys/delete-provider-keys";
import { listProviderKeys } from "../../lib/manage/keys/list-provider-keys";
import { changeProviderKeysInput } from "../../lib/manage/keys/provider-key-schemas";
import { undoProviderKeys } from "../../lib/manage/keys/undo-provider-keys";
import { updateProviderKey } from "../../lib/manage/keys/update-provider-key";
import type { ManageContext } from "../../lib/manage/manage-context";
import { parseInput } from "../../lib/manage/parse-input";
import {
  addProviderKeysInput,
  createAccessTokenInput,
  listProviderKeysInput,
  updateAccessTokenInput,
  updateProviderKeyInput,
} from "../../lib/manage/schemas";
import { removeMember } from "../../lib/manage/team/remove-member";
import { createAccessToken } from "../../lib/manage/tokens/create-access-token";
import { listAccessTokens } from "../../lib/manage/tokens/list-access-tokens";
import { revokeAccessToken } from "../../lib/manage/tokens/revoke-access-token";
import { rotateAccessToken } from "../../lib/manage/tokens/rotate-access-token";
import { updateAccessToken } from "../../lib/manage/tokens/update-access-token";
import { readBudgets } from "../../lib/manage/usage/read-budgets";
import { readUsage } from "../../lib/manage/usage/read-usage";
import { readUsageInput } from "../../lib/manage/usage/usage-schemas";
import { recordRequests } from "./record-requests";
import { db, emptyUsage, SECRETS } from "./test-store";
import { auditActions, emptyTeam, refusal, storeUser } from "./test-team";
import { requestAt } from "./usage-events";

let nowMs = 0;
let admin: Actor;
let mary: Actor;

const as = (actor: Actor): ManageContext => ({ db, secrets: SECRETS, nowMs: () => nowMs, actor });
const group = async (body: object) =>
  (await addGroup(as(admin), parseInput(addGroupInput, body))).id;
const keysOf = async (filter: object = {}) =>
  (await listProviderKeys(as(admin), parseInput(listProviderKeysInput, filter))).items;
const addKeys = (...keys: readonly unknown[]) =>
  addProviderKeys(as(admin), parseInput(addProviderKeysInput, { provider: "openai", keys }));
const changeKeys = (target: object, settings: object) =>
  changeProviderKeys(
    as(admin),
    parseInput(changeProviderKeysInput, { target, change: { kind: "set", settings } }),
  );
const newToken = async (body: object, ownerId: string | null = null, actor = admin) =>
  createAccessToken(
    as(actor),
    actor === admin ? "everyone" : { ownerId: actor.id },
    ownerId,
    parseInput(createAccessTokenInput, { name: "app", ...body }),
  );
const updateToken = (id: string, body: object) =>
  updateAccessToken(as(admin), "everyone", id, parseInput(updateAccessTokenInput, body));

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 20, 12, 30);
  await emptyTeam();
  await emptyUsage();
  admin = await storeUser("admin@team.test", "admin");
  mary = await storeUser("mary@team.test", "member");
});

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

describe("a group", () => {
  test("is added, changed and listed with its members, and its name is its own", async () => {
    const search = await group({ name: "search", monthlyCostUsd: 20 });
    const rag = await group({ name: "Rag", usesCommonKeys: false, weight: 3 });
    await putGroupMember(as(admin), search, { userId: mary.id, role: "member" });
    await putGroupMember(as(admin), search, { userId: mary.id, role: "admin" });
    await putGroupMember(as(admin), search, { userId: mary.id, role: "admin" });
    const change = (id: string, body: object, was?: object) =>
      changeGroup(as(admin), id, parseInput(changeGroupInput, body), { ...was });
    await change(search, { rpm: 60, monthlyCostUsd: null });
    await change(search, { rpm: 60 });
    expect(await listGroups(as(admin))).toMatchObject([
      { id: rag, name: "Rag", usesCommonKeys: false, weight: 3, members: [], rpm: null },
      {
        ...{ id: search, name: "search", usesCommonKeys: true, rpm: 60, monthlyCostUsd: null },
        members: [{ id: mary.id, email: "mary@team.test", role: "admin" }],
      },
    ]);
    expect(await refusal(group({ name: "search" }))).toBe("conflict");
    expect(await refusal(change(rag, { name: "search" }))).toBe("conflict");
    expect(await refusal(change(rag, { rpm: 5 }, { weight: 2 }))).toBe("conflict");
    expect(await refusal(change("gr_none", { rpm: 5 }))).toBe("not_found");
    const stranger = putGroupMember(as(admin), rag, { userId: "us_none", role: "member" });
    expect(await refusal(stranger)).toBe("not_found");
    expect(await auditActions()).toEqual([
      ...["group.create", "group.create", "group.put-member", "group.put-member"],
      "group.update",
    ]);
  });

  test("is removed once it has neither keys nor tokens; its keys never become common ones", async () => {
    const id = await group({ name: "search" });
    const other = await group({ name: "rag" });
    await putGroupMember(as(admin), id, { userId: mary.id, role: "member" });
    await addKeys({ key: "sk-of-a-group-0001", groups: [id, other] });
    const token = await newToken({ group: id });
    expect(await refusal(removeGroup(as(admin), id))).toBe("conflict");
    await changeKeys({ filter: { group: id } }, { groups: [other] });
    expect(await refusal(removeGroup(as(admin), id))).toBe("conflict");
    await revokeAccessToken(as(admin), "everyone", token.id);
    await removeGroup(as(admin), id);
    expect(await refusal(removeGroup(as(admin), id))).toBe("not_found");
    expect((await listGroups(as(admin))).map(({ name, keys }) => [name, keys])).toEqual([
      ["rag", 1],
    ]);
    expect(await db.all(sql`select * from group_members`)).toEqual([]);
    expect((await keysOf())[0]?.groups).toEqual([other]);
  });

  test("loses a member's tokens with the member", async () => {
    const id = await group({ name: "search" });
    await putGroupMember(as(admin), id, { userId: mary.id, role: "member" });
    const own = await newToken({ group: id }, mary.id, mary);
    const elsewhere = await newToken({}, mary.id, mary);
    expect(await putGroupMember(as(admin), id, { userId: mary.id, role: null })).toEqual({
      revokedTokens: 1,
    });
    const { items } = await listAccessTokens(as(admin), "everyone", { limit: 10 });
    const statuses = Object.fromEntries(items.map(({ id, status }) => [id, status]));
    expect(statuses).toEqual({ [own.id]: "revoked", [elsewhere.id]: "active" });
    await putGroupMember(as(admin), id, { userId: mary.id, role: "member" });
    await removeMember(as(admin), { id: mary.id });
    expect((await listGroups(as(admin)))[0]?.members).toEqual([]);
  });
});

describe("keys", () => {
  test("serve the groups that they are given, one by one, in bulk and by import, and back again", async () => {
    const [a, b] = [await group({ name: "a" }), await group({ name: "b" })];
    const added = await addKeys(
      { key: "sk-of-a-group-0001", groups: [b, a, a] },
      "sk-of-everyone-0001",
      { key: "sk-of-a-group-0002", groups: ["gr_none"] },
    );
    expect(added).toMatchObject({ added: 1 + 1, rejected: [{ index: 2 }] });
    expect(added.rejected[0]?.reason).toContain("there is no group");
    const groupsBy = async (filter: object) =>
      (await keysOf(filter)).map(({ masked, groups }) => [masked.slice(-2), groups]);
    expect(await groupsBy({ group: a })).toEqual([["01", [a, b].sort()]]);
    expect(await groupsBy({ group: "common" })).toEqual([["01", null]]);

    const { undo } = await changeKeys({ filter: { provider: "openai" } }, { groups: [a] });
    expect(await groupsBy({ group: a })).toHaveLength(2);
    if (undo !== null) await undoProviderKeys(as(admin), undo);
    expect(await groupsBy({ group: "common" })).toHaveLength(1);
    expect(await groupsBy({ group: b })).toEqual([["01", [a, b].sort()]]);

    const [common] = await keysOf({ group: "common" });
    const update = (body: object) =>
      updateProviderKey(as(admin), common?.id ?? "", parseInput(updateProviderKeyInput, body));
    await update({ groups: [b] });
    expect(await groupsBy({ group: "common" })).toEqual([]);
    expect(await refusal(update({ groups: ["gr_none"] }))).toBe("invalid_input");
    await update({ groups: null });

    const imported = await importKeys(
      as(admin),
      parseInput(importKeysInput, {
        form: "text",
        provider: "openai",
        groups: [b],
        keys: [
          { text: "sk-imported-0003", position: 1 },
          { text: "sk-imported-0004", position: 2, settings: { groups: [a] } },
          { text: "sk-imported-0005", position: 3, settings: { groups: ["gr_elsewhere"] } },
        ],
      }),
    );
    expect(imported).toMatchObject({ added: 2, rejected: [{ position: 3, code: "settings" }] });
    const ends = async (filter: object) => (await groupsBy(filter)).map(([end]) => end).sort();
    expect(await ends({ group: b })).toEqual(["01", "03"]);
    expect(await ends({ group: a })).toEqual(["01", "04"]);
  });

  test("of one quota domain serve the same groups, however they are changed", async () => {
    const [a, b] = [await group({ name: "a" }), await group({ name: "b" })];
    const quotaDomain = "account-1";
    await addKeys(
      { key: "sk-of-a-domain-0001", quotaDomain, groups: [a] },
      { key: "sk-of-a-domain-0002", quotaDomain, groups: [a] },
      { key: "sk-of-everyone-0003" },
    );
    const ids = (await keysOf({ group: a })).map(({ id }) => id);
    const [common] = await keysOf({ group: "common" });
    const wrong = [
      () => addKeys({ key: "sk-of-a-domain-0004", quotaDomain }),
      () => addKeys({ key: "sk-of-a-domain-0004", quotaDomain, groups: [a, b] }),
      () => changeKeys({ ids: ids.slice(1) }, { groups: [b] }),
      () => changeKeys({ ids: ids.slice(1) }, { groups: null }),
      () => changeKeys({ ids: [common?.id ?? ""] }, { quotaDomain }),
      () =>
        updateProviderKey(
          as(admin),
          ids[0] ?? "",
          parseInput(updateProviderKeyInput, { groups: null }),
        ),
    ];
    for (const change of wrong) expect(await refusal(change())).toBe("conflict");
    expect((await keysOf({ group: a })).map(({ id }) => id)).toEqual(ids);
    expect(await keysOf()).toHaveLength(3);
    // The whole domain at once.
    await changeKeys({ ids }, { groups: [b] });
    expect(await keysOf({ group: b })).toHaveLength(2);
    await deleteProviderKeys(as(admin), { ids });
  });
});

describe("a token", () => {
  test("joins one group, once, and its successor stays in it", async () => {
    const [a, b] = [await group({ name: "a" }), await group({ name: "b" })];
    const { id } = await newToken({});
    await updateToken(id, { group: a });
    expect(await refusal(updateToken(id, { group: b }))).toBe("conflict");
    expect(await refusal(updateToken(id, { group: null }))).toBe("conflict");
    await updateToken(id, { group: a, rpm: 5 });
    expect(await refusal(newToken({ group: "gr_none" }))).toBe("invalid_input");
    const { id: next } = await rotateAccessToken(as(admin), "everyone", id, { overlapSeconds: 0 });
    const { items } = await listAccessTokens(as(admin), "everyone", { group: a, limit: 10 });
    expect(items.map((token) => token.id).sort()).toEqual([id, next].sort());
  });

  test("of a member is in a group only if the member is", async () => {
    const id = await group({ name: "a" });
    expect(await refusal(newToken({ group: id }, mary.id, mary))).toBe("invalid_input");
    await putGroupMember(as(admin), id, { userId: mary.id, role: "member" });
    await newToken({ group: id }, mary.id, mary);
  });
});

describe("an isolate", () => {
  test("learns of groups, and of what serves them", async () => {
    const id = await group({ name: "search", usesCommonKeys: false, dailyRequests: 9 });
    await addKeys({ key: "sk-of-a-group-0001", groups: [id] }, "sk-of-everyone-0001");
    const { token } = await newToken({ group: id });
    const state = await startIsolate();
    const served = async () => {
      const caller = await state.findAccessToken(token);
      return [...state.pool("openai", caller?.group).keys()].map(({ masked }) => masked).length;
    };
    const holders = async () => (await state.findAccessToken(token))?.limitHolders;
    expect(await served()).toBe(1);
    expect(state.pool("openai").size).toBe(1);
    expect(await holders()).toMatchObject([{ kind: "group", id, name: "search" }]);
    await changeGroup(as(admin), id, { usesCommonKeys: true, dailyRequests: null });
    nowMs += 10_000;
    await state.ready();
    expect(await served()).toBe(2);
    expect(await holders()).toBeUndefined();
    await changeKeys({ filter: { group: id } }, { groups: null });
    nowMs += 10_000;
    await state.ready();
    expect(state.pool("openai").size).toBe(2);
  });
});

describe("what a group used", () => {
  test("is what its tokens used, in budgets and in reports, whenever they joined", async () => {
    const id = await group({ name: "search", dailyRequests: 10, monthlyCostUsd: 1 });
    const [early, late] = [await newToken({ group: id }), await newToken({})];
    const other = await newToken({});
    const [day, month] = periodsAt(nowMs);
    const holder: LimitHolder = {
      ...{ kind: "group", id, budgetId: id, name: "search" },
      limits: {
        rpm: null,
        tpm: null,
        concurrentRequests: null,
        dailyTokens: null,
        dailyCostUsd: null,
        dailyRequests: 10,
        monthlyCostUsd: 1,
      },
    };
    const periods = [day, month].map((period) => ({ holderId: holder.budgetId, period }));
    const requests = async () => (await readTokenSpend(db, periods)).map((row) => row.requests);
    const use = (tokenId: string) => recordRequests([requestAt(nowMs, { tokenId })], nowMs);

    await use(early.id);
    // The row is made from the rollups, and then added to.
    expect(await requests()).toEqual([1, 1]);
    await use(early.id);
    await use(late.id);
    await use(other.id);
    expect(await requests()).toEqual([2, 2]);
    const peeked = await peekTokenSpend(db, [{ holderId: id, period: "2026-10" }]);
    expect(peeked).toMatchObject([{ requests: 0 }]);

    // What it used before comes along.
    await updateToken(late.id, { group: id });
    expect(await requests()).toEqual([3, 3]);
    await db.run(sql`delete from token_spend`);
    expect((await peekTokenSpend(db, periods)).map((row) => row.requests)).toEqual([3, 3]);
    const [budgets] = await readBudgets(as(admin), "everyone");
    expect(budgets).toMatchObject({
      kind: "group",
      name: "search",
      budgets: [{ used: 3, left: 7 }, {}],
    });

    const { rows, totals } = await readUsage(
      as(admin),
      parseInput(readUsageInput, { groupBy: "group", from: "2026-11-20", to: "2026-11-21" }),
    );
    expect(rows.map((row) => [row.group, row.requests])).toEqual([
      [id, 3],
      ["", 1],
    ]);
    expect(totals.requests).toBe(4);
    const sums = await sumGroups(as(admin), {
      ...{ side: "caller", grain: "day", fromMs: Date.UTC(2026, 10, 20), toMs: nowMs + 1 },
    });
    expect(sums).toMatchObject([{ name: "search", requests: 3 }]);
  });
});
