/** What a session allows, and when it ends. */
import { encode } from "next-auth/jwt";
import { actionNamed, callAction, outcomeOf } from "./actions.ts";
import { newMember, PASSWORD, signedIn } from "./people.ts";
import { ADMIN, expect, expectAccessible, test } from "./portal.ts";

const COOKIE = "authjs.session-token";

test("the cookie is out of reach of scripts and other sites, and https only where there is https", async ({
  admin,
  server,
}) => {
  const cookies = await admin.context().cookies();
  const session = cookies.find(({ name }) => name === COOKIE);
  expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax", secure: false, path: "/" });
  await admin.goto("/account");
  expect(await admin.evaluate(() => document.cookie)).not.toContain("authjs");

  // As behind Cloudflare, which reports to the Worker that its client used https.
  const https = { "x-forwarded-proto": "https" };
  const csrf = await fetch(`${server.url}/api/auth/csrf`, { headers: https });
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const [csrfCookie = ""] = csrf.headers.getSetCookie();
  const answer = await fetch(`${server.url}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: { ...https, cookie: csrfCookie.split(";")[0] ?? "" },
    body: new URLSearchParams({ csrfToken, email: ADMIN.email, password: ADMIN.password }),
  });
  const secure = answer.headers.getSetCookie().find((each) => each.includes("session-token"));
  expect(secure).toMatch(/^__Secure-authjs\.session-token=[^;]+;/);
  const attributes = (secure ?? "").toLowerCase().split("; ");
  expect(attributes).toEqual(expect.arrayContaining(["httponly", "secure", "samesite=lax"]));
});

test("a forged session opens nothing", async ({ admin, server, playwright }) => {
  const session = await (await admin.request.get(`${server.url}/api/auth/session`)).json();
  const claims = { sub: session.user.id, sessionVersion: 1, role: "admin" };
  const forgeries = [
    "",
    "nonsense",
    Buffer.from(JSON.stringify(claims)).toString("base64"),
    await encode({ token: claims, secret: "another secret", salt: COOKIE }),
    await encode({ token: claims, secret: "test-session-secret", salt: "another.cookie" }),
  ];
  for (const value of forgeries) {
    const request = await playwright.request.newContext({
      extraHTTPHeaders: { cookie: `${COOKIE}=${value}` },
    });
    const page = await request.get(`${server.url}/team`, { maxRedirects: 0 });
    expect(page.status()).toBe(307);
    const { text } = await callAction(request, server.url, actionNamed("invite"), {
      role: "admin",
      expiresInDays: 1,
    });
    expect(outcomeOf(text)).toBe("signed_out");
    await request.dispose();
  }
  await admin.goto("/team");
  await expect(admin.getByText("open invitation")).toBeHidden();
});

test("a member who is demoted or removed loses access with the next click", async ({
  admin,
  browser,
}) => {
  const { page } = await newMember(browser, admin, "admin", "Dora");
  await page.goto("/audit");
  await expect(page.getByRole("heading", { name: "Audit log" })).toBeVisible();

  await admin.goto("/team");
  await admin.getByRole("button", { name: /Role of Dora/ }).click();
  await admin.getByRole("radio", { name: "Viewer" }).click();
  await admin.getByRole("button", { name: "Change role" }).click();
  await expect(admin.getByText("Dora now has the role Viewer.")).toBeVisible();
  const refused = await page.goto("/audit");
  expect(refused?.status()).toBe(403);
  await expect(page.getByRole("heading", { name: "This page is not yours" })).toBeVisible();

  await admin.getByRole("button", { name: "Remove Dora" }).click();
  const dialog = admin.getByRole("alertdialog", { name: "Remove Dora?" });
  await expect(dialog).toContainText("dora@example.com loses access at once");
  await dialog.getByRole("button", { name: "Remove member" }).click();
  await expect(admin.getByText("Dora was removed.")).toBeVisible();
  await page.goto("/");
  await expect(page).toHaveURL(/\/login$/);
});

test("a cookie that was copied before signing out opens nothing after", async ({
  admin,
  browser,
}) => {
  const { page } = await newMember(browser, admin, "member", "Hal");
  const thief = await browser.newContext();
  await thief.addCookies(await page.context().cookies());
  const stolen = await thief.newPage();
  await stolen.goto("/account");
  await expect(stolen.getByRole("heading", { name: "Account" })).toBeVisible();
  await page.goto("/");
  await page.getByRole("button", { name: "Menu of Hal" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/login");
  await stolen.goto("/account");
  await expect(stolen).toHaveURL("/login?next=%2Faccount");
  await thief.close();
});

test("a session of the version before, which had no row, is good until it signs out", async ({
  admin,
  browser,
  server,
}) => {
  const { page } = await newMember(browser, admin, "member", "Ivo");
  const session = await (await page.request.get(`${server.url}/api/auth/session`)).json();
  const value = await encode({
    token: { sub: session.user.id, sessionVersion: 1 },
    secret: "test-session-secret",
    salt: COOKIE,
  });
  const older = await browser.newContext();
  await older.addCookies([{ name: COOKIE, value, url: server.url }]);
  const olderPage = await older.newPage();
  await olderPage.goto("/account");
  await expect(olderPage.getByRole("heading", { name: "Account" })).toBeVisible();
  await olderPage.getByRole("button", { name: "Menu of Ivo" }).click();
  await olderPage.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(olderPage).toHaveURL("/login");
  await older.addCookies([{ name: COOKIE, value, url: server.url }]);
  await olderPage.goto("/account");
  await expect(olderPage).toHaveURL("/login?next=%2Faccount");
  await older.close();
});

test("signing out everywhere ends the sessions of all browsers", async ({ admin, browser }) => {
  const { page, person } = await newMember(browser, admin, "member", "Eve");
  const other = await signedIn(browser, admin, person);
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await other.goto("/account");
  await expect(other).toHaveURL("/login?next=%2Faccount");
});

test("a changed password ends other sessions and keeps this one", async ({ admin, browser }) => {
  // Six passwords to hash.
  test.slow();
  test.slow();
  const { page, person } = await newMember(browser, admin, "member", "Fay");
  const other = await signedIn(browser, admin, person);
  await page.goto("/account");
  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Use 10 to 200 characters.")).toBeVisible();
  await page.getByLabel("New password").fill("another long password");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("This is not your current password.")).toBeVisible();
  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Password changed.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Account" })).toBeVisible();
  await other.goto("/account");
  await expect(other).toHaveURL(/\/login/);
  await signedIn(browser, admin, { ...person, password: "another long password" });
});

test("a post from another site does nothing", async ({ admin, server }) => {
  const input = { role: "admin", email: "intruder@example.com", expiresInDays: 7 };
  for (const headers of [
    { origin: "https://evil.example" },
    { origin: server.url, "sec-fetch-site": "cross-site" },
    { origin: "null", "sec-fetch-site": "cross-site" },
    {},
  ]) {
    const action = actionNamed("invite");
    const { text } = await callAction(admin.request, server.url, action, input, headers);
    expect(outcomeOf(text), JSON.stringify(headers)).not.toBe("ok");
  }
  await admin.goto("/team");
  await expect(admin.getByText("intruder@example.com")).toBeHidden();
  const page = await admin.request.get(`${server.url}/audit/export`, {
    headers: { origin: "https://evil.example" },
  });
  expect(page.status()).toBe(403);
});

test("a member's call of an admin's action changes nothing and is in the log", async ({
  admin,
  browser,
  server,
}) => {
  const { page } = await newMember(browser, admin, "member", "Gus");
  const input = { role: "admin", email: "friend@example.com", expiresInDays: 7 };
  const { text } = await callAction(page.request, server.url, actionNamed("invite"), input);
  expect(outcomeOf(text)).toBe("forbidden");
  await admin.goto("/team");
  await expect(admin.getByText("friend@example.com")).toBeHidden();
  await admin.goto("/audit");
  const row = admin.getByRole("row", { name: /gus@example.com Rejected an action/ });
  await expect(row).toContainText("/team");
});

test("the account lists one's browsers, and signs out of another one", async ({
  admin,
  browser,
}) => {
  const member = await newMember(browser, admin, "viewer", "Rosalind");
  const other = await signedIn(browser, admin, member.person);
  await other.goto("/account");
  await member.page.goto("/account");
  const list = member.page.getByRole("list", { name: "Where you are signed in" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  const own = list.getByRole("listitem").filter({ hasText: "This browser" });
  await expect(own).toHaveCount(1);
  await expect(own.getByRole("button")).toHaveCount(0);
  await expect(own).toContainText(/Chrome|Unknown/);
  await expectAccessible(member.page);
  await list.getByRole("button", { name: /^Sign out of/ }).click();
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await other.goto("/account");
  await expect(other).toHaveURL(/\/login/);
  await member.page.reload();
  await expect(list).toBeVisible();
});

test("time zone, clock and density are chosen for the browser", async ({ admin }) => {
  await admin.goto("/audit");
  const time = admin.locator("main tbody time, main tbody td").first();
  await expect(time).toContainText(/[AP]M/);
  await admin.goto("/account");
  await admin.getByLabel("Clock").selectOption("24");
  await admin.getByLabel("Time zone").selectOption("Pacific/Kiritimati");
  await admin.getByLabel("Table rows").selectOption("compact");
  await expect(admin.locator("html")).toHaveAttribute("data-density", "compact");
  await expectAccessible(admin);
  await admin.goto("/audit");
  await expect(time).toContainText(/\d\d:\d\d/);
  await expect(time).not.toContainText(/[AP]M/);
  await admin.goto("/account");
  await expect(admin.getByLabel("Time zone")).toHaveValue("Pacific/Kiritimati");
});
