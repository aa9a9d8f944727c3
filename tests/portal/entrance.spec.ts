/** The ways in: setup, sign-in, invitation. */
import { invite, join, newMember, PASSWORD } from "./people.ts";
import { ADMIN, expect, expectAccessible, SETUP_PATH, signIn, test } from "./portal.ts";

test("the set-up page makes one admin, and then is gone", async ({ page, admin: _, server }) => {
  for (const path of [SETUP_PATH, "/setup", "/setup?token=guess"]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
  }
  await page.goto("/login");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  expect((await fetch(`${server.url}/api/auth/session`)).status).toBe(200);
});

test("signing in leads back to the page that was asked for", async ({ page, admin: _ }) => {
  await page.goto("/audit?q=invited&from=2026-01-01");
  await expect(page).toHaveURL(/\/login\?next=/);
  await expectAccessible(page);
  await page.getByLabel("Email").fill(ADMIN.email.toUpperCase());
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/audit?q=invited&from=2026-01-01");
  await page.goto("/login?next=//evil.example");
  await expect(page).toHaveURL("/");
});

test("signing out ends the session", async ({ page, admin: _ }) => {
  await signIn(page, ADMIN);
  await page.getByRole("button", { name: "Menu of Ada Lovelace" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/login");
  await page.goto("/team");
  await expect(page).toHaveURL(/\/login/);
});

test("wrong passwords are slowed, and the page tells until when", async ({
  admin,
  browser,
  page,
}) => {
  // A dozen hashes, and the waits themselves.
  test.slow();
  const { person } = await newMember(browser, admin, "viewer", "Slow");
  for (const email of [person.email, "nobody@example.com"]) {
    await page.goto("/login");
    await page.getByLabel("Email").fill(email);
    const alert = page.getByRole("main").getByRole("alert");
    const submit = page.getByRole("button", { name: "Sign in", exact: true });
    for (let tries = 1; tries <= 5; tries++) {
      await page.getByLabel("Password").fill(`wrong ${tries}`);
      await submit.click();
      await expect(submit).toBeEnabled();
      await expect(alert).toContainText("Email or password is wrong.");
    }
    // The sixth comes within the second of delay that the fifth caused, or is the next to cause one.
    await expect(async () => {
      await submit.click();
      await expect(alert).toContainText("Too many wrong passwords.", { timeout: 500 });
    }).toPass();
    await expectAccessible(page);
  }
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await expect(async () => {
    // A slow answer may have come since: then there is no button any more.
    const submit = page.getByRole("button", { name: "Sign in", exact: true });
    if (page.url().endsWith("/login")) await submit.click({ timeout: 500 });
    await expect(page).toHaveURL("/", { timeout: 2_000 });
  }).toPass();
  await admin.goto("/audit");
  const burst = admin.getByRole("row", { name: /Wrong passwords/ });
  await expect(burst.filter({ hasText: person.email }).first()).toBeVisible();
  await expect(burst.filter({ hasText: "nobody" })).toHaveCount(0);
});

test("an invitation works once, and for its address only", async ({ admin, browser, page }) => {
  const link = await invite(admin, "viewer", "gina@example.com");
  await page.goto(link);
  await expect(page.getByText("Ada Lovelace invites you as viewer.")).toBeVisible();
  await expect(page.getByLabel("Email")).toHaveValue("gina@example.com");
  await expect(page.getByLabel("Email")).not.toBeEditable();
  await page.getByRole("button", { name: "Join the team" }).click();
  await expect(page.getByText("Enter a name of up to 100 characters.")).toBeVisible();
  await expect(page.getByText("Use 10 to 200 characters.")).toBeVisible();
  await expectAccessible(page);

  const joined = await join(browser, link, {
    name: "Gina",
    email: "gina@example.com",
    password: PASSWORD,
  });
  expect((await joined.goto("/team"))?.status()).toBe(403);
  const again = await page.goto(link);
  expect(again?.status()).toBe(404);
  await expect(page.getByText("This invitation is not valid any more")).toBeVisible();
  await expectAccessible(page);
});

test("an address that is a member's cannot join again, and what was typed stays", async ({
  admin,
  page,
}) => {
  await page.goto(await invite(admin, "member"));
  await page.getByLabel("Name").fill("Imposter");
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Join the team" }).click();
  await expect(page.getByText("This address is a member already.")).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue("Imposter");
});
