/**
 * A member's limits: set by an admin, enforced by the proxy for all of the member's tokens, and shown on the budgets
 * page.
 */
import { newMember } from "./people.ts";
import { expect, expectAccessible, test } from "./portal.ts";
import { askProxy, onceWritten } from "./proxy-call.ts";

const KEY = "sk-fake-budgets-spec-0123456789";

test("a member's limit holds for all own tokens; both see what is left, an admin checks and rebuilds", async ({
  admin,
  browser,
  server,
}) => {
  server.upstream.setKey(KEY, { kind: "ok" });
  await server.admin.addKeys("openai", [KEY]);
  const { page } = await newMember(browser, admin, "member", "Mary");
  const makeToken = async (name: string) => {
    await page.goto("/tokens?new=true");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill(name);
    await expect(dialog.getByText("Share of the pool")).toHaveCount(0);
    await dialog.getByRole("button", { name: "Create token" }).click();
    return (await dialog.getByTestId("token").textContent()) ?? "";
  };
  const [first, second] = [await makeToken("first"), await makeToken("second")];

  await admin.goto("/team");
  const button = admin.getByRole("button", { name: /^Limits of Mary: / });
  await expect(button).toHaveText("None");
  await button.click();
  const form = admin.getByRole("dialog", { name: "Limits of Mary" });
  await form.getByLabel("Requests per day").fill("many");
  await form.getByRole("button", { name: "Save limits" }).click();
  await expect(form.getByLabel("Requests per day")).toHaveAccessibleDescription(/whole number/);
  await expectAccessible(admin);
  await form.getByLabel("Requests per day").fill("2");
  await form.getByLabel("US dollars per month").fill("5");
  await form.getByRole("button", { name: "Save limits" }).click();
  await expect(button).toHaveText("2 limits");
  await expectAccessible(admin);

  // The pool's model lists are known once someone has requested them, which counts as a request.
  const listed = await fetch(`${server.url}/v1/models`, {
    headers: { authorization: "Bearer test-admin-token" },
  });
  await listed.text();
  await page.goto("/tokens/budgets");
  const ready = page.getByRole("table", { name: "Ready now" });
  await expect(ready.getByRole("row", { name: /^OpenAI/ })).toContainText(/\d+ of \d+ models/);
  await expectAccessible(page);

  expect((await askProxy(server, first)).status).toBe(200);
  expect((await askProxy(server, second)).status).toBe(200);
  const refused = await askProxy(server, first);
  expect(refused.status).toBe(429);
  expect(refused.headers.get("x-one-balance-limit-source")).toBe("token");
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused.text).toContain(
    "The owner's limit of 2 requests per day for all of the owner's tokens together is reached.",
  );

  const row = page.getByRole("row", { name: /Requests per day/ });
  await onceWritten(server, async () => {
    await page.goto("/tokens/budgets");
    await expect(row).toContainText("2 of 2", { timeout: 2_000 });
  });
  await expect(page.getByRole("button", { name: "Rebuild from the log" })).toHaveCount(0);
  await expectAccessible(page);
  await page.context().close();

  await admin.goto("/tokens");
  await admin.getByRole("link", { name: "Budgets" }).click();
  await expect(admin.getByRole("table", { name: "Budgets", exact: true })).toContainText("Mary");
  await admin.getByRole("link", { name: "Check against the log" }).click();
  await expect(admin).toHaveURL(/check=true/);
  await expect(admin.getByText("All agree.")).toBeVisible();
  await admin.getByRole("button", { name: "Rebuild from the log" }).click();
  await admin.getByRole("button", { name: "Rebuild budgets" }).click();
  await expect(
    admin.getByText("Rebuilt 2 from the log and 0 from the rollups; 0 had been off."),
  ).toBeVisible();
  await expectAccessible(admin);

  await admin.goto("/audit?q=mary");
  await expect(admin.getByRole("button", { name: "Details: Changed limits" })).toBeVisible();
});

test("many budgets come in pages, and one of them is found by its name", async ({
  admin,
  server,
}) => {
  const names = Array.from({ length: 52 }, (_, index) => `app ${String(index).padStart(2, "0")}`);
  await Promise.all(names.map((name) => server.admin.createToken({ name, dailyRequests: 2_000 })));
  await admin.goto("/tokens/budgets");
  const table = admin.getByRole("table", { name: "Budgets", exact: true });
  const shown = table.getByText(/^app \d\d$/);
  await expect(admin.getByText(/^1–50 of 5\d$/)).toBeVisible();
  await admin.getByRole("button", { name: "Next page" }).click();
  await expect(admin.getByText(/^51–5\d of 5\d$/)).toBeVisible();
  await admin.getByRole("searchbox", { name: "Search tokens and members" }).fill("APP 51");
  await expect(shown).toHaveText(["app 51"]);
  // Below 10,000, figures are exact: what is used and what is left add up.
  await expect(table.getByText("0 of 2,000")).toBeVisible();
  await expectAccessible(admin);
});
