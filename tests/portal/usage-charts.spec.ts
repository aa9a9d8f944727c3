/** Every usage chart, by pointer, by keyboard, as a table and as a file, against what was sent. */
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import Papa from "papaparse";
import { exactValue } from "../../components/usage/chart-data.ts";
import { BUCKET_BOUNDS_MS, bucketOf } from "../../lib/usage/histogram.ts";
import type { Stack } from "../e2e/harness.ts";
import { ADMIN_TOKEN } from "../e2e/harness.ts";
import { expect, expectAccessible, test } from "./portal.ts";
import { askProxy } from "./proxy-call.ts";

const LIMITED = "sk-fake-charts-limited-0123456789";
const GOOD = "sk-fake-charts-good-0123456789";
const MODELS = ["gpt-4o-mini", "gpt-4o-mini", "gpt-4o", "gpt-4o-mini", "gpt-4o"];

interface LoggedRequest {
  readonly durationMs: number;
  readonly timeToFirstTokenMs: number | null;
  readonly costUsd: number | null;
}

interface Ledger {
  readonly requests: number;
  readonly tokens: number;
  /** Requests that reached the provider. */
  readonly attempts: number;
  readonly rests: number;
  readonly log: readonly LoggedRequest[];
}

test.describe.configure({ mode: "serial" });

let ledger: Ledger;

test("requests are sent, some of them twice", async ({ server }) => {
  ledger = await send(server);
  expect(ledger.attempts).toBeGreaterThan(MODELS.length);
});

async function send(server: Stack): Promise<Ledger> {
  const { upstream, admin } = server;
  upstream.setKey(LIMITED, { kind: "limited", requests: 0, windowMs: 3_600_000, states: "day" });
  upstream.setKey(GOOD, { kind: "ok" });
  await admin.addKeys("openai", [
    { key: LIMITED, priority: 0 },
    { key: GOOD, priority: 1 },
  ]);
  let tokens = 0;
  for (const model of MODELS) {
    const { status, text } = await askProxy(server, ADMIN_TOKEN, `openai/${model}`);
    expect(status).toBe(200);
    tokens += JSON.parse(text).usage.total_tokens;
  }
  const log = async () =>
    (await admin.call<{ items: LoggedRequest[] }>("GET", "requests?limit=100")).items;
  await expect.poll(async () => (await log()).length).toBe(MODELS.length);
  const rests = async () =>
    (await admin.listKeys("provider=openai&status=cooling")).flatMap((key) => key.cooldowns).length;
  await expect.poll(rests).toBeGreaterThan(0);
  return {
    requests: MODELS.length,
    tokens,
    attempts: upstream.requests.length,
    rests: await rests(),
    log: await log(),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The longest of the times is in the same bucket of the histogram as the highest share shown. */
function expectShares(values: readonly number[], times: readonly (number | null)[]) {
  const longest = bucketOf(Math.max(...times.map((time) => time ?? 0)));
  const [p50 = 0, , p99 = 0] = values;
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect(p50).toBeGreaterThan(0);
  expect(p99).toBeLessThanOrEqual(BUCKET_BOUNDS_MS[longest] ?? Infinity);
  expect(p99).toBeGreaterThanOrEqual(BUCKET_BOUNDS_MS[longest - 1] ?? 0);
}

/** Cells in the order of the drawing, from the top, without invisible ones; the sum of several bars is below them. */
function inTooltip(cells: readonly string[], total: string | null): readonly string[] {
  const visible = cells
    .filter((cell) => total === null || !/^\$?0(?:\.0+)?$/.test(cell))
    .toReversed();
  return total !== null && visible.length !== 1 ? [...visible, total] : visible;
}

/** What the newest bucket of each chart must be. */
const CHARTS: Readonly<Record<string, (newest: readonly number[]) => void>> = {
  "Requests by outcome": (newest) => expect(sum(newest)).toBe(ledger.requests),
  "Tokens by model": (newest) => expect(sum(newest)).toBe(ledger.tokens),
  "Cost by model": (newest) =>
    expect(sum(newest)).toBeCloseTo(sum(ledger.log.map(({ costUsd }) => costUsd ?? 0)), 9),
  Latency: (newest) =>
    expectShares(
      newest,
      ledger.log.map(({ durationMs }) => durationMs),
    ),
  "Time to first token": (newest) =>
    expectShares(
      newest,
      ledger.log.map((request) => request.timeToFirstTokenMs),
    ),
  "Attempts per response": (newest) => expect(newest).toEqual([ledger.attempts / ledger.requests]),
  "Key cooldowns and blocks": (newest) => expect(newest).toEqual([ledger.rests, 0]),
};

test("pointer, keyboard, table and file of each chart agree with the ledger", async ({ admin }) => {
  await admin.goto("/usage");
  for (const [name, check] of Object.entries(CHARTS)) {
    await test.step(name, async () => {
      const chart = admin.getByRole("region", { name, exact: true });
      const newest = newestOf(await downloaded(admin, chart));
      check(newest);

      await chart.getByRole("button", { name: `Show ${name} as a table` }).click();
      const cells = await chart.getByRole("row").nth(1).getByRole("cell").allTextContents();
      expect(cells[0]).toContain("in progress");
      const shown = inTooltip(cells.slice(1), LINES.has(name) ? null : totalOf(name, newest));

      await chart.getByRole("button", { name: `Show ${name} as a chart` }).click();
      const plot = chart.locator("svg.recharts-surface").first();
      const tooltip = chart.locator("[data-slot=chart-tooltip]");
      const box = await plot.boundingBox();
      if (box === null) throw new Error("the chart has no place");
      await plot.hover({ position: { x: box.width - 16, y: box.height / 2 } });
      await expect(tooltip.locator("dd")).toHaveText(shown);
      const seen = await tooltip.boundingBox();
      expect(seen?.x).toBeGreaterThanOrEqual(0);
      expect((seen?.x ?? 0) + (seen?.width ?? 0)).toBeLessThanOrEqual(
        admin.viewportSize()?.width ?? 0,
      );

      await admin.mouse.move(0, 0);
      await expect(tooltip).toBeHidden();
      await plot.focus();
      for (let hour = 0; hour < 24; hour++) await admin.keyboard.press("ArrowRight");
      await expect(tooltip.locator("dd")).toHaveText(shown);
    });
  }
});

/** Charts whose values don't add up. */
const LINES: ReadonlySet<string> = new Set([
  ...["Latency", "Time to first token", "Attempts per response"],
]);

function totalOf(name: string, values: readonly number[]): string {
  return exactValue(sum(values), name.startsWith("Cost") ? "usd" : "count");
}

async function downloaded(page: Page, chart: Locator): Promise<string[][]> {
  const downloading = page.waitForEvent("download");
  await chart.getByRole("button", { name: /as CSV$/ }).click();
  const text = await readFile(await (await downloading).path(), "utf8");
  return Papa.parse<string[]>(text).data;
}

function newestOf(rows: readonly string[][]): readonly number[] {
  return (rows.at(-1) ?? []).slice(1).map(Number);
}

test("the overview shows how long the reported quota will last", async ({ admin }) => {
  await admin.goto("/");
  const quotas = admin.getByRole("table", { name: "Today's quotas" });
  const row = quotas.getByRole("row", { name: /gpt-4o-mini/ });
  await expect(row).toContainText("used up");
  await expect(row.getByRole("img", { name: /left at \d{1,2}:\d\d/ })).toBeVisible();
  await expectAccessible(admin);
});

test("the grid of keys tells each key by pointer and by keyboard", async ({ admin }) => {
  await admin.goto("/keys/openai");
  await admin.getByText("Keys by model", { exact: true }).click();
  const line = admin.getByRole("listitem").filter({ has: admin.getByRole("application") });
  const model = line.filter({ hasText: "gpt-4o-mini" });
  const marks = model.getByRole("application");
  await expect(marks).toHaveAccessibleName(/gpt-4o-mini: 1 ready, 1 cooling/);
  await marks.hover({ position: { x: 6, y: 6 } });
  await expect(model.getByText(/: cooling/i)).toBeVisible();
  await admin.mouse.move(0, 0);
  await marks.focus();
  await admin.keyboard.press("ArrowRight");
  await expect(model.getByText(/: cooling/i)).toBeVisible();
  await admin.keyboard.press("ArrowRight");
  await expect(model.getByText(/: ready/i)).toBeVisible();
  expect(await admin.content()).not.toContain(GOOD);
  await expectAccessible(admin);
});
