/** How people sign in: set by an admin, the issuer's secret sealed, and no one locked out. */
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { withSignInSettings } from "../../lib/auth/sign-in-env";
import { allowsPasswords, signInServices } from "../../lib/auth/sign-in-services";
import { accounts, auditLog, users } from "../../lib/db/schema/team-schema";
import { readSettings as readStored } from "../../lib/db/team/settings";
import type { Env } from "../../lib/env";
import { resealProviderKeys } from "../../lib/manage/keys/reseal-provider-keys";
import type { ManageContext } from "../../lib/manage/manage-context";
import { changeSettings } from "../../lib/manage/settings/change-settings";
import { readSettings } from "../../lib/manage/settings/read-settings";
import {
  type ChangeSignInSettingsInput,
  changeSignInSettings,
  readSignInSettings,
  type SignInDeployment,
  testSignInSettings,
} from "../../lib/manage/settings/sign-in-settings";
import { signInDeployment } from "../../lib/runtime/sign-in";
import { ACTOR, db, SECRETS } from "./test-store";
import { emptyTeam, refusal, storeUser } from "./test-team";

const ISSUER = "https://id.one-balance.dev/realms/a";
const SECRET = "fake-secret-of-the-app";
const APP = { issuer: ISSUER, clientId: "one-balance", clientSecret: SECRET };
const VARIABLES = { DB: env.DB, KEY_ENCRYPTION_SECRET: SECRETS.current } satisfies Env;

const context: ManageContext = { db, secrets: SECRETS, nowMs: () => 1_000, actor: ACTOR };
let answer: string | null = null;
const asked: unknown[] = [];

const deploymentOf = (variables: Partial<Env> = {}): SignInDeployment => ({
  ...signInDeployment({ ...VARIABLES, ...variables }, new Headers()),
  examine: async (app) => {
    asked.push(app);
    return answer;
  },
});
const set = (input: ChangeSignInSettingsInput, by = context, variables: Partial<Env> = {}) =>
  changeSignInSettings(by, deploymentOf(variables), input);
const view = (variables: Partial<Env> = {}) => readSignInSettings(context, deploymentOf(variables));
/** As the login page and Auth.js see it. */
const effective = async (variables: Partial<Env> = {}) =>
  withSignInSettings({ ...VARIABLES, ...variables }, (await readStored(db)).settings.signIn);

beforeEach(async () => {
  await emptyTeam();
  await env.DB.exec("delete from settings");
  answer = null;
  asked.length = 0;
});

describe("the issuer", () => {
  test("signs people in with its secret, which is sealed, and shown to no one", async () => {
    await set({ ...APP, roles: "platform=admin", groups: "a=search", groupsClaim: "teams" });
    expect(await effective()).toMatchObject({
      ...{ OIDC_ISSUER: ISSUER, OIDC_ID: "one-balance", OIDC_SECRET: SECRET },
      ...{ OIDC_ROLES: "platform=admin", OIDC_GROUPS: "a=search", OIDC_GROUPS_CLAIM: "teams" },
    });
    expect(signInServices(await effective())).toEqual([{ id: "oidc", name: "id.one-balance.dev" }]);
    const everything = await Promise.all([
      view(),
      readSettings(context),
      changeSettings(context, { section: "logging", changes: { errorWords: false } }),
      db.select().from(auditLog),
      env.DB.prepare("select * from settings").all(),
    ]);
    expect(JSON.stringify(everything)).not.toContain(SECRET);
    expect(everything[0]).toMatchObject({ hasSecret: true, isByVariable: false, passwords: true });
    expect(everything[1]).not.toHaveProperty("signIn");
    expect(everything[3][0]).toMatchObject({ subjectId: "signIn", after: { secretChanged: true } });
  });

  test("keeps its secret with its app, which another one doesn't get", async () => {
    await set(APP);
    await set({ name: "Acme" });
    expect((await view()).hasSecret).toBe(true);
    await set({ clientId: "another" });
    expect((await view()).hasSecret).toBe(false);
    expect(signInServices(await effective())).toEqual([]);
    await set(APP);
    await set({ issuer: "https://elsewhere.one-balance.dev" });
    expect((await view()).hasSecret).toBe(false);
  });

  test("of the variables comes first, and nothing of the settings is mixed in", async () => {
    await set({ ...APP, roles: "*=admin" });
    const variables = { OIDC_ISSUER: "https://other.one-balance.dev", OIDC_ID: "x" };
    const env = await effective(variables);
    expect(env).toMatchObject(variables);
    expect([env.OIDC_SECRET, env.OIDC_ROLES]).toEqual([undefined, undefined]);
    expect(await view(variables)).toMatchObject({
      ...{ isByVariable: true, issuer: variables.OIDC_ISSUER, hasSecret: false, roles: "" },
    });
  });

  test("is sealed again under a new secret, and one that can't be opened stops nothing", async () => {
    await set(APP);
    const secrets = { current: "another secret", previous: SECRETS.current };
    await resealProviderKeys({ ...context, secrets }, { limit: 10 });
    const alone = { KEY_ENCRYPTION_SECRET: "another secret" };
    expect((await effective(alone)).OIDC_SECRET).toBe(SECRET);
    const unknown = { current: "a third", previous: "a fourth" };
    await resealProviderKeys({ ...context, secrets: unknown }, { limit: 10 });
    expect(signInServices(await effective({ KEY_ENCRYPTION_SECRET: "a third" }))).toEqual([]);
    expect(signInServices(await effective(alone))).toHaveLength(1);
  });

  test.each([
    ["issuer", { issuer: "http://id.one-balance.dev" }],
    ["issuer", { issuer: "https://10.0.0.7" }],
    ["issuer", { issuer: "https://localhost" }],
    ["roles", { roles: "platform=owner" }],
    ["groups", { groups: "search" }],
  ])("with a wrong %s is refused: %j", async (path, changes) => {
    await expect(set({ ...APP, ...changes })).rejects.toThrow(`${path}: `);
    expect((await view()).issuer).toBe("");
  });

  test("that may not be named is not asked, however it got there", async () => {
    const lenient = { ...context, allowPrivateUpstreams: true };
    await expect(set({ ...APP, issuer: "http://10.0.0.7" }, lenient)).rejects.toThrow("https");
    await set({ ...APP, issuer: "https://10.0.0.7" }, lenient);
    expect(signInServices(await effective())).toEqual([]);
    await expect(testSignInSettings(context, deploymentOf())).rejects.toThrow("issuer: ");
    expect(asked).toEqual([]);
  });
});

describe("passwords", () => {
  test("are turned off where there is another way, for someone whom it knows", async () => {
    const admin = await storeUser("admin@team.test", "admin", "a hash");
    const by = { ...context, actor: admin };
    expect(await refusal(set({ passwords: false }, by))).toBe("invalid_input");
    expect(await refusal(set({ ...APP, passwords: false }, by))).toBe("invalid_input");
    await db.insert(accounts).values({
      ...{ provider: "oidc", providerAccountId: "1", userId: admin.id, createdAtMs: 1 },
    });
    await set({ ...APP, passwords: false }, by);
    expect(allowsPasswords(await effective())).toBe(false);
    // Without the issuer there would be no way in.
    expect(allowsPasswords(await effective({ KEY_ENCRYPTION_SECRET: "unknown" }))).toBe(true);
    expect(allowsPasswords(await effective({ PASSWORDS: "on" }))).toBe(true);
    expect(await view({ PASSWORDS: "on" })).toMatchObject({ isPasswordsByVariable: true });
  });

  test("that end take the sessions of those who have nothing else, and of no one else", async () => {
    const [linked, other] = [
      await storeUser("linked@team.test", "member", "a hash"),
      await storeUser("other@team.test", "member", "a hash"),
    ];
    await db.insert(accounts).values({
      ...{ provider: "github", providerAccountId: "1", userId: linked.id, createdAtMs: 1 },
    });
    const versionOf = async ({ id }: { readonly id: string }) =>
      (await db.select().from(users).where(eq(users.id, id)))[0]?.sessionVersion;
    await set({ ...APP, name: "Acme" });
    expect(await versionOf(other)).toBe(1);
    // An AUTH_KEY token needs no account: it is the way back too.
    await set({ passwords: false });
    expect([await versionOf(linked), await versionOf(other)]).toEqual([1, 2]);
    await set({ name: "Acme 2" });
    expect(await versionOf(other)).toBe(2);
    await set({ passwords: true });
    expect(allowsPasswords(await effective())).toBe(true);
  });

  test("stay allowed where variables name no other service", async () => {
    expect(await refusal(set({ passwords: false }))).toBe("invalid_input");
    await set({ passwords: false }, context, { GITHUB_ID: "a", GITHUB_SECRET: "b" });
    expect(allowsPasswords(await effective())).toBe(true);
  });
});

describe("a test", () => {
  test("asks with the secret, and is logged", async () => {
    await set(APP);
    expect(await testSignInSettings(context, deploymentOf())).toBeNull();
    expect(asked).toEqual([APP]);
    answer = "the issuer rejects the client id or its secret";
    expect(await testSignInSettings(context, deploymentOf())).toBe(answer);
    const log = await db.select().from(auditLog);
    expect(log.map(({ action }) => action)).toContain("sign-in.test");
  });

  test("of nothing is refused, and of the variables' issuer needs no settings", async () => {
    expect(await refusal(testSignInSettings(context, deploymentOf()))).toBe("not_configured");
    const variables = { OIDC_ISSUER: ISSUER, OIDC_ID: "a", OIDC_SECRET: "b" };
    expect(await testSignInSettings(context, deploymentOf(variables))).toBeNull();
    expect(asked).toEqual([null]);
  });
});
