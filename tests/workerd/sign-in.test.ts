import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import type { GroupPlaces } from "../../lib/auth/group-places";
import { signInWithAccount } from "../../lib/auth/sign-in-with-account";
import { signInWithPassword } from "../../lib/auth/sign-in-with-password";
import { needsRehash } from "../../lib/crypto/hash-password";
import { accessTokens } from "../../lib/db/schema/schema";
import { loginAttempts, type Role, sessions, users } from "../../lib/db/schema/team-schema";
import { runBatch } from "../../lib/db/state/state-version";
import { type Actor, auditEvent } from "../../lib/db/team/audit-log";
import { listGroupRoles } from "../../lib/db/team/groups";
import { endSession, findSession, insertSession } from "../../lib/db/team/sessions";
import { findUserByAccount, findUserByEmail, isSeenStale, markSeen } from "../../lib/db/team/users";
import { addGroup } from "../../lib/manage/groups/add-group";
import { putGroupMember } from "../../lib/manage/groups/put-group-member";
import type { ManageContext } from "../../lib/manage/manage-context";
import { changePassword } from "../../lib/manage/team/change-password";
import { confirmPassword } from "../../lib/manage/team/confirm-password";
import { inviteMember } from "../../lib/manage/team/invite-member";
import { endOwnSession, listOwnSessions } from "../../lib/manage/team/own-sessions";
import { signOutEverywhere } from "../../lib/manage/team/sign-out-everywhere";
import { db, SECRETS, storeToken } from "./test-store";
import { auditActions, auditEntries, emptyTeam, refusal, storeUser } from "./test-team";

const HOUR_MS = 3_600_000;

/** The password "correct horse", hashed with parameters that are cheap to compute. */
const CHEAP_HASH =
  "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI";

let nowMs = 0;
let member: Actor;

const as = (actor: Actor): ManageContext => ({ db, secrets: SECRETS, nowMs: () => nowMs, actor });

beforeEach(async () => {
  nowMs = Date.now();
  await emptyTeam();
  member = await storeUser("m@team.test", "member", CHEAP_HASH);
});

const signIn = (
  email: string,
  password: string,
  ip: string | null = null,
  browserId: string | null = null,
) => signInWithPassword(db, { email, password, from: { ip, userAgent: "test" }, browserId }, nowMs);

const kindOf = async (...who: Parameters<typeof signIn>) => (await signIn(...who)).kind;

/** How often a password may be tried now before attempts are slowed down. */
async function triesUntilSlowed(email: string, ip: string | null = null): Promise<number> {
  for (let tries = 0; ; tries++) {
    if ((await kindOf(email, "wrong", ip)) === "slowed") return tries;
  }
}

describe("signing in with a password", () => {
  test("the right one lets in, however the address is written", async () => {
    expect(await signIn(" M@Team.test ", "correct horse")).toMatchObject({
      kind: "ok",
      user: { id: member.id },
    });
    expect(await kindOf("m@team.test", "wrong horse")).toBe("wrong");
    expect(await kindOf("nobody@team.test", "correct horse")).toBe("wrong");
  });

  test("a hash of older parameters is computed again", async () => {
    await signIn("m@team.test", "correct horse");
    const hash = (await findUserByEmail(db, "m@team.test"))?.passwordHash ?? "";
    expect(needsRehash(hash)).toBe(false);
    expect(await kindOf("m@team.test", "correct horse")).toBe("ok");
  });

  test("a member who signs in through another service has no password to guess", async () => {
    await storeUser("oauth@team.test", "member", null);
    expect(await kindOf("oauth@team.test", "")).toBe("wrong");
  });
});

describe("wrong passwords", () => {
  test("five are free, then each doubles the wait, and the right one must wait too", async () => {
    expect(await triesUntilSlowed("m@team.test")).toBe(5);
    for (const seconds of [1, 2, 4, 8]) {
      expect(await signIn("m@team.test", "correct horse")).toEqual({
        kind: "slowed",
        retryAfterMs: seconds * 1_000,
      });
      nowMs += seconds * 1_000;
      expect(await kindOf("m@team.test", "wrong")).toBe("wrong");
    }
  });

  test("the wait is a quarter of an hour at most, and a day forgets", async () => {
    await triesUntilSlowed("m@team.test");
    for (let i = 0; i < 20; i++) {
      const verdict = await signIn("m@team.test", "wrong");
      if (verdict.kind === "slowed") nowMs += verdict.retryAfterMs;
      await signIn("m@team.test", "wrong");
    }
    const verdict = await signIn("m@team.test", "wrong");
    expect(verdict).toEqual({ kind: "slowed", retryAfterMs: 15 * 60_000 });
    nowMs += 24 * HOUR_MS;
    expect(await triesUntilSlowed("m@team.test")).toBe(5);
  });

  test("an account that is not there answers in the same way", async () => {
    const told = async (email: string) => {
      const answers = [];
      for (let i = 0; i < 7; i++) answers.push(await signIn(email, "wrong"));
      return answers;
    };
    expect(await told("nobody@team.test")).toEqual(await told("m@team.test"));
  });

  test("a success forgets the account's, other accounts are untouched", async () => {
    for (let i = 0; i < 4; i++) await signIn("m@team.test", "wrong");
    expect(await kindOf("m@team.test", "correct horse")).toBe("ok");
    expect(await triesUntilSlowed("m@team.test")).toBe(5);
    expect(await kindOf("other@team.test", "wrong")).toBe("wrong");
  });

  test("many at once do not slip through together", async () => {
    const kinds = await Promise.all(
      Array.from({ length: 30 }, () => kindOf("m@team.test", "wrong")),
    );
    expect(kinds.filter((kind) => kind === "wrong")).toHaveLength(5);
  });

  test("an address is slowed over all accounts, and does not close accounts for others", async () => {
    const ip = "192.0.2.7";
    for (const name of ["a", "b", "c", "d", "e", "f"]) {
      await storeUser(`${name}@team.test`, "member", CHEAP_HASH);
      for (let i = 0; i < 5; i++) {
        expect(await kindOf(`${name}@team.test`, "wrong", ip)).toBe("wrong");
      }
    }
    expect(await kindOf("m@team.test", "correct horse", ip)).toBe("slowed");
    for (let i = 0; i < 10; i++) await signIn("m@team.test", "wrong", ip);
    expect(await kindOf("m@team.test", "correct horse", "192.0.2.8")).toBe("ok");
  });

  test("a successful sign-in isn't counted against the address", async () => {
    for (let i = 0; i < 3; i++) await signIn("m@team.test", "correct horse", "192.0.2.7");
    expect(await db.select().from(loginAttempts)).toMatchObject([{ failures: 0 }]);
  });

  test("neither address is stored as it is", async () => {
    await signIn("m@team.test", "wrong", "192.0.2.7");
    const stored = JSON.stringify(await db.select().from(loginAttempts));
    expect(stored).toMatch(/[0-9a-f]{64}/);
    expect(stored).not.toMatch(/team\.test|192\.0/);
  });

  test("bursts are in the log; what was typed isn't", async () => {
    for (let i = 0; i < 12; i++) {
      await signIn("m@team.test", "wrong");
      await signIn("my secret password", "wrong");
      nowMs += HOUR_MS / 2;
    }
    const entries = await auditEntries();
    expect(entries.filter(({ subjectId }) => subjectId === member.id)).toMatchObject([
      { action: "member.sign-in-failed", after: { failures: 5 } },
      { action: "member.sign-in-failed", after: { failures: 10 } },
    ]);
    expect(entries).toHaveLength(4);
    expect(JSON.stringify(entries)).not.toContain("secret password");
  });
});

describe("a browser that has signed in before", () => {
  const EMAIL = "m@team.test";
  const OWN = "the owner's browser";

  test("is not shut out by whatever strangers type, from its own address too", async () => {
    const ip = "192.0.2.7";
    for (let round = 0; round < 4; round++) {
      await triesUntilSlowed(EMAIL, ip);
      expect(await kindOf(EMAIL, "correct horse", ip)).toBe("slowed");
      expect(await kindOf(EMAIL, "correct horse", ip, OWN)).toBe("ok");
      nowMs += 1_000;
    }
  });

  test("has its own few tries, which a stranger's do not take and its success does not give back", async () => {
    await triesUntilSlowed(EMAIL);
    for (let i = 0; i < 5; i++) expect(await kindOf(EMAIL, "wrong", null, OWN)).toBe("wrong");
    expect(await kindOf(EMAIL, "correct horse", null, OWN)).toBe("slowed");
    expect(await kindOf(EMAIL, "correct horse", null, "the other browser")).toBe("ok");
    expect(await kindOf(EMAIL, "wrong")).toBe("slowed");
    nowMs += 1_000;
    expect(await kindOf(EMAIL, "correct horse", null, OWN)).toBe("ok");
    for (let i = 0; i < 5; i++) expect(await kindOf(EMAIL, "wrong", null, OWN)).toBe("wrong");
  });

  test("counts for its own account only", async () => {
    await storeUser("other@team.test", "member", CHEAP_HASH);
    for (let i = 0; i < 6; i++) await signIn(EMAIL, "wrong", null, OWN);
    expect(await kindOf("other@team.test", "correct horse", null, OWN)).toBe("ok");
  });

  test("confirms a password, for an export or a backup, at the same door", async () => {
    await triesUntilSlowed(EMAIL);
    expect(await refusal(confirmPassword(as(member), "correct horse", "password"))).toBe(
      "conflict",
    );
    const here = { ...as(member), browserId: OWN };
    await confirmPassword(here, "correct horse", "password");
    for (let i = 0; i < 5; i++) {
      expect(await refusal(confirmPassword(here, "wrong", "password"))).toBe("invalid_input");
    }
    expect(await refusal(confirmPassword(here, "correct horse", "password"))).toBe("conflict");
  });
});

describe("sessions", () => {
  const version = 1;
  const begin = async (id: string, userId = member.id) => {
    const createdAtMs = nowMs;
    const times = { createdAtMs, expiresAtMs: createdAtMs + HOUR_MS };
    await insertSession(db, { id, userId, browserId: "browser", ...times });
    return { id, userId, version };
  };

  test("are listed with the browser that signed in, and ended one by one by their member only", async () => {
    const hers = { ...as(member), browserId: "browser" };
    await begin("older");
    const signIn = { action: "member.sign-in", subject: { kind: "member", id: null, name: "" } };
    const actor = { ...hers.actor, ip: "192.0.2.7", userAgent: "Firefox/145.0" };
    await runBatch(db, [auditEvent(actor, signIn, nowMs + 40)]);
    nowMs += HOUR_MS / 2;
    await begin("newer");
    const stranger = await begin("another's", "us_another");
    const listed = await listOwnSessions(hers);
    expect(listed).toMatchObject([
      { isThisBrowser: true, userAgent: null, ip: null },
      { isThisBrowser: true, userAgent: "Firefox/145.0", ip: "192.0.2.7" },
    ]);
    expect(JSON.stringify(listed)).not.toMatch(/older|newer/);
    const [newer, older] = listed;
    await endOwnSession(hers, { handle: older?.handle ?? "" });
    expect(await refusal(endOwnSession(hers, { handle: older?.handle ?? "" }))).toBe("not_found");
    expect((await listOwnSessions(hers)).map(({ handle }) => handle)).toEqual([newer?.handle]);
    const [theirs] = await listOwnSessions({
      ...hers,
      actor: { ...hers.actor, id: stranger.userId },
    });
    expect(await refusal(endOwnSession(hers, { handle: theirs?.handle ?? "" }))).toBe("not_found");
    await signOutEverywhere(hers);
    expect(await listOwnSessions(hers)).toEqual([]);
  });

  test("end with signing out, by time, with the version, and with the user", async () => {
    const one = await begin("one");
    const two = await begin("two");
    expect(await findSession(db, one, nowMs)).toMatchObject({
      user: { id: member.id },
      browserId: "browser",
    });
    await endSession(db, one);
    expect(await findSession(db, one, nowMs)).toBeUndefined();
    expect(await findSession(db, two, nowMs + HOUR_MS - 1)).toBeDefined();
    expect(await findSession(db, two, nowMs + HOUR_MS)).toBeUndefined();
    expect(await findSession(db, { ...two, version: 2 }, nowMs)).toBeUndefined();
    await db.delete(users);
    expect(await findSession(db, two, nowMs)).toBeUndefined();
  });

  test("of another user are not taken for one's own", async () => {
    const other = await storeUser("other@team.test", "admin", CHEAP_HASH);
    const { id } = await begin("one");
    expect(await findSession(db, { id, userId: other.id, version }, nowMs)).toBeUndefined();
  });

  test("from before they had rows stay valid, until one of them signs out", async () => {
    const old = { id: null, userId: member.id, version };
    const begun = await begin("one");
    expect(await findSession(db, old, nowMs)).toMatchObject({
      user: { id: member.id },
      browserId: null,
    });
    await endSession(db, old);
    expect(await findSession(db, old, nowMs)).toBeUndefined();
    expect(await findSession(db, begun, nowMs)).toBeUndefined();
    // The same cookie used again ends nothing that began since.
    const since = { id: null, userId: member.id, version: version + 1 };
    await endSession(db, old);
    expect(await findSession(db, since, nowMs)).toBeDefined();
  });

  test("are 50 a user at most, the newest", async () => {
    for (let i = 0; i < 55; i++) {
      await begin(`session ${i}`);
      nowMs += 1;
    }
    expect(await db.$count(sessions)).toBe(50);
    expect(await findSession(db, { id: "session 4", userId: member.id, version }, nowMs)).toBe(
      undefined,
    );
    const last = { id: "session 54", userId: member.id, version };
    expect(await findSession(db, last, nowMs)).toBeDefined();
  });
});

describe("changing the password", () => {
  const change = (currentPassword: string | undefined, newPassword = "a new long password") =>
    changePassword(as(member), {
      ...(currentPassword !== undefined && { currentPassword }),
      newPassword,
    });

  test("takes the current one, and ends all sessions", async () => {
    await change("correct horse");
    expect(await kindOf("m@team.test", "a new long password")).toBe("ok");
    expect(await kindOf("m@team.test", "correct horse")).toBe("wrong");
    expect((await findUserByEmail(db, "m@team.test"))?.sessionVersion).toBe(2);
    const entries = await auditEntries();
    expect(entries).toMatchObject([{ action: "member.change-password", actorId: member.id }]);
    expect(JSON.stringify(entries)).not.toContain("scrypt");
  });

  test("is rejected with a wrong one or none, and guessing is slowed", async () => {
    expect(await refusal(change(undefined))).toBe("invalid_input");
    for (let i = 0; i < 5; i++) expect(await refusal(change("wrong"))).toBe("invalid_input");
    expect(await refusal(change("correct horse"))).toBe("conflict");
    expect(await refusal(confirmPassword(as(member), "correct horse", "password"))).toBe(
      "conflict",
    );
    nowMs += 1_000;
    await confirmPassword(as(member), "correct horse", "password");
    expect(await auditActions()).toEqual([]);
  });

  test("a member without one sets the first", async () => {
    const oauth = await storeUser("oauth@team.test", "member", null);
    expect(await refusal(confirmPassword(as(oauth), "any", "password"))).toBe("not_configured");
    await changePassword(as(oauth), { newPassword: "a new long password" });
    expect(await kindOf("oauth@team.test", "a new long password")).toBe("ok");
  });
});

describe("signing in with an account at another service", () => {
  const ACCOUNT = {
    provider: "github",
    providerAccountId: "42",
    verifiedEmail: null,
    role: undefined,
    directory: null,
    name: "Octo",
    image: null,
    inviteToken: null,
    from: { ip: null, userAgent: "test" },
  };

  test("a verified address of a member links the account, which then is enough", async () => {
    const verified = { ...ACCOUNT, verifiedEmail: "M@team.test" };
    expect(await signInWithAccount(db, verified, nowMs)).toBe(true);
    expect((await findUserByAccount(db, "github", "42"))?.id).toBe(member.id);
    expect(await signInWithAccount(db, ACCOUNT, nowMs)).toBe(true);
    expect(await auditActions()).toEqual(["member.link-account"]);
  });

  test("the first that vouches for an address ends the password and the sessions of before", async () => {
    const claims = { id: "a stranger's", userId: member.id, version: 1 };
    const times = { createdAtMs: nowMs, expiresAtMs: nowMs + HOUR_MS };
    await insertSession(db, { id: claims.id, userId: member.id, browserId: "theirs", ...times });
    expect(await kindOf("m@team.test", "correct horse")).toBe("ok");
    expect(await findSession(db, claims, nowMs)).toBeDefined();

    const verified = { ...ACCOUNT, verifiedEmail: "m@team.test" };
    expect(await signInWithAccount(db, verified, nowMs)).toBe(true);
    expect(await findSession(db, claims, nowMs)).toBeUndefined();
    expect(await kindOf("m@team.test", "correct horse")).toBe("wrong");
    expect(await kindOf("m@team.test", "correct horse", null, "theirs")).toBe("wrong");
    expect(await auditEntries()).toMatchObject([{ after: { passwordEnded: true } }]);
  });

  test("a password that was set after an address was vouched for stays", async () => {
    const verified = { ...ACCOUNT, verifiedEmail: "m@team.test" };
    await signInWithAccount(db, verified, nowMs);
    await changePassword(as(member), { newPassword: "a new long password" });
    const google = { ...verified, provider: "google", providerAccountId: "43" };
    expect(await signInWithAccount(db, google, nowMs)).toBe(true);
    expect(await kindOf("m@team.test", "a new long password")).toBe("ok");
  });

  test("the first that vouches for an address pauses the tokens of before, but not an admin's", async () => {
    const tokensOf = async (email: string, role: Role) => {
      const { id: ownerId } = await storeUser(email, role, CHEAP_HASH);
      await storeToken(`ob-${email}`, { ownerId });
      await storeToken(`ob-revoked-${email}`, { ownerId, status: "revoked" });
      const of = { ...ACCOUNT, providerAccountId: email, verifiedEmail: email };
      await signInWithAccount(db, of, nowMs);
      const rows = await db.select().from(accessTokens).where(eq(accessTokens.ownerId, ownerId));
      return rows.map(({ status }) => status).sort();
    };
    await storeToken("ob-of-the-team");
    expect(await tokensOf("member@team.test", "member")).toEqual(["paused", "revoked"]);
    expect(await auditActions()).toContain("access-token.update");
    expect(await tokensOf("admin@team.test", "admin")).toEqual(["active", "revoked"]);
    // What the member creates or resumes since stays, whichever service comes next.
    const [own] = await db.select().from(accessTokens).where(eq(accessTokens.status, "paused"));
    await db
      .update(accessTokens)
      .set({ status: "active" })
      .where(eq(accessTokens.id, own?.id ?? ""));
    const next = { ...ACCOUNT, provider: "google", providerAccountId: "g" };
    await signInWithAccount(db, { ...next, verifiedEmail: "member@team.test" }, nowMs);
    const active = await db.$count(accessTokens, eq(accessTokens.status, "active"));
    expect(active).toBe(3);
  });

  test("a directory's groups give places in groups here, and take those that they gave", async () => {
    const admin = await storeUser("admin@team.test", "admin", null);
    const addGroupNamed = async (name: string) => (await addGroup(as(admin), { name })).id;
    const [search, rag, own] = [
      await addGroupNamed("search"),
      await addGroupNamed("rag"),
      await addGroupNamed("own"),
    ];
    await putGroupMember(as(admin), own, { userId: member.id, role: "member" });
    const signInWith = async (places: GroupPlaces | null) => {
      const of = { ...ACCOUNT, verifiedEmail: "m@team.test", places };
      expect(await signInWithAccount(db, of, nowMs)).toBe(true);
      return Object.fromEntries(await listGroupRoles(db, member.id));
    };
    const both = new Map([
      ["search", "admin"],
      [rag, "member"],
    ] as const);
    expect(await signInWith(both)).toEqual({ [search]: "admin", [rag]: "member", [own]: "member" });
    const entries = (await auditEntries()).length;
    expect(await signInWith(both)).toEqual({ [search]: "admin", [rag]: "member", [own]: "member" });
    expect((await auditEntries()).length).toBe(entries);
    expect(await signInWith(null)).toEqual({ [search]: "admin", [rag]: "member", [own]: "member" });
    await storeToken("ob-of-search", { ownerId: member.id, groupId: search });
    await storeToken("ob-of-own", { ownerId: member.id, groupId: own });
    const left = new Map([
      ["search", null],
      ["rag", "admin"],
      ["no such group", "admin"],
    ] as const);
    expect(await signInWith(left)).toEqual({ [rag]: "admin", [own]: "member" });
    const tokens = await db.select().from(accessTokens).where(eq(accessTokens.ownerId, member.id));
    expect(tokens.map(({ groupId, status }) => [groupId, status]).sort()).toEqual(
      [
        [search, "revoked"],
        [own, "active"],
      ].sort(),
    );
  });

  test("strangers stay outside, and an unverified address belongs to no one", async () => {
    const stranger = { ...ACCOUNT, verifiedEmail: "stranger@team.test" };
    expect(await signInWithAccount(db, stranger, nowMs)).toBe(false);
    expect(await signInWithAccount(db, ACCOUNT, nowMs)).toBe(false);
    expect(await db.$count(users)).toBe(1);
  });

  test("an address that was given to another person is not enough", async () => {
    for (const [provider, own, others] of [
      ["github", "42", "43"],
      ["oidc", "https://id.test 42", "https://id.test 43"],
    ] as const) {
      const first = { ...ACCOUNT, provider, verifiedEmail: "m@team.test", providerAccountId: own };
      expect(await signInWithAccount(db, first, nowMs)).toBe(true);
      const later = { ...first, providerAccountId: others };
      expect(await signInWithAccount(db, later, nowMs)).toBe(false);
      expect(await findUserByAccount(db, provider, others)).toBeUndefined();
    }
    // The team changed to another issuer, which knows its people by other ids.
    const moved = {
      ...{ ...ACCOUNT, provider: "oidc", verifiedEmail: "m@team.test" },
      providerAccountId: "https://new.test 42",
    };
    expect(await signInWithAccount(db, moved, nowMs)).toBe(true);
  });

  test("an address that only looks the same in lower case is another", async () => {
    await storeUser("kim@team.test", "member");
    const kelvin = { ...ACCOUNT, verifiedEmail: "\u212Aim@team.test" };
    expect(await signInWithAccount(db, kelvin, nowMs)).toBe(false);
    expect(await findUserByAccount(db, "github", "42")).toBeUndefined();
    expect(await signInWithAccount(db, { ...ACCOUNT, verifiedEmail: "KIM@Team.Test" }, nowMs)).toBe(
      true,
    );
  });

  test("an invitation lets a stranger in once, with its role", async () => {
    const admin = await storeUser("admin@team.test", "admin");
    const { token: inviteToken } = await inviteMember(as(admin), {
      role: "viewer",
      email: null,
      expiresInDays: 1,
    });
    const first = { ...ACCOUNT, verifiedEmail: "octo@team.test", inviteToken };
    expect(await signInWithAccount(db, first, nowMs)).toBe(true);
    expect(await findUserByAccount(db, "github", "42")).toMatchObject({
      email: "octo@team.test",
      name: "Octo",
      role: "viewer",
      passwordHash: null,
    });
    const second = { ...first, providerAccountId: "43", verifiedEmail: "other@team.test" };
    expect(await signInWithAccount(db, second, nowMs)).toBe(false);
    expect(await auditActions()).toEqual(["invitation.create", "member.join"]);
  });

  test("an invitation for another address does not", async () => {
    const admin = await storeUser("admin@team.test", "admin");
    const { token: inviteToken } = await inviteMember(as(admin), {
      role: "viewer",
      email: "someone@team.test",
      expiresInDays: 1,
    });
    const other = { ...ACCOUNT, verifiedEmail: "octo@team.test", inviteToken };
    expect(await signInWithAccount(db, other, nowMs)).toBe(false);
    expect(await findUserByAccount(db, "github", "42")).toBeUndefined();
  });

  describe("where groups decide", () => {
    const OCTO = {
      ...{ ...ACCOUNT, provider: "oidc", directory: "oidc" },
      verifiedEmail: "octo@team.test",
    };
    const octo = () => findUserByAccount(db, "oidc", "42");

    test("a role makes a member, follows at each sign-in, and keeps out when it ends", async () => {
      expect(await signInWithAccount(db, { ...OCTO, role: "viewer" }, nowMs)).toBe(true);
      expect(await octo()).toMatchObject({ email: "octo@team.test", role: "viewer", name: "Octo" });
      expect(await signInWithAccount(db, { ...OCTO, role: "admin" }, nowMs)).toBe(true);
      expect((await octo())?.role).toBe("admin");
      expect(await signInWithAccount(db, { ...OCTO, role: null }, nowMs)).toBe(false);
      expect(await auditActions()).toEqual(["member.join", "member.change-role"]);
    });

    test("who had been a member by another way follows them too", async () => {
      const known = { ...OCTO, verifiedEmail: "m@team.test", role: "viewer" } as const;
      expect(await signInWithAccount(db, known, nowMs)).toBe(true);
      expect(await octo()).toMatchObject({ id: member.id, role: "viewer" });
    });

    test("its members get in by no other service", async () => {
      const byGitHub = { ...ACCOUNT, directory: "oidc", verifiedEmail: "octo@team.test" };
      expect(await signInWithAccount(db, { ...OCTO, role: "member" }, nowMs)).toBe(true);
      expect(await signInWithAccount(db, byGitHub, nowMs)).toBe(false);
      expect(await findUserByAccount(db, "github", "42")).toBeUndefined();
      // Linked while groups decided nothing.
      expect(await signInWithAccount(db, { ...byGitHub, directory: null }, nowMs)).toBe(true);
      expect(await signInWithAccount(db, byGitHub, nowMs)).toBe(false);
      // Others still do.
      const other = { ...byGitHub, providerAccountId: "7", verifiedEmail: "m@team.test" };
      expect(await signInWithAccount(db, other, nowMs)).toBe(true);
    });

    test("the last admin stays one", async () => {
      expect(await signInWithAccount(db, { ...OCTO, role: "admin" }, nowMs)).toBe(true);
      expect(await signInWithAccount(db, { ...OCTO, role: "viewer" }, nowMs)).toBe(true);
      expect((await octo())?.role).toBe("admin");
    });

    test("an address that is not verified joins nobody, with or without an invitation", async () => {
      const unknown = { ...OCTO, verifiedEmail: null, role: "admin" } as const;
      expect(await signInWithAccount(db, unknown, nowMs)).toBe(false);
      const none = { ...OCTO, role: null };
      expect(await signInWithAccount(db, none, nowMs)).toBe(false);
      expect(await db.$count(users)).toBe(1);
    });
  });
});

test("last seen is kept to the hour", async () => {
  const seenAt = async () => (await findUserByEmail(db, "m@team.test"))?.lastSeenAtMs;
  await markSeen(db, member.id, nowMs);
  await markSeen(db, member.id, nowMs + HOUR_MS - 1);
  expect(await seenAt()).toBe(nowMs);
  expect(isSeenStale({ lastSeenAtMs: nowMs }, nowMs + HOUR_MS - 1)).toBe(false);
  expect(isSeenStale({ lastSeenAtMs: nowMs }, nowMs + HOUR_MS)).toBe(true);
  await markSeen(db, member.id, nowMs + HOUR_MS);
  expect(await seenAt()).toBe(nowMs + HOUR_MS);
});
