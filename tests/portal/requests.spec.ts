/** The request log: what went through the proxy, as pages, live, and as a file. */
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { newMember } from "./people.ts";
import { expect, expectAccessible, test } from "./portal.ts";
import { askProxy } from "./proxy-call.ts";

const LIMITED = "sk-fake-requests-spec-limited-0001";
const GOOD = "sk-fake-requests-spec-good-0002";

/** Requests are written a second after their responses, and the page refreshes every few seconds. */
const SHOWN_WITHIN_MS = 20_000;

test.describe.configure({ mode: "serial" });

test.beforeEach(async ({ server }) => {
  server.upstream.setKey(LIMITED, { kind: "limited", requests: 0, windowMs: 60_000 });
  server.upstream.setKey(GOOD, { kind: "ok" });
});

const table = (page: Page) => page.getByRole("table", { name: "Requests" });
const rows = (page: Page, model: string) => table(page).getByRole("row", { name: model });

test("a call appears by itself, and its story tells each attempt", async ({ admin, server }) => {
  await server.admin.call("POST", "provider-keys", {
    provider: "openai",
    keys: [
      { key: LIMITED, priority: 0 },
      { key: GOOD, priority: 1 },
    ],
  });
  const { token } = await server.admin.createToken({ name: "story app" });
  await admin.goto("/requests");
  await expect(admin.getByText("No requests yet")).toBeVisible();

  const answer = await askProxy(server, token, "openai/gpt-4o-mini");
  expect(answer.status).toBe(200);
  const row = rows(admin, "gpt-4o-mini");
  await expect(row).toBeVisible({ timeout: SHOWN_WITHIN_MS });
  await expect(row).toContainText("Answered");
  await expect(row).toContainText("story app");
  await expectAccessible(admin);

  await row.getByRole("link").click();
  const story = admin.getByRole("region", { name: "What happened" });
  await expect(story.getByText("Attempt 1: short limit used up")).toBeVisible();
  await expect(story.getByText("Attempt 2: answered")).toBeVisible();
  await expect(story.getByText("Answered, status 200")).toBeVisible();
  await expect(admin.getByText(GOOD)).toHaveCount(0);
  await expectAccessible(admin);

  // The pages of the key that served, of the token that was sent, and of its owner: each shows what it was used for.
  const facts = admin.getByRole("region", { name: "Details" });
  const use = admin.getByRole("region", { name: "Use", exact: true });
  const requests = use.getByRole("definition").first();
  const latest = admin.getByRole("region", { name: "Latest requests" });
  await story.getByRole("link").last().click();
  await expect(admin).toHaveURL(/\/keys\/openai\/pk_\w+$/);
  await expect(requests).toHaveText("1");
  await expect(latest.getByRole("row", { name: "gpt-4o-mini" })).toHaveCount(1);
  await expectAccessible(admin);
  await admin.goBack();
  await facts.getByRole("link", { name: "story app" }).click();
  await expect(admin.getByRole("heading", { level: 1, name: "story app" })).toBeVisible();
  await expect(requests).toHaveText("1");
  await expectAccessible(admin);
  await latest.getByRole("link", { name: "All requests" }).click();
  await expect(admin).toHaveURL(/\/requests\?token=at_\w+$/);
});

test("what was converted, and what was left out of it, is shown with the attempt", async ({
  admin,
  server,
}) => {
  server.upstream.setKey(LIMITED, { kind: "ok" });
  const { token } = await server.admin.createToken({ name: "converted app" });
  const answer = await fetch(`${server.url}/v1/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "openai/gpt-4.1-mini",
      max_tokens: 50,
      top_k: 5,
      messages: [{ role: "user", content: "Hello" }],
    }),
  });
  expect(answer.status).toBe(200);
  await answer.text();
  await admin.goto("/requests");
  const row = rows(admin, "gpt-4.1-mini");
  await expect(row).toBeVisible({ timeout: SHOWN_WITHIN_MS });
  await row.getByRole("link").click();
  const story = admin.getByRole("region", { name: "What happened" });
  // Whichever key it used.
  await expect(story.getByText("messages to chat").last()).toBeVisible();
  await expect(story.getByText("top_k").last()).toBeVisible();
});

test("a request that a limit refused says which one, what was used of it and until when", async ({
  admin,
  server,
}) => {
  server.upstream.setKey(LIMITED, { kind: "ok" });
  const { token } = await server.admin.createToken({ name: "limited app", dailyRequests: 1 });
  const ask = () => askProxy(server, token, "openai/gpt-4.1-nano");
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 429]);
  await admin.goto("/requests?outcome=limited");
  const row = rows(admin, "gpt-4.1-nano");
  await expect(row).toBeVisible({ timeout: SHOWN_WITHIN_MS });
  await row.getByRole("link").click();
  const story = admin.getByRole("region", { name: "What happened" });
  await expect(story).toContainText("The token’s limit was reached: 1 request per day.");
  await expect(story).toContainText(/Used at that moment: 1, and 0 by .* Room again from /);
});

test("pausing holds new requests back", async ({ admin, server }) => {
  server.upstream.setKey(LIMITED, { kind: "ok" });
  await admin.goto("/requests");
  await admin.getByRole("button", { name: "Pause" }).click();
  await expect(admin.getByRole("status").filter({ hasText: "Paused" })).toBeVisible();
  const { token } = await server.admin.createToken({ name: "paused app" });
  await askProxy(server, token, "openai/gpt-4o");
  const logged = async () =>
    (await server.admin.call<{ items: unknown[] }>("GET", "requests?model=gpt-4o")).items.length;
  await expect.poll(logged, { timeout: SHOWN_WITHIN_MS }).toBe(1);
  await expect(table(admin).getByText("paused app")).toHaveCount(0);
  await admin.getByRole("button", { name: "Resume" }).click();
  await expect(table(admin).getByText("paused app")).toBeVisible({ timeout: SHOWN_WITHIN_MS });

  // A row under the pointer stays where it is, and what arrives is counted.
  await table(admin).getByText("paused app").hover();
  const { token: later } = await server.admin.createToken({ name: "later app" });
  await askProxy(server, later, "openai/gpt-4o");
  const news = admin.getByRole("button", { name: "1 new" });
  await expect(news).toBeVisible({ timeout: SHOWN_WITHIN_MS });
  await expect(table(admin).getByText("later app")).toHaveCount(0);
  await news.click();
  await expect(table(admin).getByText("later app")).toBeVisible();
});

test("filters are in the URL, and a file holds what they mean", async ({ admin }) => {
  await admin.goto("/requests");
  await admin.getByRole("combobox", { name: "Attempts" }).click();
  await admin.getByRole("option", { name: "Retried" }).click();
  await expect(admin).toHaveURL(/retried=true/);
  await expect(table(admin).getByText("story app")).toBeVisible();
  await expect(table(admin).getByText("paused app")).toHaveCount(0);

  await admin.getByRole("button", { name: "Export" }).click();
  const downloading = admin.waitForEvent("download");
  await admin.getByRole("menuitem", { name: "As JSON" }).click();
  const file = JSON.parse(await readFile(await (await downloading).path(), "utf8"));
  expect(file).toMatchObject([{ model: "gpt-4o-mini", attempts: 2, outcome: "ok" }]);

  await admin.getByRole("button", { name: "Clear filters" }).click();
  await expect(table(admin).getByText("paused app")).toBeVisible();
  await admin.goto("/requests?outcome=denied");
  await expect(admin.getByText("No request matches")).toBeVisible();
});

test("several values, all but some, and a search, all seen and removable", async ({ admin }) => {
  await admin.goto("/requests");
  const outcome = admin.getByRole("combobox", { name: "Outcome" });
  await outcome.click();
  await admin.getByRole("menuitemcheckbox", { name: "Denied" }).click();
  await expect(admin).toHaveURL(/outcome=denied/);
  await admin.getByRole("menuitemcheckbox", { name: "Answered" }).click();
  await expect(admin).toHaveURL(/outcome=denied(,|%2C)ok/);
  await expect(table(admin).getByText("paused app")).toBeVisible();
  await admin.getByRole("menuitemcheckbox", { name: "All but the chosen ones" }).click();
  await expect(admin).toHaveURL(/outcome=(!|%21)denied/);
  await expect(table(admin).getByText("limited app").first()).toBeVisible();
  await expect(table(admin).getByText("paused app")).toHaveCount(0);
  await expectAccessible(admin);
  await admin.keyboard.press("Escape");
  await expect(admin.getByRole("button", { name: "Outcome: Not Denied +1" })).toBeVisible();
  await admin.getByRole("button", { name: "Clear filters" }).click();
  await expect(table(admin).getByText("paused app")).toBeVisible();

  const id = (await table(admin).getByRole("link").first().getAttribute("href"))?.split("/").at(-1);
  await admin.getByRole("searchbox", { name: "Search ID, status, error" }).fill(id ?? "");
  await expect(table(admin).locator("tbody tr")).toHaveCount(1);
  await expect(admin).toHaveURL(/q=req_/);
});

test("on a phone a request is a card, and filters stand behind one button", async ({ admin }) => {
  await admin.setViewportSize({ width: 390, height: 844 });
  await admin.goto("/requests?retried=true");
  const retried = admin.getByRole("combobox", { name: "Attempts" });
  await expect(retried).toBeHidden();
  await admin.getByRole("button", { name: "Filters (1)" }).click();
  await retried.click();
  await admin.getByRole("option", { name: "Any attempts" }).click();
  await expect(admin.getByRole("button", { name: "Filters", exact: true })).toBeVisible();
  const card = rows(admin, "paused app");
  await expect(card).toBeVisible();
  await expectAccessible(admin);
  for (const words of ["gpt-4o", "Answered", "paused app"]) {
    await expect(card.getByText(words, { exact: true })).toBeInViewport({ ratio: 1 });
  }
  // Its corner, where there is no text.
  const box = await card.boundingBox();
  await card.click({ position: { x: 4, y: (box?.height ?? 0) - 4 } });
  await expect(admin.getByRole("heading", { name: "What happened" })).toBeVisible();
});

test("a member sees their own requests only", async ({ admin, browser, server }) => {
  const { page } = await newMember(browser, admin, "member", "Bea");
  await page.goto("/requests");
  await expect(page.getByText("No requests yet")).toBeVisible();
  await page.goto("/tokens?new=true");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Bea's app");
  await dialog.getByRole("button", { name: "Create token" }).click();
  const token = (await dialog.getByTestId("token").textContent()) ?? "";
  await askProxy(server, token, "openai/gpt-4o-mini");
  await page.goto("/requests");
  await expect(rows(page, "Bea's app")).toBeVisible({ timeout: SHOWN_WITHIN_MS });
  await expect(table(page).getByText("story app")).toHaveCount(0);

  const { items } = await server.admin.call<{
    items: { id: string; userId: string | null; tokenId: string }[];
  }>("GET", "requests?limit=100");
  const foreign = items.find(({ userId }) => userId === null);
  for (const path of [
    `/tokens/${foreign?.tokenId}`,
    "/keys/openai/pk_none",
    `/requests/${foreign?.id}`,
  ]) {
    expect((await page.goto(path))?.status(), path).toBe(404);
  }
  await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  await page.context().close();

  await admin.goto("/team");
  await admin.getByRole("link", { name: "Bea" }).click();
  await expect(admin.getByRole("heading", { level: 1, name: "Bea" })).toBeVisible();
  const use = admin.getByRole("region", { name: "Use", exact: true });
  await expect(use.getByRole("definition").first()).toHaveText("1");
  await expectAccessible(admin);
  await admin.getByRole("link", { name: "Bea's app" }).first().click();
  await expect(admin).toHaveURL(/\/tokens\/at_\w+$/);
});
