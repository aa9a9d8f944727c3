/**
 * The cost of managing a large pool: adding 5,000 pasted keys in a real browser, from the click to the report, and the
 * server's time for a page of a provider with 10,000 keys.
 * @module
 */
import { chromium, type Page } from "@playwright/test";
import { buildIfChanged } from "../scripts/build.ts";
import { CHROMIUM_FLAGS, findChromium } from "../scripts/find-chromium.ts";
import { ADMIN_TOKEN, startStack } from "../tests/e2e/harness.ts";
import { median, quantile } from "./lib/quantile.ts";
import { writeResult } from "./lib/write-result.ts";

const PASTED = 5_000;
const POOL = 10_000;
const RUNS = 30;

/** Keys of the pool whose note begins with a 7, so that a filter by state finds some. */
const DISABLED = { q: "no. 7", count: 1_111 };

/** Views of the page, from the plainest to those that must examine every key, and how many keys each finds. */
const VIEWS = [
  { view: "newest", query: "", finds: POOL },
  { view: "last page", query: "?page=200", finds: POOL },
  { view: "sorted by state", query: "?sort=-status", finds: POOL },
  { view: "sorted by remark", query: "?sort=remark", finds: POOL },
  { view: "searched", query: "?q=no.+99", finds: 111 },
  { view: "disabled only", query: "?status=disabled", finds: DISABLED.count },
  { view: "for a model", query: "?model=gpt-4o", finds: 8_333 },
];

await buildIfChanged();
const stack = await startStack({ vars: { SETUP_TOKEN: "bench-setup-token" } });
const executablePath = findChromium();
const browser = await chromium.launch({
  args: CHROMIUM_FLAGS,
  ...(executablePath !== null && { executablePath }),
});
try {
  const context = await browser.newContext({ baseURL: stack.url, locale: "en-US" });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  await setUp(page);
  const adding = await addPasted(page);

  const keys = Array.from({ length: POOL - PASTED }, (_, index) => ({
    key: keyText("more", index),
    remark: `no. ${PASTED + index}`,
    ...(index % 3 === 0 && { models: ["gpt-5*"] }),
  }));
  await stack.admin.addKeys("openai", keys);
  await stack.admin.call("POST", "provider-keys/change", {
    target: { filter: { provider: "openai", q: DISABLED.q } },
    change: { kind: "disable" },
  });
  const cookies = await context.cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const rows = [];
  for (const { view, query, finds } of VIEWS) {
    rows.push({ view, ...(await timePage(`${stack.url}/keys/openai${query}`, cookie, finds)) });
  }
  console.table([adding]);
  console.table(rows);
  await writeResult("provider-keys", { pastedKeys: PASTED, adding, pool: POOL, runs: RUNS, rows });
} finally {
  await browser.close();
  await stack.close();
}

function keyText(name: string, index: number): string {
  return `sk-proj-fake-${name}-${String(index).padStart(5, "0")}${"x".repeat(120)}`;
}

async function setUp(page: Page): Promise<void> {
  await page.goto(`/setup?token=${ADMIN_TOKEN}`);
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create admin" }).click();
  await page.waitForURL((url) => url.pathname === "/");
}

/** Milliseconds from Ctrl-V to the text, from "Preview" to the preview, and from "Add" to the report. */
async function addPasted(page: Page) {
  const lines = Array.from(
    { length: PASTED },
    (_, index) => `${keyText("pasted", index)}, no. ${index}`,
  );
  await page.goto("/keys/add?provider=openai", { waitUntil: "networkidle" });
  await page.evaluate((text) => navigator.clipboard.writeText(text), lines.join("\n"));
  const field = page.getByLabel("Keys", { exact: true });
  await field.focus();
  const pastedMs = performance.now();
  await page.keyboard.press("Control+v");
  const add = page.getByRole("button", { name: `Add ${PASTED.toLocaleString("en")} keys` });
  const preview = page.getByRole("button", { name: "Preview" });
  await preview.and(page.locator(":enabled")).waitFor();
  const beganMs = performance.now();
  await preview.click();
  await add.waitFor();
  const previewedMs = performance.now();
  await add.click();
  await page
    .getByRole("heading", { name: `${PASTED.toLocaleString("en")} keys added` })
    .waitFor({ timeout: 60_000 });
  return {
    pasteMs: Math.round(beganMs - pastedMs),
    previewMs: Math.round(previewedMs - beganMs),
    addMs: Math.round(performance.now() - previewedMs),
  };
}

/**
 * The whole page's HTML over loopback, so almost only the server's time.
 * @param finds The number that the page says it found.
 */
async function timePage(url: string, cookie: string, finds: number) {
  const total = ` of ${finds.toLocaleString("en")}<`;
  const times: number[] = [];
  let bytes = 0;
  for (let run = 0; run < RUNS + 3; run += 1) {
    const beganMs = performance.now();
    const response = await fetch(url, { headers: { cookie }, redirect: "manual" });
    const html = await response.text();
    const elapsedMs = performance.now() - beganMs;
    if (response.status !== 200 || !html.includes(total)) {
      throw new Error(`${url}: ${response.status}, not${total.slice(0, -1)}`);
    }
    bytes = html.length;
    // The first responses load and warm up the page's code.
    if (run >= 3) times.push(elapsedMs);
  }
  return {
    medianMs: Math.round(median(times)),
    p95Ms: Math.round(quantile(times, 0.95)),
    htmlKb: Math.round(bytes / 1024),
  };
}
