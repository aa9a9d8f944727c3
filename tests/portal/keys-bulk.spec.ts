/** Changes to many provider keys at once. */
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { readPastedKeys } from "../../lib/moving-in/read-pasted-keys.ts";
import { removeKeys } from "../e2e/harness.ts";
import { ADMIN, expect, expectAccessible, test } from "./portal.ts";

const KEYS = Array.from({ length: 120 }, (_, index) => ({
  key: `sk-fake-many-${String(index).padStart(4, "0")}-abcdefghijklmnop`,
  remark: `no. ${index}`,
}));

const bar = (page: Page) => page.getByRole("region", { name: "Selected keys" });

test.beforeEach(async ({ server }) => {
  await removeKeys(server, ["openai"]);
  await server.admin.addKeys("openai", KEYS);
});

test("a selection survives paging, takes a setting, and gets its own back", async ({
  admin,
  server,
}) => {
  await admin.goto("/keys/openai");
  await admin.getByRole("checkbox", { name: "Select all rows on this page" }).click();
  await admin.getByRole("button", { name: "Next page" }).click();
  await expect(admin.getByText("51–100 of 120")).toBeVisible();
  await admin
    .getByRole("row", { name: /no\. 69/ })
    .getByRole("checkbox")
    .click();
  await expect(bar(admin).getByText("51 selected")).toBeVisible();
  await expectAccessible(admin);

  await bar(admin).getByRole("button", { name: "Set" }).click();
  const dialog = admin.getByRole("dialog", { name: "Set for many keys" });
  await dialog.getByRole("combobox", { name: "Setting" }).click();
  await admin.getByRole("option", { name: "Weight" }).click();
  await dialog.getByLabel("Weight").fill("x");
  await dialog.getByRole("button", { name: "Set for 51 keys" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("A whole number from 1 to 100.");
  await expectAccessible(admin);
  await dialog.getByLabel("Weight").fill("8");
  await dialog.getByRole("button", { name: "Set for 51 keys" }).click();
  await expect(admin.getByText("51 keys changed")).toBeVisible();
  const heavy = async () =>
    (await server.admin.listKeys("provider=openai")).filter(({ weight }) => weight === 8).length;
  expect(await heavy()).toBe(51);
  await admin.getByRole("button", { name: "Undo" }).click();
  await expect(admin.getByText("51 keys put back")).toBeVisible();
  expect(await heavy()).toBe(0);
});

test("all that match, on every page, are disabled, enabled again and deleted", async ({
  admin,
  server,
}) => {
  const count = async (status: string) =>
    (await server.admin.listKeys(`provider=openai&status=${status}`)).length;
  await admin.goto("/keys/openai?q=no.+1");
  await expect(admin.getByText("1–31 of 31")).toBeVisible();
  await admin
    .getByRole("row", { name: /no\. 11\b/ })
    .getByRole("checkbox")
    .click();
  await bar(admin).getByRole("button", { name: "Select all 31 that match" }).click();
  await expect(bar(admin).getByText("31 selected")).toBeVisible();
  await bar(admin).getByRole("button", { name: "Disable" }).click();
  await expect(admin.getByText("31 keys disabled")).toBeVisible();
  expect(await count("disabled")).toBe(31);
  await admin.getByRole("button", { name: "Undo" }).click();
  await expect(admin.getByText("31 keys put back")).toBeVisible();
  expect(await count("ready")).toBe(120);

  await bar(admin).getByRole("button", { name: "Delete" }).click();
  const confirmation = admin.getByRole("alertdialog");
  await expect(confirmation.getByText("Delete 31 keys of OpenAI?")).toBeVisible();
  await confirmation.getByRole("button", { name: "Delete 31 keys" }).click();
  await expect(admin.getByText("31 keys deleted")).toBeVisible();
  await expect(bar(admin)).toBeHidden();
  expect(await count("ready")).toBe(89);
});

test("all keys are checked with progress; those that are rejected can be deleted together", async ({
  admin,
  server,
}) => {
  for (const [index, { key }] of KEYS.entries()) {
    server.upstream.setKey(key, index % 40 === 7 ? { kind: "invalid" } : { kind: "ok" });
  }
  await admin.goto("/keys/openai");
  await admin.getByRole("button", { name: "Check all" }).click();
  const dialog = admin.getByRole("dialog", { name: "Check 120 keys of OpenAI" });
  await expectAccessible(admin);
  await dialog.getByRole("button", { name: "Check 120 keys" }).click();
  await expect(dialog.getByText("120 of 120 checked")).toBeVisible({ timeout: 30_000 });
  await expect(dialog.getByRole("definition")).toHaveText(["117", "3", "0", "0"]);
  await dialog.getByRole("button", { name: "Close" }).first().click();
  await expect(admin.getByText("3 blocked")).toBeVisible();

  await admin.getByRole("button", { name: "Delete blocked" }).click();
  const confirmation = admin.getByRole("alertdialog");
  await expect(confirmation.getByText("Delete all 3 blocked keys of OpenAI?")).toBeVisible();
  await confirmation.getByRole("button", { name: "Delete 3 keys" }).click();
  await expect(admin.getByText("3 keys deleted")).toBeVisible();
  expect(await server.admin.listKeys("provider=openai")).toHaveLength(117);
});

test("checking can be stopped in the middle", async ({ admin, server }) => {
  for (const { key } of KEYS) server.upstream.setKey(key, { kind: "slow-headers", delayMs: 500 });
  await admin.goto("/keys/openai");
  await admin.getByRole("button", { name: "Check all" }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByRole("button", { name: "Check 120 keys" }).click();
  await expect(dialog.getByText("20 of 120 checked")).toBeVisible();
  await dialog.getByRole("button", { name: "Stop" }).click();
  await expect(dialog.getByRole("button", { name: "Close" }).first()).toBeVisible();
  await expect(dialog.getByText("120 of 120 checked")).toBeHidden();
});

test("an export is masked; with the password, and only then, it contains the keys", async ({
  admin,
  server,
}) => {
  await admin.goto("/keys/openai?q=no.+1");
  const open = () => admin.getByRole("button", { name: "Export" }).click();
  const textOf = async (click: () => Promise<void>) => {
    const [download] = await Promise.all([admin.waitForEvent("download"), click()]);
    expect(download.suggestedFilename()).toMatch(/^openai-keys-\d{4}-\d\d-\d\d\.(csv|json)$/);
    return readFile(await download.path(), "utf8");
  };
  await open();
  await expectAccessible(admin);
  const masked = await textOf(() =>
    admin.getByRole("menuitem", { name: "Masked, as CSV" }).click(),
  );
  expect(masked.trim().split("\r\n")).toHaveLength(32);
  for (const { key } of KEYS) expect(masked).not.toContain(key);

  await open();
  await admin.getByRole("menuitem", { name: "With secrets" }).click();
  const dialog = admin.getByRole("dialog", { name: "Export keys with their secrets" });
  await expectAccessible(admin);
  await dialog.getByLabel("Your password").fill("not my password");
  await dialog.getByRole("button", { name: "Export with secrets" }).click();
  await expect(dialog.getByRole("alert")).toHaveText(
    "This is not your password. Nothing was exported.",
  );
  await dialog.getByLabel("Your password").fill(ADMIN.password);
  await dialog.getByLabel("JSON").click();
  const whole = await textOf(() =>
    dialog.getByRole("button", { name: "Export with secrets" }).click(),
  );
  const texts = readPastedKeys(whole).keys.map(({ text }) => text);
  const expected = KEYS.filter(({ remark }) => remark.includes("no. 1")).map(({ key }) => key);
  expect(texts.toSorted()).toEqual(expected.toSorted());

  const unauthorised = await fetch(`${server.url}/keys/export?provider=openai&format=csv`, {
    redirect: "manual",
  });
  expect(unauthorised.headers.get("content-disposition")).toBeNull();
});
