/** The very first visit. */
import { ADMIN_TOKEN } from "../e2e/harness.ts";
import { ADMIN, expect, expectAccessible, SETUP_PATH, test } from "./portal.ts";
import { TIME_ZONE } from "./time-zone.ts";

test("without a good link the page asks for a token, and an unrestricted AUTH_KEY is one", async ({
  page,
}) => {
  await page.goto("/");
  await expect(page).toHaveURL("/setup");
  await page.goto("/setup?token=from-an-older-start");
  await expect(page.getByText("This set-up link is not valid any more.")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  const secret = page.getByLabel("Set-up token or admin key");
  await secret.fill("a guess");
  await page.getByRole("button", { name: "Create admin" }).click();
  await expect(page.getByText("This is neither the set-up token nor")).toBeVisible();
  await secret.fill(ADMIN_TOKEN);
  await page.getByRole("button", { name: "Create admin" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

  const late = await page.goto("/setup");
  expect(late?.status()).toBe(404);
});

test("a valid link only asks for a person, who then is at the overview", async ({
  page,
  server,
}) => {
  await server.empty();
  await page.goto(SETUP_PATH);
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await expect(page.getByLabel("Set-up token or admin key")).toHaveCount(0);
  await page.getByRole("button", { name: "Create admin" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await expect
    .poll(async () =>
      (await page.context().cookies()).map(({ value }) => decodeURIComponent(value)),
    )
    .toContain(TIME_ZONE);
});
