/** Provider keys: all providers at a glance, one provider's table, one key beside it. */

import { chat } from "../e2e/chat.ts";
import { removeKeys, type Stack } from "../e2e/harness.ts";
import { condemn } from "./condemn.ts";
import { expect, expectAccessible, test } from "./portal.ts";
import { onceWritten } from "./proxy-call.ts";

const keys = (count: number, name = "good") =>
  Array.from({ length: count }, (_, index) => ({
    key: `sk-fake-${name}-${String(index).padStart(4, "0")}-abcdefghijklmnop`,
    remark: `${name} ${index}`,
  }));

/** Adds one key to which the upstream responds like this, and uses it; resolves when the effect is stored. */
async function useKey(server: Stack, text: string, kind: "banned" | "day", status: string) {
  server.upstream.setKey(
    text,
    kind === "day"
      ? { kind: "limited", requests: 0, windowMs: 3_600_000, states: "day" }
      : { kind: "banned" },
  );
  await server.admin.addKeys("openai", [text]);
  if (kind === "banned") await condemn(server, { provider: "openai", model: "gpt-4o" });
  else await chat(server, { model: "gpt-4o" });
  await expect
    .poll(() => server.admin.listKeys(`provider=openai&status=${status}`))
    .not.toHaveLength(0);
}

test.beforeEach(({ server }) => removeKeys(server, ["openai", "groq"]));

test("an empty pool says what to do next; then each provider stands in a row", async ({
  admin,
  server,
}) => {
  await admin.goto("/keys");
  await expect(admin.getByText("No keys yet")).toBeVisible();
  await expectAccessible(admin);

  await server.admin.addKeys("openai", keys(3));
  await server.admin.addKeys("groq", ["gsk_fake-0001"]);
  await admin.reload();
  const row = admin.getByRole("row", { name: /OpenAI/ });
  await expect(row.getByText("3 keys")).toBeVisible();
  await expect(row.getByRole("img", { name: "3 ready" })).toBeVisible();
  await expect(row.getByText("Not known")).toBeAttached();
  await expectAccessible(admin);
  await row.getByRole("link", { name: "OpenAI" }).click();
  await expect(admin).toHaveURL(/\/keys\/openai$/);
  await expect(admin.getByRole("heading", { level: 1, name: "OpenAI" })).toBeVisible();
  await expectAccessible(admin);

  expect((await admin.goto("/keys/no-such-provider"))?.status()).toBe(404);
  await expect(admin.getByText("Page not found")).toBeVisible();
});

test("search, filters, sorting and page are in the URL and survive a reload", async ({
  admin,
  server,
}) => {
  await server.admin.addKeys("openai", keys(60));
  await server.admin.addKeys("openai", [
    { key: "sk-fake-heavy-0001-abcdef", remark: "heavy", weight: 9, models: ["gpt-5*"] },
  ]);
  await admin.goto("/keys/openai");
  const rows = admin.getByRole("table").getByRole("row");
  await expect(admin.getByText("1–50 of 61")).toBeVisible();
  await admin.getByRole("button", { name: "Next page" }).click();
  await expect(admin.getByText("51–61 of 61")).toBeVisible();
  await expect(admin).toHaveURL(/page=2/);
  // What is typed before the page is hydrated would be lost.
  await admin.reload({ waitUntil: "networkidle" });
  await expect(admin.getByText("51–61 of 61")).toBeVisible();

  await admin.getByRole("searchbox", { name: "Search key or note" }).fill("good 5");
  await expect(admin.getByText("1–11 of 11")).toBeVisible();
  await expect(admin).toHaveURL(/q=good/);
  await admin.getByRole("searchbox", { name: "Search key or note" }).fill("");
  await expect(admin.getByText("1–50 of 61")).toBeVisible();

  await admin.getByRole("button", { name: "Weight" }).click();
  await expect(admin).toHaveURL(/sort=/);
  if (/sort=weight/.test(admin.url())) {
    await admin.getByRole("button", { name: "Weight" }).click();
    await expect(admin).toHaveURL(/sort=-weight/);
  }
  await expect(rows.nth(1)).toContainText("heavy");
  await admin.reload();
  await expect(rows.nth(1)).toContainText("heavy");

  await admin.getByRole("searchbox", { name: "Model" }).fill("gpt-4o");
  await expect(admin.getByText("1–50 of 60")).toBeVisible();
  await admin.getByRole("combobox", { name: "State" }).click();
  await admin.getByRole("option", { name: "Blocked" }).click();
  await expect(admin.getByText("No key matches these filters.")).toBeVisible();
  await expect(admin).toHaveURL(/status=blocked/);
  await admin.goto("/keys/openai?status=nonsense&page=x&sort=sealed");
  await expect(admin.getByText("1–50 of 61")).toBeVisible();
});

test("a blocked key says why, in the upstream's words, and can be unblocked", async ({
  admin,
  server,
}) => {
  await useKey(server, "sk-fake-banned-0001-abcdefghij", "banned", "blocked");
  await admin.goto("/keys/openai");
  await admin.getByRole("button", { name: /^Open sk-fak/ }).click();
  const sheet = admin.getByRole("dialog");
  await expect(admin).toHaveURL(/key=pk_/);
  await expect(sheet.getByRole("heading", { name: "Why" })).toBeVisible();
  const words = sheet.getByText(/^This key is associated with a deactivated account/);
  await expect(words.first()).toBeVisible();
  await expect(sheet.getByText(/^req_/)).toBeVisible();
  await expect(sheet.getByText("gpt-4o", { exact: true })).toBeVisible();
  await expectAccessible(admin);

  await sheet.getByRole("button", { name: "Unblock" }).click();
  await expect(admin.getByText("1 key unblocked")).toBeVisible();
  await expect(sheet.getByText("Ready")).toBeVisible();
  await expect(sheet.getByText("ada@example.com unblocked it")).toBeVisible();
  expect(await server.admin.listKeys("status=ready")).toHaveLength(1);
});

test("a cooling key shows each model's clock, and a rest can be ended", async ({
  admin,
  server,
}) => {
  await useKey(server, "sk-fake-spent-0001-abcdefghijk", "day", "cooling");
  await admin.goto("/keys");
  await expect(admin.getByText("1 of 1 used up")).toBeVisible();
  await admin.goto("/keys/openai?status=cooling");
  await expect(admin.getByText("gpt-4o: Daily limit reached")).toBeVisible();
  await admin.getByRole("button", { name: /^Open sk-fak/ }).click();
  const sheet = admin.getByRole("dialog");
  const clock = sheet.getByRole("listitem").filter({ hasText: "gpt-4o" }).locator("time").first();
  const before = await clock.textContent();
  await expect(clock).not.toHaveText(before ?? "");
  await sheet.getByRole("button", { name: "End now: gpt-4o" }).click();
  await expect(admin.getByText("Cooldowns of 1 key ended")).toBeVisible();
  await expect(sheet.getByText("Ready")).toBeVisible();
  await expect(sheet.getByText("ada@example.com ended its cooldowns")).toBeVisible();
  expect(await server.admin.listKeys("provider=openai&status=cooling")).toHaveLength(0);
});

test("settings are checked beside their field, saved, and put back", async ({ admin, server }) => {
  await server.admin.addKeys("openai", keys(1));
  await admin.goto("/keys/openai");
  await admin
    .getByRole("row", { name: /good 0/ })
    .getByText("Ready")
    .click();
  const sheet = admin.getByRole("dialog");
  await sheet.getByLabel("Weight").fill("500");
  await sheet.getByLabel("Models").fill("gpt-4o\ngpt-5*");
  await sheet.getByRole("button", { name: "Save", exact: true }).click();
  await expect(sheet.getByRole("alert")).toHaveText("A whole number from 1 to 100.");
  await sheet.getByLabel("Weight").fill("7");
  await sheet.getByRole("button", { name: "Save", exact: true }).click();
  await expect(admin.getByText("1 key changed")).toBeVisible();
  const stored = async () => (await server.admin.listKeys("provider=openai"))[0];
  expect(await stored()).toMatchObject({
    weight: 7,
    models: ["gpt-4o", "gpt-5*"],
    remark: "good 0",
  });
  await expect(sheet.getByText("ada@example.com changed it")).toBeVisible();

  await admin.getByRole("button", { name: "Undo" }).click();
  await expect(admin.getByText("1 key put back")).toBeVisible();
  await expect(sheet.getByLabel("Weight")).toHaveValue("1");
  expect(await stored()).toMatchObject({ weight: 1, models: null });
});

test("disabling has an undo; deleting names the key; Escape closes the sheet", async ({
  admin,
  server,
}) => {
  await server.admin.addKeys("openai", keys(2));
  await admin.goto("/keys/openai");
  await admin
    .getByRole("row", { name: /good 0/ })
    .getByText("Ready")
    .click();
  const sheet = admin.getByRole("dialog", { name: /^sk-fak/ });
  await sheet.getByRole("button", { name: "Disable" }).click();
  await expect(sheet.getByText("Disabled", { exact: true })).toBeVisible();
  await admin.getByRole("button", { name: "Undo" }).click();
  await expect(sheet.getByText("Ready")).toBeVisible();
  await admin.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await expect(admin).not.toHaveURL(/key=/);

  await admin
    .getByRole("row", { name: /good 1/ })
    .getByText("Ready")
    .click();
  await sheet.getByRole("button", { name: "Delete" }).click();
  const confirmation = admin.getByRole("alertdialog");
  await expect(confirmation.getByText(/^Delete key sk-fak.* of OpenAI\?$/)).toBeVisible();
  await expectAccessible(admin);
  await confirmation.getByRole("button", { name: "Delete 1 key" }).click();
  await expect(admin.getByText("1 key deleted")).toBeVisible();
  await expect(sheet).toBeHidden();
  expect((await server.admin.listKeys("provider=openai")).map(({ remark }) => remark)).toEqual([
    "good 0",
  ]);
});

test("in Chinese, and on a phone", async ({ admin, server }) => {
  await server.admin.addKeys("openai", keys(2));
  await admin.context().addCookies([{ name: "locale", value: "zh", url: server.url }]);
  await admin.setViewportSize({ width: 390, height: 844 });
  await admin.goto("/keys/openai");
  await expect(admin.getByText("2 个密钥", { exact: true })).toBeVisible();
  const card = admin.getByRole("row", { name: /good 0/ });
  await expect(card.getByText("可用")).toBeVisible();
  // It opens wherever it is tapped.
  await card.click();
  await expect(admin.getByRole("dialog").getByRole("heading", { name: "历史" })).toBeVisible();
  const width = await admin.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(390);
  await expectAccessible(admin);
  await admin.context().clearCookies({ name: "locale" });
});

test("a suspect shows what is held against it, and that an answer cleared it", async ({
  admin,
  server,
}) => {
  const key = "sk-fake-suspect-0001-abcdefghijklmnop";
  server.upstream.setKey(key, { kind: "by-model", models: { "gpt-bad": { kind: "invalid" } } });
  await server.admin.addKeys("openai", [key]);
  await chat(server, { model: "gpt-bad" });
  const mark = admin.getByText("Suspect", { exact: true });
  await onceWritten(server, async () => {
    await admin.goto("/keys/openai");
    await expect(mark.first()).toBeVisible({ timeout: 2_000 });
  });
  await expectAccessible(admin);
  await admin
    .getByRole("button", { name: /^Open / })
    .first()
    .click();
  const sheet = admin.getByRole("dialog");
  await expect(sheet.getByRole("heading", { name: "Under suspicion" })).toBeVisible();
  await expect(sheet.getByText(/Incorrect API key/).first()).toBeVisible();
  await expect(sheet.getByText("Suspected", { exact: true })).toBeVisible();
  await expectAccessible(admin);

  await chat(server, { model: "gpt-4o" });
  await onceWritten(server, async () => {
    await admin.reload();
    await expect(admin.getByText("Cleared: it answered")).toBeVisible({ timeout: 2_000 });
  });
  await expect(sheet.getByRole("heading", { name: "Under suspicion" })).toBeHidden();
});
