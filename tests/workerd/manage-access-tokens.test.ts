import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { hashToken } from "../../lib/crypto/hash-token";
import { createIsolateState } from "../../lib/db/isolate-state";
import { openDatabase } from "../../lib/db/open-database";
import { accessTokens } from "../../lib/db/schema";
import { accessTokenPage } from "../../lib/manage/answer-schemas";
import { createAccessToken } from "../../lib/manage/create-access-token";
import { listAccessTokens } from "../../lib/manage/list-access-tokens";
import type { ManageContext } from "../../lib/manage/manage-context";
import { ManageError } from "../../lib/manage/manage-error";
import { parseInput } from "../../lib/manage/parse-input";
import { revokeAccessToken } from "../../lib/manage/revoke-access-token";
import {
  createAccessTokenInput,
  listAccessTokensInput,
  updateAccessTokenInput,
} from "../../lib/manage/schemas";
import { updateAccessToken } from "../../lib/manage/update-access-token";
import { db, emptyStore, SECRETS } from "./test-store";

let nowMs = 0;

const ACTOR = { kind: "token", id: "env_test", name: "test", ip: null, userAgent: null } as const;
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };

beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
});

const create = (body: unknown) =>
  createAccessToken(context, parseInput(createAccessTokenInput, body));

const update = (id: string, body: unknown) =>
  updateAccessToken(context, id, parseInput(updateAccessTokenInput, body));

const page = (query: Record<string, string> = {}) =>
  listAccessTokens(context, parseInput(listAccessTokensInput, query));

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ManageError);
  return error;
}

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

  test("wrong input is refused", async () => {
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
    await revokeAccessToken(context, id);
    expect((await page({ status: "revoked" })).items).toMatchObject([{ id, status: "revoked" }]);
    expect(await refusal(update(id, { status: "active" }))).toMatchObject({ code: "conflict" });
    expect(await refusal(revokeAccessToken(context, id))).toMatchObject({ code: "conflict" });
    expect(() => parseInput(updateAccessTokenInput, { status: "revoked" })).toThrow(ManageError);
  });

  test("an unknown id is not_found", async () => {
    expect(await refusal(update("at_none", { name: "x" }))).toMatchObject({ code: "not_found" });
    expect(await refusal(revokeAccessToken(context, "at_none"))).toMatchObject({
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
    const state = createIsolateState({
      db: openDatabase(env.DB),
      secrets: SECRETS,
      authKey: "",
      nowMs: () => nowMs,
      random: () => 0.5,
    });
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
    await revokeAccessToken(context, id);
    state.expire();
    await state.ready();
    expect(await state.findAccessToken(token)).toBeNull();
  });
});
