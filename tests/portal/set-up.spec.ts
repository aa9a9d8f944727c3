/** The very first visit. */
import { ADMIN_TOKEN } from "../e2e/harness.ts";
import { ADMIN, expect, expectAccessible, SETUP_PATH, test } from "./portal.ts";
import { onceWritten } from "./proxy-call.ts";
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

test("from the set-up link to a model's answer in six clicks, and the steps stay until all are done", async ({
  page,
  server,
}) => {
  await server.empty();
  const key = "sk-proj-fakeSixClicks00000000000001";
  server.upstream.setKey(key, { kind: "ok" });
  let clicks = 0;
  const click = async (role: "button" | "link", name: string) => {
    await page.getByRole(role, { name, exact: true }).click();
    clicks += 1;
  };
  await page.goto(SETUP_PATH);
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await click("button", "Create admin");
  await expect(page.getByRole("heading", { name: "Set up your pool" })).toBeVisible();
  await click("link", "Add keys");
  await page.getByLabel("Keys", { exact: true }).fill(key);
  await click("button", "Preview");
  await expect(page.getByRole("checkbox", { name: "Check them right away" })).toBeChecked();
  await click("button", "Add 1 key");
  await expect(page.getByText("1 of 1 checked")).toBeVisible();
  await expect(page.getByRole("definition").first()).toHaveText("1");
  await expectAccessible(page);
  const second = await page.context().newPage();
  await second.goto("/");
  await expect(second.getByText("2 of 3 steps done.")).toBeVisible();
  await expectAccessible(second);
  await second.close();
  await click("link", "Try it");
  await expect(page.getByRole("combobox", { name: "Model" })).toHaveText("openai/gpt-5-mini");
  await click("button", "Send prompt");
  await expect(page.getByTestId("answer")).toBeVisible();
  expect(clicks).toBeLessThanOrEqual(6);

  // The tests' AUTH_KEY is a token too; the answer is known with the next flush.
  await onceWritten(server, async () => {
    await page.goto("/");
    const today = page.getByRole("heading", { name: "Today", exact: true });
    await expect(today).toBeVisible({ timeout: 2_000 });
  });
  await expect(page.getByRole("heading", { name: "Set up your pool" })).toHaveCount(0);
});
