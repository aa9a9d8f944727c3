/**
 * Two people at once: no change is undone by another's outdated page, and no call without a response is reported
 * wrongly.
 */
import type { Locator, Page } from "@playwright/test";
import type { Stack } from "../e2e/harness.ts";
import { newMember } from "./people.ts";
import { expect, test } from "./portal.ts";

/** A token, and its dialog as it was before others changed it. */
async function openToken(page: Page, server: Stack, name: string) {
  const { id } = (await server.admin.call("POST", "access-tokens", { name })) as { id: string };
  await page.goto(`/tokens?q=${name}`);
  const actions = page.getByRole("button", { name: `Actions for ${name}` }).first();
  const edit = page.getByRole("menuitem", { name: "Edit", exact: true });
  // Rows that arrive late close an open menu.
  await expect(async () => {
    await actions.click({ timeout: 2_000 });
    await edit.click({ timeout: 2_000 });
  }).toPass();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Name")).toHaveValue(name);
  const read = async () => {
    const { items } = (await server.admin.call("GET", "access-tokens")) as {
      items: readonly { id: string; name: string; rpm: number | null }[];
    };
    return items.find((item) => item.id === id);
  };
  const change = (changes: object) => server.admin.call("PATCH", `access-tokens/${id}`, changes);
  return { dialog, read, change };
}

const conflictIn = (place: Locator | Page) =>
  place.getByRole("alert").filter({ hasText: "Someone else changed this meanwhile" });

test("a token: what the other changed stays", async ({ admin, server }) => {
  const { dialog, read, change } = await openToken(admin, server, "shared");
  await change({ rpm: 11 });
  await dialog.getByLabel("Name").fill("renamed");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  expect(await read()).toMatchObject({ name: "renamed", rpm: 11 });
});

test("retention and prices", async ({ admin, server }) => {
  const settings = (section: string, changes: object) =>
    server.admin.call("PATCH", "settings", { section, changes });
  const now = async () => (await server.admin.call("GET", "settings")) as Record<string, object>;
  await admin.goto("/settings/logging");
  const retention = admin.getByRole("region", { name: "Retention" });
  await settings("retention", { requestLogDays: 20 });
  await admin.getByLabel("Daily usage").fill("300");
  await retention.getByRole("button", { name: "Save changes" }).click();
  await expect(retention.getByText("Saved")).toBeVisible();
  expect(await now()).toMatchObject({ retention: { requestLogDays: 20, dailyDays: 300 } });
  await expect(admin.getByLabel("Request log")).toHaveValue("20");
  await settings("retention", { requestLogDays: 21 });
  await admin.getByLabel("Request log").fill("22");
  await retention.getByRole("button", { name: "Save changes" }).click();
  await expect(conflictIn(retention)).toContainText("21");
  await retention.getByRole("button", { name: "Save mine" }).click();
  await expect(retention.getByText("Saved", { exact: true })).toBeVisible();
  expect(await now()).toMatchObject({ retention: { requestLogDays: 22 } });

  await admin.goto("/settings/prices");
  await admin.getByRole("button", { name: "Add price" }).click();
  const mine = admin.getByRole("group", { name: "Price 1" });
  await settings("prices", {
    overrides: [{ provider: "openai", model: "model-a", input: 1, output: 2 }],
  });
  await mine.getByLabel("Provider").fill("openai");
  await mine.getByLabel("Model").fill("model-b");
  await mine.getByLabel("Input", { exact: true }).fill("3");
  await mine.getByLabel("Output").fill("4");
  await admin.getByRole("button", { name: "Save changes" }).click();
  await expect(admin.getByText("Saved", { exact: true })).toBeVisible();
  const { overrides } = (await now()).prices as { overrides: readonly { model: string }[] };
  expect(overrides.map(({ model }) => model).sort()).toEqual(["model-a", "model-b"]);
  await settings("prices", { overrides: [] });
});

test("an alias, and a member's limits", async ({ admin, browser, server }) => {
  await server.admin.call("POST", "model-aliases", {
    name: "both",
    targets: [{ provider: "openai", model: "gpt-5" }],
  });
  await admin.goto("/routes");
  await admin.getByRole("button", { name: "Edit both" }).click();
  const alias = admin.getByRole("dialog", { name: "Edit both" });
  await server.admin.call("PATCH", "model-aliases/both", { maxInputUsd: 7 });
  await alias.getByLabel("Output").fill("9");
  await alias.getByRole("button", { name: "Save alias" }).click();
  await expect(alias).toBeHidden();
  const { items } = (await server.admin.call("GET", "model-aliases")) as { items: unknown };
  expect(items).toEqual([expect.objectContaining({ maxInputUsd: 7, maxOutputUsd: 9 })]);
  await server.admin.call("DELETE", "model-aliases/both");

  const { page } = await newMember(browser, admin, "member", "Mary");
  await page.context().close();
  const other = await admin.context().newPage();
  const dialogOn = async (tab: Page) => {
    await tab.goto("/team");
    await tab.getByRole("button", { name: /^Limits of Mary: / }).click();
    return tab.getByRole("dialog", { name: "Limits of Mary" });
  };
  const limits = await dialogOn(admin);
  const theirs = await dialogOn(other);
  await theirs.getByLabel("Requests per minute").fill("5");
  await theirs.getByRole("button", { name: "Save limits" }).click();
  await expect(theirs).toBeHidden();
  await limits.getByLabel("Tokens per minute").fill("9");
  await limits.getByRole("button", { name: "Save limits" }).click();
  await expect(limits).toBeHidden();
  await dialogOn(admin);
  await expect(limits.getByLabel("Requests per minute")).toHaveValue("5");
  await expect(limits.getByLabel("Tokens per minute")).toHaveValue("9");
});

test("offline, a response that is lost, a session that ended: each is reported, and nothing typed is lost", async ({
  admin,
  server,
}) => {
  const { dialog, read } = await openToken(admin, server, "cut");
  const name = dialog.getByLabel("Name");
  const save = dialog.getByRole("button", { name: "Save" });
  await name.fill("cut off");
  await admin.context().setOffline(true);
  await save.click();
  await expect(admin.getByText("Nothing was sent.")).toBeVisible();
  await expect(name).toHaveValue("cut off");
  await admin.context().setOffline(false);

  // The server executes it, and the response is lost.
  await admin.route("**/tokens**", async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    await route.fetch();
    await route.abort();
  });
  await save.click();
  await expect(admin.getByText("This may or may not have been saved.")).toBeVisible();
  expect(await read()).toMatchObject({ name: "cut off" });
  await expect(name).toHaveValue("cut off");
  await admin.unroute("**/tokens**");
  await admin.getByRole("button", { name: "Check the current state" }).click();
  await expect(admin.locator("tr", { hasText: "cut off" })).toHaveCount(1);
  await expect(dialog).toBeVisible();

  await admin.context().clearCookies();
  await name.fill("after the session");
  await save.click();
  await expect(admin.getByText("Your session has ended")).toBeVisible();
  await expect(admin.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect(name).toHaveValue("after the session");
});

test("one Escape throws away nothing that was typed, nor does a click beside it", async ({
  admin,
  server,
}) => {
  const { dialog } = await openToken(admin, server, "typed");
  await dialog.getByLabel("Name").fill("half a name");
  await admin.mouse.click(5, 5);
  await admin.keyboard.press("Escape");
  await expect(admin.getByText("Press Escape again")).toBeVisible();
  await expect(dialog.getByLabel("Name")).toHaveValue("half a name");
  await admin.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});
