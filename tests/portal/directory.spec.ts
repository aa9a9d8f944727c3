/** Signing in by the team's own directory: from the settings that name it to a person who is removed. */
import type { Browser, Page } from "@playwright/test";
import { type Stack, startStack } from "../e2e/harness.ts";
import {
  APP,
  type Identity,
  type IdentityIssuer,
  startIdentityIssuer,
} from "../e2e/identity-issuer.ts";
import { act } from "./actions.ts";
import { ADMIN, test as base, collectFaults, expect, setUp, untilReactListens } from "./portal.ts";
import { tellTimeZone } from "./time-zone.ts";

const NO_MEMBER = "No member of the team has this account.";
const FAILED = "Signing in did not work.";
/** Nothing listens there. */
const AWAY = "http://127.0.0.1:9";

/** A server that may name a directory of this machine, which the other files' server must not. */
interface Scene {
  readonly stack: Stack;
  readonly issuer: IdentityIssuer;
  readonly groupId: string;
  /** What the server logged; nothing if a platform serves (`PLATFORM`). */
  readonly logged: readonly string[];
}

async function begin(browser: Browser): Promise<Scene> {
  const logged: string[] = [];
  const [issuer, stack] = await Promise.all([
    startIdentityIssuer(),
    startStack({
      vars: { SETUP_TOKEN: "test-setup-token", ALLOW_PRIVATE_UPSTREAMS: "1" },
      ...(!process.env.PLATFORM && { onLog: (_, message) => logged.push(message) }),
    }),
  ]);
  issuer.open(`${stack.url}/api/auth/callback/oidc`);
  const context = await browser.newContext();
  await setUp(context.request, stack);
  const { id } = await stack.admin.call<{ id: string }>("POST", "groups", { name: "search" });
  await context.close();
  return { stack, issuer, groupId: id, logged };
}

let scene: Promise<Scene> | undefined;
/** One page for all tests loads the portal's code once. */
let page: Page | undefined;

const test = base.extend<{
  readonly scene: Scene;
  readonly issuer: IdentityIssuer;
  /** A page on which no one is signed in. */
  readonly visitor: Page;
}>({
  scene: async ({ browser }, use) => {
    scene ??= begin(browser);
    const { stack, issuer } = await scene;
    issuer.forge = null;
    await stack.admin.call("PATCH", "settings/sign-in", {
      ...{ issuer: issuer.url, clientId: APP.id, clientSecret: APP.secret, name: "Acme" },
      ...{ roles: "platform=admin;engineering=member", groups: "search-leads=search:admin" },
      passwords: true,
    });
    await use(await scene);
  },
  // The other files' server is not even started.
  baseURL: async ({ scene: { stack } }, use) => use(stack.url),
  issuer: async ({ scene: { issuer } }, use) => use(issuer),
  visitor: async ({ browser, scene: { stack } }, use) => {
    page ??= await (await browser.newContext()).newPage();
    const faults = collectFaults(page);
    await page.context().clearCookies();
    await tellTimeZone(page.context(), stack.url);
    await use(page);
    expect(faults, "faults that the page told in its console").toEqual([]);
  },
});

test.afterAll(async () => {
  const begun = await scene;
  await page?.context().close();
  await begun?.stack.close();
  await begun?.issuer.close();
});

function person(name: string, more: Partial<Identity> = {}): Identity {
  const sub = name.toLowerCase();
  const address = { email: `${sub}@example.com`, email_verified: true };
  return { sub, name, ...address, groups: ["engineering"], ...more };
}

/** From the login page to the directory, and back to whatever page comes then. */
async function thereAndBack(visitor: Page): Promise<void> {
  const loaded = visitor.waitForEvent("load");
  await visitor.getByRole("button", { name: "Continue with Acme" }).click();
  await loaded;
  await untilReactListens(visitor);
}

/** On the account page, which shows whose it is. */
async function expectSignedIn(visitor: Page, { name }: Pick<Identity, "name">): Promise<void> {
  await expect(visitor).toHaveURL("/account");
  await expect(visitor.getByRole("button", { name: `Menu of ${name}` })).toBeVisible();
}

async function expectRefused(visitor: Page, words: string): Promise<void> {
  await expect(visitor.getByRole("main").getByRole("alert")).toContainText(words);
  expect(new URL(visitor.url()).pathname).toBe("/login");
  const inside = await visitor.request.get("/account", { maxRedirects: 0 });
  expect(inside.status()).toBe(307);
}

/** A page of the admin, who signs in by password. */
async function adminPage(browser: Browser, { url }: Stack): Promise<Page> {
  const context = await browser.newContext();
  const { email, password } = ADMIN;
  await act(context.request, url, "signInWithPassword", { email, password });
  await tellTimeZone(context, url);
  return context.newPage();
}

const inS = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

test("a directory is set up in the portal: its secret is never shown, and Test says whether it fits", async ({
  browser,
  scene: { stack, issuer },
  visitor,
}) => {
  const nothing = { issuer: "", clientId: "", name: "", roles: "", groups: "" };
  await stack.admin.call("PATCH", "settings/sign-in", nothing);
  const admin = await adminPage(browser, stack);
  await admin.goto("/settings/sign-in");
  const directory = admin.getByRole("region", { name: "Directory" });
  await expect(directory).toContainText(`${stack.url}/api/auth/callback/oidc`);
  await directory.getByLabel("Issuer").fill(issuer.url);
  await directory.getByLabel("Client ID").fill(APP.id);
  await directory.getByLabel("Client secret").fill("of-another-app");
  await directory.getByLabel("Name", { exact: true }).fill("Acme");
  await directory.getByLabel("Roles by its groups").fill("engineering=chief");
  const save = directory.getByRole("button", { name: "Save changes" });
  await save.click();
  await expect(directory.getByLabel("Roles by its groups")).toHaveAttribute("aria-invalid", "true");
  await directory.getByLabel("Roles by its groups").fill("engineering=member");
  await save.click();
  await expect(directory.getByText("Set, and not shown.")).toBeVisible();
  const tried = directory.getByRole("button", { name: "Test", exact: true });
  await tried.click();
  await expect(admin.getByText("rejects the client id or its secret")).toBeVisible();
  await directory.getByLabel("Client secret").fill(APP.secret);
  await save.click();
  await expect(directory.getByLabel("Client secret")).toHaveValue("");
  await tried.click();
  await expect(admin.getByText("The issuer answers, and knows the app.")).toBeVisible();
  expect(await admin.content()).not.toContain(APP.secret);
  await admin.context().close();

  issuer.person = person("Edith");
  await visitor.goto("/login?next=/account");
  await thereAndBack(visitor);
  await expectSignedIn(visitor, issuer.person);
});

test("the directory's groups give a role and a place in a group, anew at each sign-in", async ({
  scene: { stack, groupId },
  issuer,
  visitor,
}) => {
  issuer.person = person("Grace", { groups: ["engineering", "search-leads"] });
  await visitor.goto(`/login?next=/team/groups/${groupId}`);
  await thereAndBack(visitor);
  const members = visitor.getByRole("table", { name: "Members" });
  await expect(members.getByRole("row", { name: /Grace/ })).toContainText("Group admin");
  expect((await visitor.request.get("/team")).status()).toBe(403);

  issuer.person = { ...issuer.person, groups: ["platform"] };
  await visitor.context().clearCookies();
  await visitor.goto("/login?next=/team");
  await thereAndBack(visitor);
  await expect(visitor.getByRole("row", { name: /Grace/ })).toContainText("Admin");
  expect(await stack.admin.call("GET", "groups")).toMatchObject({ items: [{ members: [] }] });
});

test("who has no verified address, or no group with a role, stays outside", async ({
  issuer,
  visitor,
}) => {
  await visitor.goto("/login");
  for (const refused of [
    person("Mallory", { email_verified: false }),
    person("Mallory", { email: ADMIN.email, email_verified: false }),
    person("Mallory", { groups: ["sales"] }),
  ]) {
    issuer.person = refused;
    await thereAndBack(visitor);
    await expectRefused(visitor, NO_MEMBER);
  }
});

for (const [what, claim, forge] of [
  ["for another audience", "aud", (claims) => ({ ...claims, aud: "another-app" })],
  ["that expired a minute ago", "exp", (claims) => ({ ...claims, exp: inS(-60) })],
  ["of a clock that is a minute ahead", "nbf", (claims) => ({ ...claims, nbf: inS(60) })],
  ["of an earlier visit", "nonce", (claims) => ({ ...claims, nonce: "of-an-earlier-visit" })],
] satisfies [string, string, IdentityIssuer["forge"]][]) {
  test(`an ID token ${what} signs no one in`, async ({ issuer, scene: { logged }, visitor }) => {
    issuer.person = person("Hedy");
    issuer.forge = forge;
    const before = logged.length;
    await visitor.goto("/login");
    await thereAndBack(visitor);
    await expectRefused(visitor, FAILED);
    if (process.env.PLATFORM) return;
    await expect.poll(() => logged.slice(before).join("\n")).toContain(`"${claim}"`);
    expect(logged.join("\n")).not.toContain(APP.secret);
  });
}

test("the way back leads in once, and only in the browser that was sent", async ({
  scene: { stack },
  issuer,
  visitor,
}) => {
  issuer.person = person("Joan");
  await visitor.goto("/login?next=/account");
  const wayBack = visitor.waitForRequest(/\/api\/auth\/callback\/oidc\?/);
  await thereAndBack(visitor);
  await expectSignedIn(visitor, issuer.person);
  const request = await wayBack;
  const { cookie = "" } = await request.allHeaders();
  const context = visitor.context();
  const withCookies = cookie.split("; ").map((each) => {
    const at = each.indexOf("=");
    return { name: each.slice(0, at), value: each.slice(at + 1), url: stack.url };
  });
  expect(withCookies.length).toBeGreaterThan(2);
  for (const cookies of [withCookies, []]) {
    await context.clearCookies();
    await context.addCookies(cookies);
    await visitor.goto(request.url());
    await expectRefused(visitor, FAILED);
  }
});

for (const [what, change] of [
  ["that signs with other keys since", (issuer) => issuer.rotate()],
  [
    "whose clock is some seconds ahead",
    (issuer) => {
      issuer.forge = (claims) => ({ ...claims, iat: inS(20), nbf: inS(20) });
    },
  ],
  [
    "whose clock is some seconds behind",
    (issuer) => {
      issuer.forge = (claims) => ({ ...claims, exp: inS(-10) });
    },
  ],
] satisfies [string, (issuer: IdentityIssuer) => void][]) {
  test(`a directory ${what} goes on signing people in`, async ({ issuer, visitor }) => {
    issuer.person = person("Barbara");
    change(issuer);
    await visitor.goto("/login?next=/account");
    await thereAndBack(visitor);
    await expectSignedIn(visitor, issuer.person);
  });
}

test("the session of a removed person ends, and the directory lets them in no more", async ({
  browser,
  scene: { stack },
  issuer,
  visitor,
}) => {
  issuer.person = person("Rosalind");
  await visitor.goto("/login?next=/account");
  await thereAndBack(visitor);
  await expectSignedIn(visitor, issuer.person);

  issuer.person = { ...issuer.person, groups: [] };
  const admin = await adminPage(browser, stack);
  await admin.goto("/team");
  await admin.getByRole("button", { name: "Remove Rosalind" }).click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Remove member" }).click();
  await expect(admin.getByRole("row", { name: /Rosalind/ })).toHaveCount(0);
  await admin.context().close();

  await visitor.reload();
  await expect(visitor).toHaveURL(/\/login\?next=/);
  await thereAndBack(visitor);
  await expectRefused(visitor, NO_MEMBER);
});

test("while the directory is required and away, a token of AUTH_KEY allows passwords again", async ({
  scene: { stack },
  visitor,
}) => {
  const change = (changes: object) => stack.admin.call("PATCH", "settings/sign-in", changes);
  await change({ passwords: false, issuer: AWAY, clientSecret: APP.secret });
  await visitor.goto("/login");
  await expect(visitor.getByLabel("Password")).toHaveCount(0);
  await visitor.getByRole("button", { name: "Continue with Acme" }).click();
  await expectRefused(visitor, FAILED);
  await change({ passwords: true });
  await visitor.goto("/login?next=/account");
  await visitor.getByLabel("Email").fill(ADMIN.email);
  await visitor.getByLabel("Password").fill(ADMIN.password);
  await visitor.getByRole("button", { name: "Sign in", exact: true }).click();
  await expectSignedIn(visitor, ADMIN);
});
