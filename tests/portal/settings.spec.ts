/** Settings and custom providers, and the proxy that applies them. */
import type { Page } from "@playwright/test";
import { ADMIN_TOKEN, type Stack } from "../e2e/harness.ts";
import { expect, expectAccessible, test } from "./portal.ts";

const chat = (server: Stack, path: string, model: string) =>
  fetch(`${server.url}/api/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
  });

async function addProvider(admin: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  await admin.goto("/settings/providers");
  await admin.getByRole("button", { name: "Add provider" }).click();
  const dialog = admin.getByRole("dialog");
  for (const [label, value] of Object.entries(fields)) {
    await dialog.getByLabel(label).fill(value);
  }
  await dialog.getByRole("button", { name: "Add provider" }).click();
}

test("the gateway and a provider are tested in words", async ({ admin, server }) => {
  server.upstream.setKey("sk-fake-dead-key", { kind: "invalid" });
  await server.admin.addKeys("openai", ["sk-fake-dead-key"]);
  await admin.goto("/settings");
  await admin.getByRole("button", { name: "Test gateway" }).click();
  await expect(admin.getByText("The gateway can be reached")).toBeVisible();
  await admin.getByRole("button", { name: "Test OpenAI" }).click();
  await expect(admin.getByText("Reachable, but it rejected this key.")).toBeVisible();
  await expect(admin.getByText("AI Gateway let the request through.")).toBeVisible();
  expect(await admin.content()).not.toContain("sk-fake-dead-key");
  const [key] = await server.admin.listKeys("provider=openai");
  expect(key?.status).toBe("active");
});

test("how requests leave is saved at once, and undone from the message", async ({
  admin,
  server,
}) => {
  await server.admin.addKeys("groq", ["gsk-fake-key"]);
  await admin.goto("/settings");
  const way = admin.getByRole("combobox", { name: "How requests to Groq leave" });
  await way.click();
  await admin.getByRole("option", { name: "Direct", exact: true }).click();
  await expect(admin.getByText("Groq: now direct")).toBeVisible();
  await admin.reload();
  await expect(way).toHaveText("Direct");
  await way.click();
  await admin.getByRole("option", { name: "AI Gateway", exact: true }).click();
  await admin.getByRole("button", { name: "Undo" }).click();
  await expect(way).toHaveText("Direct");
  // The page shows a choice before the server has stored it.
  await expect
    .poll(() => server.admin.call("GET", "settings"))
    .toMatchObject({ upstream: { providers: { groq: "direct" } } });
  // Requests after this must not leave the machine.
  const changes = { providers: { groq: null } };
  await server.admin.call("PATCH", "settings", { section: "upstream", changes });
});

test("a custom provider with a private address is rejected at its field, in any spelling", async ({
  admin,
  server,
}) => {
  await addProvider(admin, { Name: "Inside", Slug: "inside", "Base URL": "https://2130706433/v1" });
  const dialog = admin.getByRole("dialog");
  await expect(dialog.getByText("not of the public internet")).toBeVisible();
  await dialog.getByLabel("Base URL").fill("https://[::ffff:10.0.0.1]/v1");
  await expect(dialog.getByText("not of the public internet")).toBeVisible();
  await dialog.getByLabel("Base URL").fill("https://user:secret@llm.example.com");
  await expect(dialog.getByText("not contain a user name or password")).toBeVisible();
  const { items } = await server.admin.call<{ items: unknown[] }>("GET", "custom-providers");
  expect(items).toEqual([]);
});

test("a taken slug is said beside its field, and what was typed stays", async ({ admin }) => {
  const fields = { Name: "Mine", Slug: "openai", "Base URL": "https://llm.example.com/v1" };
  await addProvider(admin, fields);
  const dialog = admin.getByRole("dialog");
  await expect(dialog.getByText("This slug is taken.")).toBeVisible();
  await expect(dialog.getByLabel("Base URL")).toHaveValue("https://llm.example.com/v1");
  await expectAccessible(admin);
});

test("a custom provider is added, edited and removed, and the running proxy knows at once", async ({
  admin,
  server,
}) => {
  await addProvider(admin, {
    Name: "Acme",
    Slug: "acme",
    "Base URL": "https://llm.acme.example.com/v1",
  });
  await expect(admin.getByText("Acme added.")).toBeVisible();
  // It has no key yet, but the provider is known.
  expect((await chat(server, "acme/chat/completions", "m1")).status).toBe(503);

  await admin.getByRole("button", { name: "Edit Acme" }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Acme Europe");
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(
    admin.getByRole("main").getByRole("listitem").filter({ hasText: "Acme Europe" }),
  ).toBeVisible();

  await server.admin.addKeys("acme", ["fake-acme-key"]);
  await admin.reload();
  await admin.getByRole("button", { name: "Remove Acme Europe" }).click();
  await expect(admin.getByText("Its 1 key stays in the pool, unusable")).toBeVisible();
  await admin.getByRole("button", { name: "Remove provider" }).click();
  await expect(admin.getByText("No custom providers")).toBeVisible();
  expect((await chat(server, "acme/chat/completions", "m1")).status).toBe(404);
});

test("retention is checked beside its field, and saved calmly", async ({ admin, server }) => {
  await admin.goto("/settings/logging");
  const retention = admin.getByRole("region", { name: "Retention" });
  const save = retention.getByRole("button", { name: "Save changes" });
  await admin.getByLabel("Request log").fill("999");
  await admin.getByLabel("Daily usage").fill("5");
  await save.click();
  await expect(admin.getByText("Whole days from 1 to 365.")).toBeVisible();
  await expect(admin.getByText("at least as long as hourly usage")).toBeVisible();
  await admin.getByLabel("Request log").fill("30");
  await admin.getByLabel("Daily usage").fill("365");
  await save.click();
  await expect(admin.getByText("Saved")).toBeVisible();
  expect(await server.admin.call("GET", "settings")).toMatchObject({
    retention: { requestLogDays: 30, hourlyDays: 90, dailyDays: 365 },
  });
});

test("newcomers get the team's language and theme", async ({ admin, browser, server }) => {
  const change = (changes: object) =>
    server.admin.call("PATCH", "settings", { section: "appearance", changes });
  await admin.goto("/settings/appearance");
  await admin.getByLabel("简体中文").click();
  await admin.getByLabel("Dark").click();
  await admin.getByRole("button", { name: "Save changes" }).click();
  const context = await browser.newContext({ baseURL: server.url, colorScheme: "light" });
  const newcomer = await context.newPage();
  await expect(async () => {
    await newcomer.goto("/login");
    await expect(newcomer.locator("html")).toHaveAttribute("lang", "zh-CN", { timeout: 1_000 });
  }).toPass();
  await expect(newcomer.locator("html")).toHaveClass(/\bdark\b/);
  await context.close();
  await change({ language: "auto", theme: "system" });
});

test("About names the version and what is set, and shows no value", async ({ admin }) => {
  await admin.goto("/settings/about");
  await expect(admin.getByText(/^\d+\.\d+\.\d+\+[\da-f]{7}$/)).toBeVisible();
  const row = (name: string) =>
    admin.getByRole("listitem").filter({ has: admin.getByText(name, { exact: true }) });
  await expect(row("AI_GATEWAY_URL")).toContainText("Set");
  await expect(row("GITHUB_SECRET")).toContainText("Not set");
  const html = await admin.content();
  for (const secret of ["test-session-secret", "test-encryption-secret", ADMIN_TOKEN]) {
    expect(html).not.toContain(secret);
  }
});

test("custom prices are saved, rejected if they are invalid, and removed again", async ({
  admin,
}) => {
  await admin.goto("/settings/prices");
  await expect(admin.getByText("No custom prices.")).toBeVisible();
  await admin.getByRole("button", { name: "Add price" }).click();
  const row = admin.getByRole("group", { name: "Price 1" });
  await row.getByLabel("Provider").fill("openai");
  await row.getByLabel("Model").fill("my-model*");
  await row.getByLabel("Input", { exact: true }).fill("1.5");
  await admin.getByRole("button", { name: "Save changes" }).click();
  await expect(row.getByText("Prices are numbers from 0")).toBeVisible();
  await row.getByLabel("Output").fill("6");
  await admin.getByRole("button", { name: "Save changes" }).click();
  await expect(admin.getByText("Saved", { exact: true })).toBeVisible();
  await admin.reload();
  await expect(row.getByLabel("Output")).toHaveValue("6");
  await expect(row.getByLabel("Cached input")).toHaveValue("");
  await expectAccessible(admin);
  await row.getByRole("button", { name: "Remove price 1" }).click();
  await admin.getByRole("button", { name: "Save changes" }).click();
  await expect(admin.getByText("Saved", { exact: true })).toBeVisible();
  await admin.reload();
  await expect(admin.getByText("No custom prices.")).toBeVisible();
});

test("maintenance runs on request, and reports what it did", async ({ admin, server }) => {
  await server.admin.createToken({ name: "ended", expiresAt: "2026-01-01T00:00:00Z" });
  await admin.goto("/settings/maintenance");
  await expect(admin.getByText("No blocked key waits for one")).toBeVisible();
  await admin.getByRole("button", { name: "Run now" }).click();
  await expect(admin.getByText("Maintenance has started")).toBeVisible();
  // Without reloading the page.
  await expect(admin.getByText("1 expired token revoked")).toBeVisible();
  await expect(admin.getByText(/ago, by hand|now, by hand/)).toBeVisible();
  await admin.goto("/audit");
  await expect(admin.getByText("Ran maintenance").first()).toBeVisible();
});

test("alerts say where they would go, and when they are wanted", async ({ admin, server }) => {
  await admin.goto("/settings/alerts");
  const when = admin.getByRole("region", { name: "Alert rules" });
  await expect(admin.getByText("No alerts yet.")).toBeVisible();
  await admin.getByLabel("Quiet from (UTC hour)").fill("24");
  await when.getByRole("button", { name: "Save changes" }).click();
  await expect(admin.getByText("A whole number from 0 to 23.")).toBeVisible();
  await admin.getByLabel("Quiet from (UTC hour)").fill("22");
  await admin.getByLabel("Fewer ready keys than").fill("3");
  await admin.getByLabel("More errors than (%)").fill("15");
  await admin.getByRole("checkbox", { name: "Daily quotas that will run out" }).uncheck();
  await when.getByRole("button", { name: "Save changes" }).click();
  await expect(when.getByText("Saved")).toBeVisible();
  expect(await server.admin.call("GET", "settings")).toMatchObject({
    alerts: {
      ...{ readyKeysBelow: 3, errorsAbove: 15, slowerThan: 0, muted: ["quota_dry"] },
      ...{ quietFromHour: 22, quietToHour: 0 },
    },
  });
});

test("a webhook is set in the portal, tested, never shown again, and not overwritten by an outdated page", async ({
  admin,
}) => {
  await admin.goto("/settings/alerts");
  const webhook = admin.getByRole("region", { name: "Webhook" });
  const address = webhook.getByLabel("Address");
  const save = webhook.getByRole("button", { name: "Save changes" });
  await address.fill("https://10.0.0.7/in");
  await save.click();
  await expect(address).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(admin);
  const other = await admin.context().newPage();
  await other.goto("/settings/alerts");
  await address.fill("https://hooks.one-balance.dev/fake-secret-path");
  await save.click();
  await expect(webhook.getByText("Set, and not shown. A new address")).toBeVisible();
  await expect(webhook.getByRole("button", { name: "Send a test" })).toBeVisible();
  expect(await admin.content()).not.toContain("fake-secret-path");

  await other.getByLabel("Address").fill("https://other.one-balance.dev/");
  await other
    .getByRole("region", { name: "Webhook" })
    .getByRole("button", { name: "Save changes" })
    .click();
  await expect(other.getByText("Someone else changed the same thing just now.")).toBeVisible();
  await other.close();
  await admin.reload();
  await webhook.getByRole("button", { name: "Remove webhook" }).click();
  await expect(webhook.getByRole("button", { name: "Send a test" })).toBeHidden();
});

test("mail has a sender and recipients, is tested in words, and never shows its key", async ({
  admin,
}) => {
  await admin.goto("/settings/alerts");
  const mail = admin.getByRole("region", { name: "Mail" });
  const save = mail.getByRole("button", { name: "Save changes" });
  await expect(async () => {
    await mail.getByLabel("From").fill("One Balance <alerts@example.org>");
    await mail.getByLabel("To", { exact: true }).fill("ada@example.org lin");
    await save.click({ timeout: 1_000 });
  }).toPass();
  await expect(mail.getByText("mail addresses, separated by commas.")).toBeVisible();
  await mail.getByLabel("To", { exact: true }).fill("ada@example.org; lin@example.org");
  await save.click();
  await expect(mail.getByText("Saved")).toBeVisible();
  await expect(mail.getByLabel("To", { exact: true })).toHaveValue(
    "ada@example.org, lin@example.org",
  );
  await mail.getByRole("button", { name: "Send a test mail" }).click();
  await expect(mail.getByText("The mail service rejected it:")).toBeVisible();
  expect(await admin.content()).not.toContain("test-mail-key");
  await expectAccessible(admin);
});

test("where traces go is set, and their headers are never shown again", async ({
  admin,
  server,
}) => {
  await admin.goto("/settings/traces");
  const endpoint = admin.getByLabel("Endpoint");
  await endpoint.fill("https://10.0.0.7");
  await admin.getByRole("button", { name: "Save changes" }).click();
  await expect(endpoint).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(admin);
  await endpoint.fill("https://otlp.one-balance.dev");
  await admin.getByLabel("Headers").fill("authorization=Bearer%20fake-receiver-secret");
  await admin.getByRole("button", { name: "Save changes" }).click();
  await expect(admin.getByText("Set, and not shown.")).toBeVisible();
  await admin.getByRole("button", { name: "Send a test span" }).click();
  // No such receiver answers.
  await expect(admin.getByText("The receiver rejected the test span:")).toBeVisible();
  await expect(admin.getByRole("region", { name: "Requests sent" })).toContainText("Dropped0");
  expect(await admin.content()).not.toContain("fake-receiver-secret");
  await admin.reload();
  await expect(endpoint).toHaveValue("https://otlp.one-balance.dev");
  await endpoint.fill("");
  await admin.getByRole("button", { name: "Save changes" }).click();
  await expect(admin.getByRole("button", { name: "Send a test span" })).toBeHidden();
  expect(await server.admin.call("GET", "settings/traces")).toEqual({
    endpoint: "",
    hasHeaders: false,
    isByVariable: false,
  });
});
