/** Limits that an admin sets: for a provider, for many keys, for one. */
import type { Page } from "@playwright/test";
import { removeKeys } from "../e2e/harness.ts";
import { expect, expectAccessible, test } from "./portal.ts";
import { askProxy, onceWritten } from "./proxy-call.ts";

const fill = async (form: ReturnType<Page["getByRole"]>, limits: Record<string, string>) => {
  for (const [label, value] of Object.entries(limits)) await form.getByLabel(label).fill(value);
};

test("limits are set for a provider and for chosen keys, shown with their source, and undone", async ({
  admin,
  server,
}) => {
  await removeKeys(server, ["openai"]);
  server.upstream.setKey("sk-fake-limits-1", { kind: "ok" });
  await server.admin.addKeys("openai", [
    { key: "sk-fake-limits-1", remark: "first" },
    { key: "sk-fake-limits-2", remark: "second", quotaDomain: "org-1" },
  ]);
  await admin.goto("/keys/openai");
  const section = admin.getByRole("region", { name: "Limits" });
  const dialog = admin.getByRole("dialog", { name: "Limits of OpenAI keys" });
  await expect(async () => {
    // Before the page is hydrated a click does nothing; once the dialog is open, the button is behind it.
    if (!(await dialog.isVisible())) {
      await section.getByRole("button", { name: "Set limits" }).click({ timeout: 1000 });
    }
    await expect(dialog).toBeVisible({ timeout: 2000 });
  }).toPass();
  await dialog.getByRole("button", { name: "Add a limit" }).click();
  await dialog.getByRole("button", { name: "Save limits" }).click();
  await expect(dialog.getByText("At least one limit")).toBeVisible();
  await fill(dialog, { RPM: "30", RPD: "500" });
  await expectAccessible(admin);
  await dialog.getByRole("button", { name: "Save limits" }).click();
  await expect(section).toContainText("Each key: 30 RPM, 500 RPD");

  await admin.getByRole("checkbox", { name: /Select all rows/ }).click();
  const bar = admin.getByRole("region", { name: "Selected keys" });
  await bar.getByRole("button", { name: "Limits" }).click();
  const bulk = admin.getByRole("dialog", { name: "Limits for 2 keys" });
  await fill(bulk, { RPM: "4" });
  await bulk.getByRole("button", { name: "Set for 2 keys" }).click();
  await expect(admin.getByText("2 keys changed")).toBeVisible();

  expect((await askProxy(server, "test-admin-token")).status).toBe(200);
  await admin.getByRole("row", { name: /first/ }).click();
  const sheet = admin.getByRole("dialog", { name: /sk-…/ });
  await expect(sheet.getByLabel("RPM")).toHaveValue("4");
  const inForce = sheet.getByRole("table", { name: "Limits in force" });
  await expect(inForce.getByRole("row", { name: /4 requests per minute/ })).toContainText(
    "3Set by a person",
  );
  await expect(inForce.getByRole("row", { name: /500 requests per day/ })).toContainText(
    "499Set by a person",
  );
  await expectAccessible(admin);
  await sheet.getByRole("button", { name: "Remove limit 1" }).click();
  await sheet.getByRole("button", { name: "Save limits" }).click();
  await expect(admin.getByText("1 key changed")).toBeVisible();
  await expect(sheet.getByText("No limit of its own.")).toBeVisible();
  // Each change has its own toast with an undo button.
  await admin
    .getByRole("listitem")
    .filter({ hasText: "1 key changed" })
    .getByRole("button", { name: "Undo" })
    .click();
  await expect(sheet.getByLabel("RPM")).toHaveValue("4");

  await admin.goto("/audit?subjectKind=provider");
  await expect(admin.getByText("Set limits").first()).toBeVisible();
});

test("a key's caps are set in its sheet, and one that is reached says so", async ({
  admin,
  server,
}) => {
  await removeKeys(server, ["openai"]);
  server.upstream.setKey("sk-fake-capped-1", { kind: "ok" });
  await server.admin.addKeys("openai", [{ key: "sk-fake-capped-1", remark: "capped" }]);
  await admin.goto("/keys/openai");
  await admin.getByRole("row", { name: /capped/ }).click();
  const sheet = admin.getByRole("dialog", { name: /sk-…/ });
  const daily = sheet.getByLabel("US dollars per day");
  await daily.fill("0");
  await sheet.getByRole("button", { name: "Save", exact: true }).click();
  await expect(sheet.getByText("An amount above 0, such as 2.50.")).toBeVisible();
  await sheet.getByLabel("Requests at once").fill("2");
  // Less than any request costs.
  await daily.fill("0.000001");
  await expectAccessible(admin);
  await sheet.getByRole("button", { name: "Save", exact: true }).click();
  await expect(admin.getByText("1 key changed")).toBeVisible();
  const [key] = await server.admin.listKeys("provider=openai");
  expect(key).toMatchObject({ concurrentRequests: 2, dailyCostUsd: 0.000001 });

  expect((await askProxy(server, "test-admin-token")).status).toBe(200);
  expect((await askProxy(server, "test-admin-token")).status).toBe(429);
  await onceWritten(server, async () => {
    await admin.reload();
    const row = admin.getByRole("row", { name: /capped/ });
    await expect(row).toContainText("Cost cap per day reached", { timeout: 2_000 });
  });
  const inForce = sheet.getByRole("table", { name: "Limits in force" });
  await expect(inForce.getByRole("row", { name: /2 requests at the same time/ })).toContainText(
    "2Set by a person",
  );

  // A higher cap ends the cooldown.
  await daily.fill("100");
  await sheet.getByRole("button", { name: "Save", exact: true }).click();
  await expect(sheet.getByText("Cost cap per day reached", { exact: true })).toBeHidden();
  expect((await askProxy(server, "test-admin-token")).status).toBe(200);
});
