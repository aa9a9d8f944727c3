/** The usage page and the overview's figures, against what was sent through the proxy. */
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import Papa from "papaparse";
import type { Stack } from "../e2e/harness.ts";
import { ADMIN_TOKEN } from "../e2e/harness.ts";
import { newMember } from "./people.ts";
import { expect, expectAccessible, test } from "./portal.ts";
import { askProxy, onceWritten, untilWritten } from "./proxy-call.ts";

const KEY = "sk-fake-usage-spec-0123456789";
const MODELS = ["gpt-4o-mini", "gpt-4o-mini", "gpt-4o-mini", "gpt-4o", "gpt-4o"];

/** What was sent: five successful requests for two models, and one request with an invalid token. */
interface Sent {
  readonly tokens: number;
  readonly requests: number;
}

let sent: Sent | undefined;

/** Sends once for the whole file; waits until all of it is counted. */
async function send(admin: Page, server: Stack): Promise<Sent> {
  if (sent !== undefined) return sent;
  server.upstream.setKey(KEY, { kind: "ok" });
  await server.admin.addKeys("openai", [KEY]);
  let tokens = 0;
  for (const model of MODELS) {
    const { status, text } = await askProxy(server, ADMIN_TOKEN, `openai/${model}`);
    expect(status).toBe(200);
    tokens += JSON.parse(text).usage.total_tokens;
  }
  expect((await askProxy(server, "no-such-token")).status).toBe(401);
  sent = { tokens, requests: MODELS.length + 1 };
  await onceWritten(server, async () => {
    await admin.goto("/usage");
    await expect(figure(admin, "Requests")).toHaveText(/^6/, { timeout: 2_000 });
  });
  return sent;
}

const figure = (page: Page, name: string) =>
  page
    .locator("dl > div")
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator("dd");

const chart = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

/** Who used how much in the range. */
const breakdown = (page: Page) => page.getByRole("table", { name: /^Use by/ });

test("before any request the page says what to do", async ({ admin }) => {
  await admin.goto("/usage");
  await expect(admin.getByText("No requests in this range")).toBeVisible();
  await expectAccessible(admin);
});

test("a row, a legend and a cell lead to the requests that they are made of, with the same filters", async ({
  admin,
  server,
}) => {
  await send(admin, server);
  const rows = admin.getByRole("table", { name: /requests/i }).locator("tbody tr");
  await admin.goto("/usage");
  await breakdown(admin)
    .getByRole("row", { name: /gpt-4o-mini/ })
    .getByRole("link", { name: "3" })
    .click();
  await expect(rows).toHaveCount(3);
  for (const row of await rows.all()) await expect(row).toContainText("gpt-4o-mini");
  // What is set is visible, and can be removed.
  await expect(admin.getByRole("searchbox", { name: "Model" })).toHaveValue("gpt-4o-mini");
  await admin.getByRole("searchbox", { name: "Model" }).fill("");
  await expect(rows).toHaveCount(6);
  await admin.getByRole("button", { name: /Remove this filter/ }).click();
  await expect(admin).not.toHaveURL(/since=/);

  await admin.goto("/usage?provider=openai");
  await chart(admin, "Requests by outcome").getByRole("link", { name: "Answered" }).click();
  await expect(admin).toHaveURL(/provider=openai.*outcome=ok.*since=/);
  await expect(rows).toHaveCount(5);

  await admin.goto("/");
  const requests = chart(admin, "Requests by outcome, last 24 hours");
  await requests.getByRole("button", { name: /as a table/i }).click();
  await requests.getByRole("link", { name: "1", exact: true }).first().click();
  await expect(admin).toHaveURL(/outcome=denied/);
  await expect(rows).toHaveCount(1);
  await rows.first().getByRole("link").first().click();
  await expect(admin).toHaveURL(/requests\/req_/);
});

test("figures, hover, keyboard, table and file tell what was sent", async ({ admin, server }) => {
  const { tokens } = await send(admin, server);
  await admin.goto("/usage");
  await expect(figure(admin, "Success rate")).toContainText("83.3%");
  await expect(figure(admin, "Success rate")).toContainText("5 of 6");
  const shown = figure(admin, "Tokens").locator("span").first();
  await expect(shown).toHaveAttribute("title", new Intl.NumberFormat("en").format(tokens));

  const requests = chart(admin, "Requests by outcome");
  const plot = requests.locator("svg.recharts-surface").first();
  await expect(plot).toBeVisible();
  const box = await plot.boundingBox();
  if (box === null) throw new Error("the chart has no place");
  await plot.hover({ position: { x: box.width - 16, y: box.height / 2 } });
  const tooltip = requests.locator("[data-slot=chart-tooltip]");
  await expect(tooltip).toContainText("Europe/Berlin");
  await expect(tooltip).toContainText("in progress");
  await expect(tooltip).toContainText(/Answered5/);
  await expect(tooltip).toContainText(/Denied1/);
  await expect(tooltip).toContainText(/Total6/);
  // Beside the plot: all of it stays visible.
  const shownAt = await tooltip.boundingBox();
  const isBelow = (shownAt?.y ?? 0) >= box.y + box.height - 1;
  expect(isBelow || (shownAt?.y ?? 0) + (shownAt?.height ?? 0) <= box.y + 1).toBe(true);
  // The other charts point at the same hour.
  await expect(
    chart(admin, "Cost by model").locator(".recharts-tooltip-cursor").first(),
  ).toBeAttached();
  await expect(admin.locator("[data-slot=chart-tooltip]")).toHaveCount(1);
  await expectAccessible(admin);

  await admin.mouse.move(0, 0);
  await expect(tooltip).toBeHidden();
  await plot.focus();
  for (let hour = 0; hour < 24; hour++) await admin.keyboard.press("ArrowRight");
  await expect(tooltip).toContainText(/Answered5/);

  await requests.getByRole("button", { name: "Show Requests by outcome as a table" }).click();
  const newest = requests.getByRole("row").nth(1);
  await expect(newest.getByRole("cell").nth(1)).toHaveText("5");
  await expect(newest.getByRole("cell").nth(2)).toHaveText("1");
  await expectAccessible(admin);

  const tokenChart = chart(admin, "Tokens by model");
  const download = admin.waitForEvent("download");
  await tokenChart.getByRole("button", { name: "Download Tokens by model as CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("tokens-by-model.csv");
  const csv = Papa.parse<string[]>(await readFile(await file.path(), "utf8")).data;
  expect(csv).toHaveLength(25);
  expect(csv[0]?.slice(1).sort()).toEqual(["gpt-4o", "gpt-4o-mini"]);
  const cells = csv.slice(1).flatMap((row) => row.slice(1).map(Number));
  expect(cells.reduce((sum, value) => sum + value, 0)).toBe(tokens);
});

test("a model has a page with its figures, who serves it and its requests, and leads on", async ({
  admin,
  server,
}) => {
  await send(admin, server);
  await admin.goto("/usage");
  await breakdown(admin).getByRole("link", { name: "gpt-4o-mini" }).click();
  await expect(admin.getByRole("heading", { level: 1, name: "gpt-4o-mini" })).toBeVisible();
  await expect(figure(admin, "Requests")).toHaveText(/^3/);
  await expect(figure(admin, "Success rate")).toContainText("100%");
  await expect(figure(admin, "Rate-limited")).toContainText("0");
  await expect(figure(admin, "Latency, median")).toContainText("p95");
  await expect(figure(admin, "Month to date").locator("span").first()).toHaveAttribute(
    "title",
    (await figure(admin, "Cost").locator("span").first().getAttribute("title")) ?? "",
  );
  const serving = admin.getByRole("region", { name: "Who serves it" });
  await expect(serving).toContainText("3 requests in 30 days");
  await expect(serving.getByRole("link", { name: "1 key ready" })).toHaveAttribute(
    "href",
    "/keys/openai?model=gpt-4o-mini&status=ready",
  );
  const latest = admin.getByRole("region", { name: "Latest requests" });
  await expect(latest.locator("tbody tr")).toHaveCount(3);
  await expectAccessible(admin);
  await latest.getByRole("link").first().click();
  await expect(admin).toHaveURL(/requests\?model=gpt-4o-mini/);
  await admin.goto("/usage/model");
  await expect(admin).toHaveURL(/usage\?by=model/);
});

test("lists have today's figures, and can be sorted by them", async ({ admin, server }) => {
  await send(admin, server);
  await admin.goto("/keys/openai");
  const keys = admin.getByRole("table", { name: /OpenAI/ });
  const row = keys.locator("tbody tr").first();
  await expect(row.getByRole("link", { name: "5" })).toHaveAttribute("href", /key=pk_.*since=/);
  await expect(row).toContainText("100%");
  await keys.getByRole("button", { name: "Cost" }).click();
  await expect(admin).toHaveURL(/sort=-cost/);
  await expect(row.getByRole("link", { name: "5" })).toBeVisible();
  await expectAccessible(admin);
  await server.admin.createToken({ name: "sorted app" });
  await admin.goto("/tokens?sort=-requests");
  await expect(admin.getByRole("columnheader", { name: "Requests" })).toHaveAttribute(
    "aria-sort",
    "descending",
  );
  await expectAccessible(admin);
  await admin.goto("/team");
  const members = admin.getByRole("table", { name: "Team" });
  await members.getByRole("button", { name: "Requests" }).click();
  await expect(admin).toHaveURL(/sort=-requests/);
  await members.getByRole("button", { name: "Requests" }).click();
  await expect(admin).toHaveURL(/sort=requests/);
  await expectAccessible(admin);
});

test("the last hour is shown by the minute, and dragging over a chart shows a part of it", async ({
  admin,
  server,
}) => {
  await send(admin, server);
  await admin.goto("/usage?range=1h");
  await expect(figure(admin, "Requests")).toHaveText(/^6/);
  const requests = chart(admin, "Requests by outcome");
  await expect(requests).toContainText("By the minute");
  await requests.getByRole("button", { name: /as a table/ }).click();
  await expect(requests.getByRole("row")).toHaveCount(61);
  await requests.getByRole("link", { name: "1", exact: true }).first().click();
  await expect(admin.getByRole("table", { name: "Requests" }).locator("tbody tr")).toHaveCount(1);

  await admin.goto("/usage?by=provider");
  const plot = requests.locator("svg.recharts-surface").first();
  await expect(plot).toBeVisible();
  const box = await plot.boundingBox();
  if (box === null) throw new Error("the chart has no place");
  const y = box.y + box.height / 2;
  await admin.mouse.move(box.x + box.width - 60, y);
  await admin.mouse.down();
  await admin.mouse.move(box.x + box.width - 30, y, { steps: 4 });
  await admin.mouse.move(box.x + box.width - 12, y, { steps: 4 });
  await admin.mouse.up();
  await expect(admin).toHaveURL(/by=provider.*range=custom.*since=.*until=/);
  await expect(figure(admin, "Requests")).toHaveText(/^6/);
  await expect(requests).toContainText(/By (the minute|five minutes)/);
  await admin.getByRole("button", { name: /Remove this range/ }).click();
  await expect(admin).not.toHaveURL(/range=/);
  await expect(requests).toContainText("By the hour");
});

test("filters and grouping are in the URL, and narrow everything", async ({ admin, server }) => {
  await send(admin, server);
  await admin.goto("/usage");
  await admin.getByRole("combobox", { name: "Model" }).click();
  await admin.getByRole("option", { name: "gpt-4o", exact: true }).click();
  await expect(admin).toHaveURL(/model=gpt-4o$/);
  await expect(figure(admin, "Requests")).toHaveText(/^2/);
  await admin.getByRole("combobox", { name: "Group by" }).click();
  await admin.getByRole("option", { name: "By key" }).click();
  await expect(admin.getByRole("heading", { name: "Use by key" })).toBeVisible();
  await expect(figure(admin, "Requests")).toHaveText(/^2/);
  expect(await admin.content()).not.toContain(KEY);
  await admin.reload();
  await expect(figure(admin, "Requests")).toHaveText(/^2/);
  await admin.goto("/usage?range=7d&by=outcome");
  await expect(figure(admin, "Requests")).toHaveText(/^6/);
  const rows = admin.getByRole("table", { name: "Use by outcome" }).getByRole("row");
  await expect(rows.filter({ hasText: "Denied" }).getByRole("cell").nth(1)).toHaveText("1");
});

test("the overview has the same totals as today's usage", async ({ admin, server }) => {
  await send(admin, server);
  await admin.goto("/usage?range=today");
  const cost = await figure(admin, "Cost").locator("span").first().getAttribute("title");
  await admin.goto("/");
  await expect(figure(admin, "Responses")).toContainText("5");
  await expect(figure(admin, "Responses")).toContainText("of 6 requests");
  await expect(figure(admin, "Success rate")).toHaveText("83.3%");
  await expect(figure(admin, "Cost").locator("span").first()).toHaveAttribute("title", cost ?? "");
  expect(cost).toMatch(/^\$\d+\.0*[1-9]/);
  await expect(figure(admin, "First pool dry")).toContainText("No daily quota known");
  await expectAccessible(admin);
});

test("a member sees no one else's use", async ({ admin, browser, server }) => {
  await send(admin, server);
  const { page } = await newMember(browser, admin, "member", "Mia");
  await page.goto("/usage");
  await expect(page.getByText("your own requests")).toBeVisible();
  await expect(page.getByText("No requests in this range")).toBeVisible();
  await page.goto("/usage?by=key");
  expect(await page.content()).not.toContain("gpt-4o");
});

test("near the day's budget of written rows, pages say that the log is thinned out and where to change it", async ({
  admin,
  server,
}) => {
  await send(admin, server);
  const setBudget = (dailyRowBudget: number) =>
    server.admin.call("PATCH", "settings", { section: "metering", changes: { dailyRowBudget } });
  await setBudget(1);
  for (const path of ["/usage", "/"]) {
    await admin.goto(path);
    const note = admin.getByRole("note").filter({ hasText: "Nothing more is logged today." });
    await expect(note).toContainText("of today's 1 rows are written");
    await expect(note.getByRole("link", { name: "Change the budget" })).toBeVisible();
  }
  await setBudget(90_000);
});

test("an admin counts usage by a tag, and finds the requests of its values", async ({
  admin,
  server,
}) => {
  await send(admin, server);
  await admin.goto("/settings/logging");
  const names = admin.getByLabel("Count usage by these tags");
  await names.fill("two words");
  const section = admin.getByRole("region", { name: "Tags" });
  await section.getByRole("button", { name: "Save" }).click();
  await expect(section.getByRole("alert")).toContainText("Write at most 3 names");
  await names.fill("customer, feature");
  await section.getByRole("button", { name: "Save" }).click();
  await expect
    .poll(() => server.admin.call("GET", "settings"))
    .toMatchObject({ tags: { rollUp: ["customer", "feature"] } });
  await admin.reload();
  const budgets = admin.getByRole("region", { name: "Budgets by tag" });
  await budgets.getByRole("button", { name: "Add budget" }).click();
  await budgets.getByLabel("Value").fill("acme");
  await budgets.getByRole("button", { name: "Save" }).click();
  await expect(budgets.getByRole("alert")).toContainText("Write at least one budget");
  await expectAccessible(admin);
  await budgets.getByLabel("Requests per day").fill("1000");
  await budgets.getByRole("button", { name: "Save" }).click();
  await expect
    .poll(() => server.admin.call("GET", "settings"))
    .toMatchObject({
      tags: { limits: [{ name: "customer", value: "acme", dailyRequests: 1_000 }] },
    });
  await expectAccessible(admin);

  // A token that one customer has.
  await admin.goto("/tokens?new=true");
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Name").fill("tagged app");
  await dialog.getByRole("button", { name: /^Tags/ }).click();
  await dialog.getByLabel("Fixed tags").fill("customer=acme");
  await dialog.getByLabel("Required tags").fill("feature");
  await dialog.getByRole("button", { name: "Create token" }).click();
  const token = (await dialog.getByTestId("token").textContent()) ?? "";

  const rejected = await askProxy(server, token);
  expect([rejected.status, JSON.parse(rejected.text).error.code]).toEqual([400, "invalid_tags"]);
  const tags = { "x-one-balance-tags": "customer=other,feature=rag" };
  await expect(async () => {
    const { status } = await askProxy(server, token, "openai/gpt-4o-mini", tags);
    expect(status).toBe(200);
    await untilWritten(server);
    await admin.goto("/usage?by=tag:customer");
    await expect(admin.getByRole("row", { name: /^acme/ })).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await expect(admin.getByRole("row", { name: /^Without customer/ })).toBeVisible();
  await expect(admin.getByRole("row", { name: /^other/ })).toHaveCount(0);
  await expectAccessible(admin);

  await admin.getByRole("row", { name: /^acme/ }).getByRole("link").last().click();
  await expect(admin).toHaveURL(/tags=customer%3Dacme/);
  const found = admin.getByRole("table", { name: "Requests" }).locator("tbody tr");
  await expect(found.first()).toContainText("tagged app");
  await found.first().getByRole("link").first().click();
  const facts = admin.getByRole("region", { name: "Details" });
  await facts.getByRole("link", { name: "feature: rag" }).click();
  await expect(admin.getByRole("searchbox", { name: "Tags" })).toHaveValue("feature=rag");
  await expect(found.first()).toContainText("tagged app");
});
