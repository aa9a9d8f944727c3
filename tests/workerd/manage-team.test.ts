import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { accessTokens } from "../../lib/db/schema/schema";
import { accounts, type Role, users } from "../../lib/db/schema/team-schema";
import type { Actor } from "../../lib/db/team/audit-log";
import { findUserById } from "../../lib/db/team/users";
import type { ManageContext } from "../../lib/manage/manage-context";
import { acceptInvite } from "../../lib/manage/team/accept-invite";
import { changeRole } from "../../lib/manage/team/change-role";
import { createFirstAdmin } from "../../lib/manage/team/create-first-admin";
import { findInvite } from "../../lib/manage/team/find-invite";
import { inviteMember } from "../../lib/manage/team/invite-member";
import { listInvites } from "../../lib/manage/team/list-invites";
import { listMembers } from "../../lib/manage/team/list-members";
import { removeMember } from "../../lib/manage/team/remove-member";
import { renameMember } from "../../lib/manage/team/rename-member";
import { revokeInvite } from "../../lib/manage/team/revoke-invite";
import { signOutEverywhere } from "../../lib/manage/team/sign-out-everywhere";
import { db, SECRETS, storeToken } from "./test-store";
import { auditActions, auditEntries, emptyTeam, refusal, storeUser } from "./test-team";

const DAY_MS = 24 * 3_600_000;

let nowMs = 0;
let admin: Actor;

const as = (actor: Actor): ManageContext => ({ db, secrets: SECRETS, nowMs: () => nowMs, actor });

beforeEach(async () => {
  nowMs = Date.now();
  await emptyTeam();
  admin = await storeUser("admin@team.test", "admin");
});

const roles = async () =>
  Object.fromEntries((await listMembers(as(admin))).map(({ email, role }) => [email, role]));

const PERSON = { name: "New", email: "new@team.test", password: "a long password" };

const invite = (role: Role, email: string | null = null) =>
  inviteMember(as(admin), { role, email, expiresInDays: 7 });

describe("the first admin", () => {
  const SET_UP: Actor = {
    kind: "system",
    id: "set-up",
    name: "set-up link",
    ip: null,
    userAgent: null,
  };

  test("is made once; of many at once one wins", async () => {
    await emptyTeam();
    const outcomes = await Promise.allSettled(
      ["a", "b", "c", "d"].map((name) =>
        createFirstAdmin(as(SET_UP), {
          name,
          email: `${name}@team.test`,
          password: "a long password",
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(Object.values(await roles())).toEqual(["admin"]);
    expect(await auditActions()).toEqual(["member.set-up"]);
  });

  test("is rejected if there is one", async () => {
    expect(await refusal(createFirstAdmin(as(SET_UP), PERSON))).toBe("conflict");
    expect(await roles()).toEqual({ "admin@team.test": "admin" });
    expect(await auditActions()).toEqual([]);
  });
});

describe("invitations", () => {
  test("make a member of the invited role, once", async () => {
    const { token, expiresAtMs } = await invite("viewer");
    expect(expiresAtMs).toBe(nowMs + 7 * DAY_MS);
    expect(await findInvite(as(admin), token)).toMatchObject({
      role: "viewer",
      email: null,
      createdByName: "admin",
    });
    const { id } = await acceptInvite(as(admin), { token, ...PERSON });
    expect(await roles()).toMatchObject({ "new@team.test": "viewer" });
    const again = { token, ...PERSON, email: "other@team.test" };
    expect(await refusal(acceptInvite(as(admin), again))).toBe("not_found");
    expect(await findInvite(as(admin), token)).toBeNull();
    expect(await auditEntries()).toMatchObject([
      { action: "invitation.create", actorId: admin.id },
      { action: "member.join", actorId: id, subjectId: id, count: 1 },
    ]);
  });

  test("are used by one of many at once", async () => {
    const { token } = await invite("member");
    const outcomes = await Promise.allSettled(
      ["a", "b", "c"].map((name) =>
        acceptInvite(as(admin), {
          token,
          name,
          email: `${name}@team.test`,
          password: "a long password",
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await db.$count(users)).toBe(2);
  });

  test("end", async () => {
    const { token } = await invite("member");
    nowMs += 7 * DAY_MS;
    expect(await listInvites(as(admin))).toEqual([]);
    expect(await findInvite(as(admin), token)).toBeNull();
    expect(await refusal(acceptInvite(as(admin), { token, ...PERSON }))).toBe("not_found");
  });

  test("may be for one address only", async () => {
    const { token } = await invite("member", "new@team.test");
    const other = { token, ...PERSON, email: "other@team.test" };
    expect(await refusal(acceptInvite(as(admin), other))).toBe("invalid_input");
    await acceptInvite(as(admin), { token, ...PERSON });
    expect(await roles()).toMatchObject({ "new@team.test": "member" });
  });

  test("are not for members", async () => {
    expect(await refusal(invite("member", "admin@team.test"))).toBe("conflict");
    const { token } = await invite("member");
    const taken = { token, ...PERSON, email: "admin@team.test" };
    expect(await refusal(acceptInvite(as(admin), taken))).toBe("conflict");
    expect(await findInvite(as(admin), token)).not.toBeNull();
    expect(await roles()).toEqual({ "admin@team.test": "admin" });
  });

  test("are taken back", async () => {
    const { id, token } = await invite("admin", "new@team.test");
    await revokeInvite(as(admin), { id });
    expect(await refusal(acceptInvite(as(admin), { token, ...PERSON }))).toBe("not_found");
    expect(await refusal(revokeInvite(as(admin), { id }))).toBe("not_found");
    expect(await auditActions()).toEqual(["invitation.create", "invitation.revoke"]);
  });

  test("an unknown link is none", async () => {
    expect(await refusal(acceptInvite(as(admin), { token: "guess", ...PERSON }))).toBe("not_found");
  });

  test("neither list nor log holds the link's secret", async () => {
    const { token } = await invite("member");
    const seen = JSON.stringify([await listInvites(as(admin)), await auditEntries()]);
    expect(seen).toContain("invitation");
    expect(seen).not.toContain(token);
  });
});

describe("roles", () => {
  test("change, with before and after in the log", async () => {
    const { id } = await storeUser("b@team.test", "member");
    await changeRole(as(admin), { id, role: "admin" });
    expect(await roles()).toMatchObject({ "b@team.test": "admin" });
    expect(await auditEntries()).toMatchObject([
      { action: "member.change-role", before: { role: "member" }, after: { role: "admin" } },
    ]);
    await changeRole(as(admin), { id, role: "admin" });
    expect(await auditActions()).toHaveLength(1);
  });

  test("the last admin stays", async () => {
    expect(await refusal(changeRole(as(admin), { id: admin.id, role: "member" }))).toBe("conflict");
    expect(await refusal(removeMember(as(admin), { id: admin.id }))).toBe("conflict");
    expect(await roles()).toEqual({ "admin@team.test": "admin" });
    expect(await auditActions()).toEqual([]);
  });

  test("of two admins that demote or remove each other at once, one stays", async () => {
    for (const act of [
      (by: Actor, of: Actor) => changeRole(as(by), { id: of.id, role: "viewer" }),
      (by: Actor, of: Actor) => removeMember(as(by), { id: of.id }),
    ]) {
      await emptyTeam();
      const [a, b] = [
        await storeUser("a@team.test", "admin"),
        await storeUser("b@team.test", "admin"),
      ];
      const outcomes = await Promise.allSettled([act(a, b), act(b, a)]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(await db.$count(users, eq(users.role, "admin"))).toBe(1);
    }
  });

  test("a viewer has no tokens, and someone who is no admin leaves no open invitation", async () => {
    const other = await storeUser("b@team.test", "admin");
    const tokenId = await storeToken("ob-fake", { ownerId: other.id });
    const { token } = await inviteMember(as(other), {
      role: "admin",
      email: null,
      expiresInDays: 7,
    });
    await changeRole(as(admin), { id: other.id, role: "member" });
    expect(await findInvite(as(admin), token)).toBeNull();
    expect(await statusOf(tokenId)).toBe("active");
    await changeRole(as(admin), { id: other.id, role: "viewer" });
    expect(await statusOf(tokenId)).toBe("revoked");
    expect(await auditActions()).toEqual([
      "invitation.create",
      "member.change-role",
      "member.change-role",
      "access-token.revoke",
    ]);
  });

  test("an unknown member is not_found", async () => {
    expect(await refusal(changeRole(as(admin), { id: "us_none", role: "admin" }))).toBe(
      "not_found",
    );
    expect(await refusal(removeMember(as(admin), { id: "us_none" }))).toBe("not_found");
  });
});

const statusOf = async (tokenId: string) =>
  (await db.select().from(accessTokens).where(eq(accessTokens.id, tokenId)).get())?.status;

describe("removing a member", () => {
  test("ends own tokens, accounts and invitations, and no one else's", async () => {
    const gone = await storeUser("b@team.test", "admin");
    const [own, others] = [
      await storeToken("ob-fake-1", { ownerId: gone.id }),
      await storeToken("ob-fake-2", { ownerId: admin.id }),
    ];
    await db.insert(accounts).values([
      { provider: "github", providerAccountId: "1", userId: gone.id, createdAtMs: nowMs },
      { provider: "github", providerAccountId: "2", userId: admin.id, createdAtMs: nowMs },
    ]);
    const { token } = await inviteMember(as(gone), {
      role: "admin",
      email: null,
      expiresInDays: 7,
    });
    const { token: kept } = await invite("member");

    expect(await removeMember(as(admin), { id: gone.id })).toEqual({
      revokedTokens: 1,
      transferredTokens: 0,
    });
    expect(await findUserById(db, gone.id)).toBeUndefined();
    expect([await statusOf(own), await statusOf(others)]).toEqual(["revoked", "active"]);
    expect(await db.select({ id: accounts.providerAccountId }).from(accounts)).toEqual([
      { id: "2" },
    ]);
    expect(await findInvite(as(admin), token)).toBeNull();
    expect(await findInvite(as(admin), kept)).not.toBeNull();
    expect((await auditEntries()).slice(-2)).toMatchObject([
      { action: "member.remove", subjectName: "b@team.test", before: { role: "admin" } },
      { action: "access-token.revoke", subjectName: "b@team.test", count: 1 },
    ]);
  });
});

describe("a leaver's access tokens", () => {
  const ownersOf = async (ids: readonly string[]) => {
    const rows = await db.all<{ readonly id: string; readonly owner: string | null }>(
      sql`select id, owner_id as owner from access_tokens where status = 'active'`,
    );
    return ids.map((id) => rows.find((row) => row.id === id)?.owner);
  };

  test.each(["a member", "the team"])(
    "go to %s and work on; the playground's and those for the admin API end",
    async (to) => {
      const [gone, heir] = [
        await storeUser("gone@team.test", "member"),
        await storeUser("heir@team.test", "member"),
      ];
      const [app, playground, forAdminApi] = [
        await storeToken("ob-fake-app", { ownerId: gone.id }),
        await storeToken("ob-fake-play", { ownerId: gone.id, kind: "playground" }),
        // With another owner, whoever has its text would act as that owner.
        await storeToken("ob-fake-api", { ownerId: gone.id, forAdminApi: true, providers: [] }),
      ];
      const revoked = await storeToken("ob-fake-old", { ownerId: gone.id, status: "revoked" });
      const tokensTo = to === "the team" ? null : heir.id;
      expect(await removeMember(as(admin), { id: gone.id, tokensTo })).toEqual({
        revokedTokens: 2,
        transferredTokens: 1,
      });
      expect(await ownersOf([app, playground, forAdminApi, revoked])).toEqual([
        tokensTo,
        ...[undefined, undefined, undefined],
      ]);
      expect((await auditEntries()).slice(-3)).toMatchObject([
        { action: "member.remove" },
        { action: "access-token.transfer", count: 1, after: { ownerId: tokensTo } },
        { action: "access-token.revoke", count: 2 },
      ]);
    },
  );

  test("go to no one who can have none: nothing is changed then", async () => {
    const [gone, viewer] = [
      await storeUser("gone@team.test", "member"),
      await storeUser("viewer@team.test", "viewer"),
    ];
    const app = await storeToken("ob-fake-app", { ownerId: gone.id });
    for (const tokensTo of [viewer.id, gone.id, "us_nobody"]) {
      expect(await refusal(removeMember(as(admin), { id: gone.id, tokensTo }))).toBe(
        "invalid_input",
      );
    }
    expect(await ownersOf([app])).toEqual([gone.id]);
    expect(await findUserById(db, gone.id)).toBeDefined();
  });
});

describe("one's own account", () => {
  test("another name", async () => {
    await renameMember(as(admin), { name: "Ada" });
    expect((await findUserById(db, admin.id))?.name).toBe("Ada");
    expect(await auditEntries()).toMatchObject([
      { before: { name: "admin" }, after: { name: "Ada" } },
    ]);
  });

  test("signing out everywhere raises the session version", async () => {
    await signOutEverywhere(as(admin));
    expect((await findUserById(db, admin.id))?.sessionVersion).toBe(2);
    expect(await auditActions()).toEqual(["member.sign-out-everywhere"]);
  });

  test("the list shows what each has", async () => {
    const other = await storeUser("b@team.test", "member", "$scrypt$…");
    await storeToken("ob-fake-1", { ownerId: other.id });
    await storeToken("ob-fake-2", { ownerId: other.id, status: "revoked" });
    await db
      .insert(accounts)
      .values({ provider: "github", providerAccountId: "1", userId: admin.id, createdAtMs: nowMs });
    const members = await listMembers(as(admin));
    expect(members).toMatchObject([
      { email: "admin@team.test", hasPassword: false, services: ["github"], tokenCount: 0 },
      { email: "b@team.test", hasPassword: true, services: [], tokenCount: 1 },
    ]);
    expect(JSON.stringify(members)).not.toContain("scrypt");
  });
});
