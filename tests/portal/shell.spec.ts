import { gzipSync } from "node:zlib";
import { condemn } from "./condemn.ts";
import { portalPages } from "./pages.ts";
import { newMember } from "./people.ts";
import { expect, expectAccessible, test } from "./portal.ts";
import { onceWritten } from "./proxy-call.ts";

/** JavaScript that a page may send, gzipped, before anything is clicked. */
const MOST_SCRIPT_KB = 250;

test("a new instance says what to do first, every page is reachable by keyboard, and fetched when the pointer comes to its link", async ({
  admin,
}) => {
  const ahead: string[] = [];
  admin.on("request", (request) => {
    if (request.headers()["next-router-prefetch"]) ahead.push(new URL(request.url()).pathname);
  });
  await admin.goto("/");
  await expect(admin.getByRole("heading", { name: "Set up your pool" })).toBeVisible();
  await expect(admin.getByRole("link", { name: "Add keys" })).toHaveAttribute("href", "/keys/add");
  await expectAccessible(admin);

  await admin.keyboard.press("Tab");
  const skipLink = admin.getByRole("link", { name: "Skip to content" });
  await expect(skipLink).toBeFocused();
  await admin.keyboard.press("Enter");
  await expect(admin.getByRole("main")).toBeFocused();

  expect(ahead, "fetched for links that nobody turned to").toEqual([]);
  await admin.getByRole("link", { name: "Usage" }).hover();
  await expect.poll(() => ahead).toContain("/usage");
});

test("the overview tells the worst pool first", async ({ admin, server }) => {
  server.upstream.setKey("sk-fake-banned-shell", { kind: "banned" });
  await server.admin.call("POST", "provider-keys", {
    provider: "openai",
    keys: ["sk-fake-good-shell-1", "sk-fake-good-shell-2"],
  });
  await server.admin.call("POST", "provider-keys", {
    provider: "groq",
    keys: ["sk-fake-banned-shell"],
  });
  await condemn(server, { provider: "groq", model: "llama-3.3-70b" });
  // The block is written with the next flush.
  await onceWritten(server, async () => {
    await admin.goto("/");
    await expect(admin.getByText("Groq can’t serve requests")).toBeVisible({ timeout: 2_000 });
  });
  const openai = admin.getByRole("row", { name: /OpenAI/ });
  await expect(openai.getByRole("img", { name: "2 ready" })).toBeVisible();
  await expectAccessible(admin);
});

test("the overview is read again when something has changed, and only while it is looked at", async ({
  admin,
  server,
}) => {
  // Its clock stays another.
  const page = await admin.context().newPage();
  await page.clock.install();
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/stamp")) asked.push(request.url());
  });
  await page.goto("/");
  await expect(page.getByText(/^As of /)).toBeVisible();
  const fireworks = page.getByRole("row", { name: /Fireworks/ });
  await expect(fireworks).toBeHidden();
  await server.admin.addKeys("fireworks", ["fw_fake_quiet_refresh_0001"]);

  const hide = (isHidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
  await hide(true);
  for (let minute = 0; minute < 5; minute += 1) await page.clock.runFor(60_000);
  expect(asked).toEqual([]);
  await hide(false);
  await expect(fireworks).toBeVisible();
  expect(asked).toHaveLength(1);
});

test("the palette finds pages, providers and tokens", async ({ admin, server }) => {
  await server.admin.call("POST", "access-tokens", { name: "nightly-report" });
  await admin.goto("/");
  await admin.keyboard.press("Control+k");
  const palette = admin.getByRole("dialog", { name: "Go to" });
  const field = palette.getByRole("combobox");
  await field.fill("nightly");
  await expect(palette.getByRole("option", { name: /nightly-report/ })).toBeVisible();
  await expectAccessible(admin);
  await field.fill("anthropic");
  const anthropic = palette.getByRole("option", { name: "Anthropic", exact: true });
  await expect(anthropic).toHaveAttribute("aria-selected", "true");
  await admin.keyboard.press("Enter");
  await expect(admin).toHaveURL(/\/keys\/anthropic$/);
  await admin.keyboard.press("Control+k");
  await field.fill("overv");
  await admin.keyboard.press("Enter");
  await expect(admin.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

test("the palette finds settings by what they are about, keys, requests and members, and does things", async ({
  admin,
  server,
}) => {
  await server.admin.addKeys("mistral", [{ key: "palette-key-0123456789", remark: "Zeppelin" }]);
  const { id } = (await server.admin.call("POST", "access-tokens", { name: "stoppable" })) as {
    id: string;
  };
  await admin.goto("/");
  const palette = admin.getByRole("dialog", { name: "Go to" });
  const field = palette.getByRole("combobox");
  const open = async (text: string) => {
    await admin.keyboard.press("Control+k");
    await field.fill(text);
  };
  await open("webhook");
  await expect(palette.getByRole("option").first()).toContainText("Alerts");
  await field.fill("where secrets");
  await palette
    .getByRole("option", { name: /^Where secrets are/ })
    .first()
    .click();
  await expect(admin).toHaveURL(/\/help\/operations#/);
  await open("zeppelin");
  await expect(palette.getByRole("option", { name: /Zeppelin/ })).toBeVisible();
  await field.fill("ada@example");
  await expect(palette.getByRole("option", { name: /Ada Lovelace/ })).toBeVisible();
  await field.fill("req_mia3k0x90f2k8c0q1p7s");
  await admin.keyboard.press("Enter");
  await expect(admin).toHaveURL(/\/requests\/req_mia3k0x90f2k8c0q1p7s$/);

  await open("pause tok");
  await admin.keyboard.press("Enter");
  await expect(field).toHaveAttribute("placeholder", "Which token to pause");
  await field.fill("stoppable");
  await expectAccessible(admin);
  await admin.keyboard.press("Enter");
  const statusOf = async () => {
    const { items } = (await server.admin.call("GET", "access-tokens")) as {
      items: readonly { id: string; status: string }[];
    };
    return items.find((token) => token.id === id)?.status;
  };
  await expect(admin.getByText("The token is paused.")).toBeVisible();
  expect(await statusOf()).toBe("paused");
  await admin.getByRole("button", { name: "Undo" }).click();
  await expect(admin.getByText("The token is active again.")).toBeVisible();
  expect(await statusOf()).toBe("active");

  await open("dark theme");
  await admin.keyboard.press("Enter");
  await expect(admin.locator("html")).toHaveClass(/\bdark\b/);
  // What was chosen last is offered first.
  await open("");
  await expect(palette.getByRole("option").first()).toContainText("Dark theme");
  await field.fill("invite");
  await admin.keyboard.press("Enter");
  await expect(admin.getByRole("dialog", { name: "Invite" })).toBeVisible();
});

test("keys lead to pages, to the search, along rows, and can be switched off", async ({
  admin,
  server,
}) => {
  await server.admin.call("POST", "access-tokens", { name: "first-row" });
  await server.admin.call("POST", "access-tokens", { name: "second-row" });
  await admin.goto("/");
  await admin.keyboard.press("g");
  await admin.keyboard.press("t");
  await expect(admin.getByRole("heading", { level: 1, name: "Access tokens" })).toBeVisible();
  await admin.keyboard.press("j");
  await admin.keyboard.press("j");
  const rows = admin.locator("main tbody tr");
  await expect(rows.nth(1).locator(":focus")).toHaveCount(1);
  await admin.keyboard.press("k");
  await expect(rows.nth(0).locator(":focus")).toHaveCount(1);
  await admin.keyboard.press("/");
  const search = admin.getByRole("searchbox");
  await expect(search).toBeFocused();
  // Typed, and no shortcut.
  await admin.keyboard.type("gk?");
  await expect(search).toHaveValue("gk?");
  await search.blur();

  await admin.keyboard.press("?");
  const list = admin.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(list).toContainText("Provider keys");
  await expectAccessible(admin);
  await list.getByRole("switch").click();
  await admin.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await admin.keyboard.press("?");
  await admin.keyboard.press("Control+k");
  await expect(admin.getByRole("dialog", { name: "Go to" })).toBeVisible();
  await expect(list).toBeHidden();
});

test("light and dark stay as chosen", async ({ admin }) => {
  await admin.goto("/");
  await admin.getByRole("button", { name: "Menu of Ada Lovelace" }).click();
  await expectAccessible(admin);
  await admin.getByRole("menuitem", { name: "Appearance" }).press("ArrowRight");
  await admin.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(admin.locator("html")).toHaveClass(/\bdark\b/);
  await admin.reload();
  await expect(admin.locator("html")).toHaveClass(/\bdark\b/);
  await expectAccessible(admin);
});

test("the language changes at once and stays", async ({ admin }) => {
  await admin.goto("/");
  await admin.getByRole("button", { name: "Menu of Ada Lovelace" }).click();
  await admin.getByRole("menuitem", { name: "Language" }).press("ArrowRight");
  await admin.getByRole("menuitemradio", { name: "简体中文" }).click();
  await expect(admin.getByRole("heading", { level: 1, name: "概览" })).toBeVisible();
  await admin.reload();
  await expect(admin.locator("html")).toHaveAttribute("lang", "zh-CN");
  await expectAccessible(admin);
  await admin.context().clearCookies({ name: "locale" });
});

test("the sidebar stays narrow once narrowed", async ({ admin }) => {
  await admin.goto("/");
  await admin.getByRole("button", { name: "Collapse sidebar" }).click();
  await admin.reload();
  await expect(admin.getByRole("button", { name: "Expand sidebar" })).toBeVisible();
  // Its names still exist for screen readers.
  await expect(admin.getByRole("link", { name: "Provider keys" })).toBeVisible();
  await expectAccessible(admin);
});

test("at 390 px the pages are behind a button", async ({ admin }) => {
  await admin.setViewportSize({ width: 390, height: 844 });
  await admin.goto("/");
  await admin.getByRole("button", { name: "Open navigation" }).click();
  const navigation = admin.getByRole("dialog", { name: "Main" });
  await expectAccessible(admin);
  await navigation.getByRole("link", { name: "Help" }).click();
  await expect(admin).toHaveURL(/\/help$/);
  await expect(navigation).toBeHidden();
});

test("an address that is no page, or isn't for the reader, is explained within the portal", async ({
  admin,
  browser,
}) => {
  const answer = await admin.goto("/no/such/page");
  expect(answer?.status()).toBe(404);
  await expect(admin.getByRole("heading", { name: "Page not found" })).toBeVisible();
  await expectAccessible(admin);
  await expect(admin.getByRole("link", { name: "Provider keys" })).toBeVisible();
  const { page } = await newMember(browser, admin, "viewer", "Vivian");
  expect((await page.goto("/settings/alerts"))?.status()).toBe(403);
  await expect(page.getByRole("heading", { name: "This page is not yours" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Usage" })).toBeVisible();
  await page.context().clearCookies();
  expect((await page.goto("/no/such/page"))?.status()).toBe(404);
  await expect(page.getByRole("link", { name: "Usage" })).toHaveCount(0);
  await page.context().close();
});

test("each page answers with a policy of its own, which its scripts keep to", async ({
  admin,
  server,
}) => {
  const nonces = new Set<string>();
  for (const path of ["/", "/", "/no/such/page", "/login"]) {
    const answer = await admin.request.get(path, { maxRedirects: 0 });
    const headers = answer.headers();
    const nonce = /script-src 'nonce-([^']+)' 'strict-dynamic';/.exec(
      headers["content-security-policy"] ?? "",
    )?.[1];
    expect(nonce, path).toBeDefined();
    nonces.add(nonce ?? "");
    const scripts = (await answer.text()).match(/<script[^>]*>/g) ?? [];
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
    expect(headers).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
    });
    // Over plain http the header would mean nothing.
    expect(headers["strict-transport-security"]).toBeUndefined();
  }
  expect(nonces.size).toBe(4);
  const health = await fetch(`${server.url}/api/health`);
  expect(health.headers.get("x-content-type-options")).toBe("nosniff");
  expect(health.headers.get("content-security-policy")).toBeNull();
});

test("a script that got into the HTML does not run", async ({ admin, browser }) => {
  const context = await browser.newContext({
    storageState: await admin.context().storageState(),
  });
  const page = await context.newPage();
  await page.route("/", async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace(
      "</body>",
      "<script>document.title = 'broken in'</script><img src=x onerror=\"document.title = 'broken in'\"></body>",
    );
    await route.fulfill({ response: answer, body });
  });
  const refused = page.waitForEvent("console", (message) =>
    message.text().includes("inline event handler violates"),
  );
  await page.goto("/");
  await refused;
  await expect(page).toHaveTitle("Overview · One Balance");
  await context.close();
});

test("no page sends more JavaScript than agreed", async ({ admin }) => {
  // What a page's HTML loads in current browsers. What is loaded once the page can be used, such as the library that
  // draws charts, doesn't count.
  const sizes = new Map<string, Promise<number>>();
  const sizeOf = async (script: string) =>
    gzipSync(await (await admin.request.get(script)).body()).length;
  const pages: { path: string; kb: number }[] = [];
  for (const path of portalPages()) {
    const html = await (await admin.request.get(path)).text();
    const tags = html.match(/<script\b[^>]*>/g)?.filter((tag) => !/\snomodule/i.test(tag)) ?? [];
    const scripts = new Set(tags.flatMap((tag) => /\ssrc="([^"]+)"/.exec(tag)?.[1] ?? []));
    expect(scripts.size, `scripts of ${path}`).toBeGreaterThan(0);
    let bytes = 0;
    for (const script of scripts) {
      const size = sizes.get(script) ?? sizeOf(script);
      sizes.set(script, size);
      bytes += await size;
    }
    pages.push({ path, kb: Math.round(bytes / 1_000) });
  }
  console.log(`KB of JavaScript: ${pages.map(({ path, kb }) => `${path} ${kb}`).join(", ")}`);
  expect(pages.filter(({ kb }) => kb > MOST_SCRIPT_KB)).toEqual([]);
});
