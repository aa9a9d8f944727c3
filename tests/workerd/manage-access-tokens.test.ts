import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { hashToken } from "../../lib/crypto/hash-token";
import { openDatabase } from "../../lib/db/open-database";
import { accessTokens } from "../../lib/db/schema/schema";
import { auditLog, type Role, users } from "../../lib/db/schema/team-schema";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import {
  findOwnerForAdminApi,
  getAccessToken,
  updateAccessToken as writeAccessToken,
} from "../../lib/db/tokens/access-tokens";
import { accessTokenPage } from "../../lib/manage/answer-schemas";
import type { ManageContext } from "../../lib/manage/manage-context";
import { ManageError } from "../../lib/manage/manage-error";
import { parseInput } from "../../lib/manage/parse-input";
import { openPlayground } from "../../lib/manage/providers/open-playground";
import {
  createAccessTokenInput,
  listAccessTokensInput,
  rotateAccessTokenInput,
  updateAccessTokenInput,
} from "../../lib/manage/schemas";
import { createAccessToken } from "../../lib/manage/tokens/create-access-token";
import { listAccessTokens } from "../../lib/manage/tokens/list-access-tokens";
import { revokeAccessToken } from "../../lib/manage/tokens/revoke-access-token";
import { rotateAccessToken } from "../../lib/manage/tokens/rotate-access-token";
import { type TokenReach, tokenReach } from "../../lib/manage/tokens/token-reach";
import { updateAccessToken } from "../../lib/manage/tokens/update-access-token";
import { ACTOR, db, emptyStore, NO_AUDIT, SECRETS } from "./test-store";

let nowMs = 0;

const context: ManageContext = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };

beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
});

const create = (body: unknown, ownerId: string | null = null, reach: TokenReach = "everyone") =>
  createAccessToken(context, reach, ownerId, parseInput(createAccessTokenInput, body));

const update = (id: string, body: unknown, reach: TokenReach = "everyone") =>
  updateAccessToken(context, reach, id, parseInput(updateAccessTokenInput, body));

const revoke = (id: string, reach: TokenReach = "everyone") =>
  revokeAccessToken(context, reach, id);

const rotate = (id: string, body: unknown = {}, reach: TokenReach = "everyone") =>
  rotateAccessToken(context, reach, id, parseInput(rotateAccessTokenInput, body));

const page = (query: Record<string, string> = {}, reach: TokenReach = "everyone") =>
  listAccessTokens(context, reach, parseInput(listAccessTokensInput, query));

const names = async (query: Record<string, string> = {}, reach: TokenReach = "everyone") =>
  (await page(query, reach)).items.map(({ name }) => name);

/** Oldest first. */
const audited = () =>
  db
    .select({
      action: auditLog.action,
      subjectId: auditLog.subjectId,
      subjectName: auditLog.subjectName,
      before: auditLog.before,
      after: auditLog.after,
      count: auditLog.count,
    })
    .from(auditLog)
    .orderBy(auditLog.id);

const ANN = "us_ann";
const BOB = "us_bob";

function storeUser(id: string, name: string, role: Role = "member") {
  const email = `${name.toLowerCase()}@example.test`;
  return db.insert(users).values({ id, email, name, role, createdAtMs: nowMs, updatedAtMs: nowMs });
}

function openState() {
  return createIsolateState({
    db: openDatabase(env.DB),
    secrets: SECRETS,
    authKey: "",
    nowMs: () => nowMs,
    random: () => 0.5,
  });
}

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ManageError);
  return error;
}

describe("a token's tags", () => {
  const tags = { fixedTags: { customer: "acme" }, requiredTags: ["feature"] };

  test("are set by admins, kept by rotation, audited, and known to isolates", async () => {
    const { id } = await create({ name: "app", ...tags });
    const { token } = await rotate(id);
    const state = openState();
    await state.ready();
    expect(await state.findAccessToken(token)).toMatchObject(tags);
    const answer = await page();
    expect(accessTokenPage.parse(answer)).toEqual(answer);
    expect(answer.items.map(({ fixedTags }) => fixedTags)).toEqual([
      tags.fixedTags,
      tags.fixedTags,
    ]);
    await update(id, { fixedTags: { customer: "globex" }, requiredTags: null });
    const changes = (await audited()).filter(({ action }) => action === "access-token.update");
    expect(changes.at(-1)).toMatchObject({
      before: tags,
      after: { fixedTags: { customer: "globex" }, requiredTags: null },
    });
  });

  test("are kept by another owner, whom only admins choose, and who may have tokens", async () => {
    await storeUser(ANN, "Ann");
    await storeUser("us_viewer", "Viv", "viewer");
    const { id } = await create({ name: "app", ...tags, owner: ANN });
    const ownerOf = async () => (await getAccessToken(db, "everyone", id))?.ownerId;
    expect(await ownerOf()).toBe(ANN);
    for (const owner of ["us_viewer", "us_nobody"]) {
      await expect(update(id, { owner })).rejects.toThrow(ManageError);
      await expect(create({ name: "other", owner })).rejects.toThrow(ManageError);
    }
    await expect(update(id, { owner: null }, { ownerId: ANN })).rejects.toThrow("only admins");
    await update(id, { name: "renamed", owner: ANN }, { ownerId: ANN });
    await update(id, { owner: null });
    expect(await ownerOf()).toBeNull();
    expect(await audited()).toContainEqual(
      expect.objectContaining({
        action: "access-token.update",
        before: { ownerId: ANN },
        after: { ownerId: null },
      }),
    );
    // Someone else has given it away meanwhile.
    const stale = updateAccessToken(context, "everyone", id, { owner: "us_1" }, { owner: ANN });
    await expect(stale).rejects.toThrow(ManageError);
    expect(await ownerOf()).toBeNull();
  });

  test("are no business of their owner, who keeps them by changing something else", async () => {
    await storeUser(ANN, "Ann");
    const own = { ownerId: ANN };
    await expect(create({ name: "app", ...tags }, ANN, own)).rejects.toThrow("only admins");
    const { id } = await create({ name: "app", ...tags }, ANN);
    for (const change of [{ fixedTags: null }, { requiredTags: [] }]) {
      await expect(update(id, change, own)).rejects.toThrow("only admins");
    }
    await update(id, { name: "renamed", ...tags }, own);
    expect((await page({}, own)).items).toMatchObject([{ name: "renamed", ...tags }]);
  });

  test.each([
    { fixedTags: { "two words": "x" } },
    { fixedTags: { a: "" } },
    { fixedTags: { a: "x".repeat(129) } },
    { fixedTags: { a: 1 } },
    { fixedTags: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`t${index}`, "x"])) },
    { requiredTags: ["a=b"] },
  ])("%j are none", async (invalid) => {
    await expect(async () => create({ name: "app", ...invalid })).rejects.toThrow(ManageError);
  });
});

describe("access tokens", () => {
  test("the token is given once; the store keeps its hash, and lists show neither", async () => {
    const { id, token } = await create({ name: "app" });
    expect(token).toMatch(/^ob-[\w-]{43}$/);
    const [row] = await db.select().from(accessTokens);
    expect(row).toMatchObject({ id, tokenHash: await hashToken(token), createdBy: "env_test" });
    expect(JSON.stringify(row)).not.toContain(token);

    const answer = await page();
    expect(accessTokenPage.parse(answer)).toEqual(answer);
    expect(JSON.stringify(answer)).not.toContain(token);
    expect(JSON.stringify(answer)).not.toContain(row?.tokenHash);
  });

  test("scopes, limits and expiry are kept", async () => {
    const limits = {
      providers: ["openai", "groq"],
      models: ["gpt-*"],
      rpm: 60,
      tpm: 100_000,
      dailyRequests: 1_000,
      dailyTokens: 1_000_000,
      dailyCostUsd: 0.5,
      monthlyCostUsd: 10,
    };
    await create({ name: "app", expiresAt: "2027-01-01T00:00:00Z", ...limits });
    expect((await page()).items[0]).toMatchObject({
      name: "app",
      status: "active",
      expiresAt: Date.UTC(2027, 0, 1),
      createdAt: nowMs,
      lastUsedAt: null,
      ...limits,
    });
  });

  test("times are ISO 8601 or epoch milliseconds", async () => {
    for (const expiresAt of ["2027-01-01", "2027-01-01T01:00:00+01:00", Date.UTC(2027, 0, 1)]) {
      const parsed = parseInput(createAccessTokenInput, { name: "app", expiresAt });
      expect(parsed.expiresAt).toBe(Date.UTC(2027, 0, 1));
    }
  });

  test("wrong input is rejected", async () => {
    for (const body of [
      {},
      { name: "" },
      { name: "app", extra: 1 },
      { name: "app", rpm: 0 },
      { name: "app", rpm: 1.5 },
      { name: "app", dailyCostUsd: -1 },
      { name: "app", providers: [] },
      { name: "app", expiresAt: "tomorrow" },
      { name: "app", expiresAt: 1_800_000_000 },
    ]) {
      expect(() => parseInput(createAccessTokenInput, body), JSON.stringify(body)).toThrow(
        ManageError,
      );
    }
    expect(await refusal(create({ name: "app", providers: ["nosuch"] }))).toMatchObject({
      code: "invalid_input",
    });
    expect((await page()).items).toEqual([]);
  });

  test("PATCH pauses, resumes and edits; null clears a limit", async () => {
    const { id } = await create({ name: "app", rpm: 60, providers: ["openai"] });
    await update(id, { status: "paused", rpm: null, expiresAt: "2027-01-01" });
    const item = async () => (await page()).items[0];
    expect(await item()).toMatchObject({
      status: "paused",
      rpm: null,
      providers: ["openai"],
      expiresAt: Date.UTC(2027, 0, 1),
    });
    await update(id, { status: "active", name: "renamed", expiresAt: null });
    expect(await item()).toMatchObject({ status: "active", name: "renamed", expiresAt: null });
  });

  test("a revoked token stays listed and cannot come back", async () => {
    const { id } = await create({ name: "app" });
    await revoke(id);
    expect((await page({ status: "revoked" })).items).toMatchObject([{ id, status: "revoked" }]);
    expect(await refusal(update(id, { status: "active" }))).toMatchObject({ code: "conflict" });
    expect(await refusal(revoke(id))).toMatchObject({ code: "conflict" });
    expect(() => parseInput(updateAccessTokenInput, { status: "revoked" })).toThrow(ManageError);
  });

  test("an unknown id is not_found", async () => {
    expect(await refusal(update("at_none", { name: "x" }))).toMatchObject({ code: "not_found" });
    expect(await refusal(revoke("at_none"))).toMatchObject({
      code: "not_found",
    });
  });

  test("the list is paged and filtered", async () => {
    for (let index = 0; index < 5; index++) {
      nowMs += 1;
      await create({ name: `app ${index}` });
    }
    const first = await page({ limit: "3" });
    expect(first.items.map(({ name }) => name)).toEqual(["app 4", "app 3", "app 2"]);
    const second = await page({ limit: "3", cursor: first.nextCursor ?? "" });
    expect(second.items.map(({ name }) => name)).toEqual(["app 1", "app 0"]);
    expect(second.nextCursor).toBeNull();
    expect((await page({ q: "APP 3" })).items).toHaveLength(1);
  });

  test("an isolate knows a new token, its edits and its end", async () => {
    const state = openState();
    await state.ready();
    const { id, token } = await create({ name: "app", models: ["m1"] });
    nowMs += 1_000;
    expect((await state.findAccessToken(token))?.scopes).toEqual([
      { provider: null, models: ["m1"] },
    ]);
    await update(id, { models: null });
    state.expire();
    await state.ready();
    expect((await state.findAccessToken(token))?.scopes).toBeNull();
    await revoke(id);
    state.expire();
    await state.ready();
    expect(await state.findAccessToken(token)).toBeNull();
  });
});

describe("whose tokens", () => {
  beforeEach(async () => {
    await storeUser(ANN, "Ann");
    await storeUser(BOB, "Bob");
  });

  test("a member sees own tokens only, an admin all with their owners", async () => {
    await create({ name: "team's" });
    await create({ name: "Ann's" }, ANN);
    await create({ name: "Bob's" }, BOB);
    expect(await names({}, tokenReach({ id: ANN, role: "member" }))).toEqual(["Ann's"]);
    expect(await names({}, tokenReach({ id: ANN, role: "viewer" }))).toEqual(["Ann's"]);
    const all = await page({}, tokenReach({ id: ANN, role: "admin" }));
    expect(Object.fromEntries(all.items.map(({ name, owner }) => [name, owner]))).toEqual({
      "team's": null,
      "Ann's": { id: ANN, name: "Ann" },
      "Bob's": { id: BOB, name: "Bob" },
    });
    expect(await names({ q: "bob@example" })).toEqual(["Bob's"]);
  });

  test("another's token is not found, and stays as it is", async () => {
    const { id } = await create({ name: "Bob's" }, BOB);
    const reach = { ownerId: ANN };
    expect(await refusal(update(id, { name: "mine" }, reach))).toMatchObject({ code: "not_found" });
    expect(await refusal(revoke(id, reach))).toMatchObject({ code: "not_found" });
    expect(await refusal(rotate(id, {}, reach))).toMatchObject({ code: "not_found" });
    expect((await page()).items).toMatchObject([{ name: "Bob's", status: "active" }]);
    expect(await audited()).toHaveLength(1);
  });
});

describe("limits that an admin sets", () => {
  const ANNS: TokenReach = { ownerId: ANN };

  test("are the most its owner may have, whose limits go down and up again; a rotation keeps them", async () => {
    const { id } = await create({ name: "app", tpm: 500 }, ANN);
    await update(id, { name: "app", rpm: 60, tpm: 500 });
    expect((await page({}, ANNS)).items[0]?.limitCeilings).toEqual({ rpm: 60 });
    for (const rpm of [61, null]) {
      expect(await refusal(update(id, { rpm }, ANNS))).toMatchObject({
        code: "invalid_input",
        issues: [{ path: "rpm" }],
      });
    }
    await update(id, { rpm: 10, tpm: null }, ANNS);
    await update(id, { rpm: 60 }, ANNS);
    // Tokens created in the same millisecond have no order.
    nowMs += 1;
    const successor = await rotate(id, {}, ANNS);
    expect(await refusal(update(successor.id, { rpm: 61 }, ANNS))).toMatchObject({
      code: "invalid_input",
    });
    await update(successor.id, { rpm: null });
    await update(successor.id, { rpm: 1_000 }, ANNS);
    expect((await page({}, ANNS)).items[0]).toMatchObject({ rpm: 1_000, limitCeilings: null });
  });

  test("hold although the owner's change was read before", async () => {
    const { id } = await create({ name: "app" }, ANN);
    const stale = await getAccessToken(db, ANNS, id);
    if (stale === undefined) throw new Error("no token");
    await update(id, { rpm: 60 });
    expect(await writeAccessToken(db, ANNS, stale, { rpm: 1_000 }, NO_AUDIT(), nowMs)).toBe(false);
    expect((await page()).items[0]).toMatchObject({ rpm: 60 });
  });
});

describe("rotation", () => {
  test("a token with the same settings takes over; the old one works for the overlap", async () => {
    await storeUser(ANN, "Ann");
    const settings = { name: "app", providers: ["openai"], models: ["gpt-*"], rpm: 60 };
    const old = await create({ ...settings, monthlyCostUsd: 2.5 }, ANN);
    const state = openState();
    await state.ready();
    nowMs += 1_000;
    const rotated = await rotate(old.id, { overlapSeconds: 3_600 }, { ownerId: ANN });
    expect(rotated.oldExpiresAt).toBe(nowMs + 3_600_000);
    const same = { ...settings, monthlyCostUsd: 2.5, status: "active", owner: { id: ANN } };
    expect((await page()).items).toMatchObject([
      { ...same, id: rotated.id, expiresAt: null, rotatedTo: null, lastUsedAt: null },
      { ...same, id: old.id, expiresAt: rotated.oldExpiresAt, rotatedTo: rotated.id },
    ]);
    state.expire();
    await state.ready();
    expect(await state.findAccessToken(rotated.token)).toMatchObject({
      id: rotated.id,
      scopes: [{ provider: "openai", models: ["gpt-*"] }],
    });
    expect(await state.findAccessToken(old.token)).toMatchObject({
      expiresAtMs: rotated.oldExpiresAt,
    });
  });

  test("it never lengthens a token's life", async () => {
    const expiresAt = nowMs + 60_000;
    const { id } = await create({ name: "app", expiresAt });
    expect((await rotate(id)).oldExpiresAt).toBe(expiresAt);
    expect((await page()).items).toMatchObject([{ expiresAt }, { expiresAt }]);
  });

  test("one that is rotated, revoked or expired is not rotated", async () => {
    const rotated = await create({ name: "rotated" });
    await rotate(rotated.id);
    const revoked = await create({ name: "revoked" });
    await revoke(revoked.id);
    const expired = await create({ name: "expired", expiresAt: nowMs + 1 });
    nowMs += 1;
    const before = (await page()).items;
    for (const { id } of [rotated, revoked, expired]) {
      expect(await refusal(rotate(id))).toMatchObject({ code: "conflict" });
    }
    expect((await page()).items).toEqual(before);
    expect(await refusal(rotate("at_none"))).toMatchObject({ code: "not_found" });
  });
});

test("statuses as people mean them: what has expired is not active", async () => {
  await create({ name: "active" });
  await create({ name: "expired", expiresAt: nowMs + 1 });
  const paused = await create({ name: "paused" });
  await update(paused.id, { status: "paused" });
  const revoked = await create({ name: "revoked" });
  await revoke(revoked.id);
  nowMs += 1;
  for (const status of ["active", "expired", "paused", "revoked"]) {
    expect(await names({ status })).toEqual([status]);
  }
  expect((await names({ status: "current" })).toSorted()).toEqual(["active", "expired", "paused"]);
  expect(await names()).toHaveLength(4);
});

test("every change is audited with what it made different, and no secret", async () => {
  const { id, token } = await create({ name: "app", rpm: 60 }, ANN);
  nowMs += 1;
  await update(id, { name: "renamed", rpm: 60, models: ["m1"] });
  nowMs += 1;
  const rotated = await rotate(id, { overlapSeconds: 0 });
  nowMs += 1;
  await revoke(rotated.id);
  const [first, second] = (await page()).items.toReversed();
  const entries = await audited();
  expect(entries).toEqual([
    {
      action: "access-token.create",
      subjectId: id,
      subjectName: "app",
      before: null,
      after: { name: "app", masked: first?.masked, status: "active", ownerId: ANN, rpm: 60 },
      count: 1,
    },
    {
      action: "access-token.update",
      subjectId: id,
      subjectName: "app",
      before: { name: "app", models: null },
      after: { name: "renamed", models: ["m1"] },
      count: 1,
    },
    {
      action: "access-token.rotate",
      subjectId: id,
      subjectName: "renamed",
      before: { masked: first?.masked, expiresAt: null },
      after: {
        masked: second?.masked,
        rotatedTo: rotated.id,
        oldExpiresAt: rotated.oldExpiresAt,
      },
      count: 1,
    },
    {
      action: "access-token.revoke",
      subjectId: rotated.id,
      subjectName: "renamed",
      before: { status: "active" },
      after: { status: "revoked" },
      count: 1,
    },
  ]);
  const log = JSON.stringify(entries);
  for (const secret of [token, rotated.token]) {
    expect(log).not.toContain(secret);
    expect(log).not.toContain(await hashToken(secret));
  }
});

describe("the playground's token", () => {
  test("a user has one, renewed with a new text; answers to it show the key", async () => {
    const state = openState();
    await state.ready();
    const first = await openPlayground(context, ANN);
    expect(first.expiresAt).toBe(nowMs + 3_600_000);
    nowMs += 1_000;
    const found = await state.findAccessToken(first.token);
    expect(found).toMatchObject({ showsKey: true, scopes: null, expiresAtMs: first.expiresAt });

    const second = await openPlayground(context, ANN);
    expect(second.expiresAt).toBe(nowMs + 3_600_000);
    nowMs += 1_000;
    await openPlayground(context, BOB);
    state.expire();
    await state.ready();
    expect(await state.findAccessToken(first.token)).toBeNull();
    // The id stays: the costs of a user's playground add up under it.
    expect(await state.findAccessToken(second.token)).toMatchObject({ id: found?.id });
    expect(await db.select().from(accessTokens)).toHaveLength(2);
    expect((await audited()).map(({ action, count }) => [action, count])).toEqual(
      Array(3).fill(["playground.open", 1]),
    );
  });

  test("it stands in no list and no verb reaches it; others' answers show no key", async () => {
    const { token } = await openPlayground(context, ANN);
    const app = await create({ name: "app" }, ANN);
    expect(await names()).toEqual(["app"]);
    const state = openState();
    await state.ready();
    const { id } = (await state.findAccessToken(token)) ?? { id: "" };
    expect(await refusal(revoke(id))).toMatchObject({ code: "not_found" });
    expect(await state.findAccessToken(app.token)).toMatchObject({ showsKey: false });
  });
});

describe("a token for the admin API", () => {
  const own: TokenReach = { ownerId: ANN };
  const asAnn = { ...context, actor: { ...ACTOR, kind: "user" as const, id: ANN } };
  const created = async (more: object = {}, reach: TokenReach = own) => {
    const body = { name: "script", forAdminApi: true, ...more };
    return createAccessToken(asAnn, reach, ANN, parseInput(createAccessTokenInput, body));
  };
  const ownerOf = async (token: string) =>
    (await findOwnerForAdminApi(db, await hashToken(token), nowMs))?.id;

  beforeEach(() => storeUser(ANN, "Ann"));

  test("acts as its owner while it is active, and calls no provider", async () => {
    const { id, token } = await created({ expiresAt: nowMs + 1_000 });
    expect(await ownerOf(token)).toBe(ANN);
    expect(await ownerOf((await create({ name: "app" }, ANN, own)).token)).toBeUndefined();
    const state = openState();
    await state.ready();
    expect((await state.findAccessToken(token))?.scopes).toEqual([]);
    await update(id, { status: "paused" }, own);
    expect(await ownerOf(token)).toBeUndefined();
    await update(id, { status: "active" }, own);
    nowMs += 1_000;
    expect(await ownerOf(token)).toBeUndefined();
  });

  test("ends with its revocation, and with its owner", async () => {
    const [one, two] = [await created(), await created()];
    await revoke(one.id, own);
    expect(await ownerOf(one.token)).toBeUndefined();
    await db.delete(users);
    expect(await ownerOf(two.token)).toBeUndefined();
  });

  test("is of one person, in no group, and stays what it is", async () => {
    for (const more of [{ providers: ["openai"] }, { models: ["gpt-5"] }, { group: "gr_x" }]) {
      expect(await refusal(created(more))).toMatchObject({ code: "invalid_input" });
    }
    expect(await refusal(create({ name: "script", forAdminApi: true }))).toMatchObject({
      code: "invalid_input",
    });
    // An admin doesn't make one that acts as someone else, nor gives one away.
    await storeUser(BOB, "Bob");
    for (const owner of [BOB, null]) {
      expect(await refusal(created({ owner }, "everyone"))).toMatchObject({
        code: "invalid_input",
      });
    }
    const { id } = await created();
    for (const owner of [BOB, null]) {
      expect(await refusal(update(id, { owner }))).toMatchObject({ code: "invalid_input" });
    }
    await update(id, { owner: ANN });
    for (const more of [{ providers: ["openai"] }, { models: ["gpt-5"] }]) {
      expect(await refusal(update(id, more, own))).toMatchObject({ code: "invalid_input" });
    }
    await update(id, { name: "other", providers: null });
    const token = await getAccessToken(db, "everyone", id);
    expect(token).toMatchObject({ name: "other", providers: [], forAdminApi: true });
    expect(() => update(id, { forAdminApi: false }, own)).toThrow("unknown field");
  });

  test("is replaced by its owner only, because others would act as the owner", async () => {
    const { id } = await created();
    expect(await refusal(rotate(id))).toMatchObject({ code: "invalid_input" });
    const input = parseInput(rotateAccessTokenInput, {});
    const next = await rotateAccessToken(asAnn, own, id, input);
    expect(await ownerOf(next.token)).toBe(ANN);
  });
});
