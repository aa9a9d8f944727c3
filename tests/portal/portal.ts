/**
 * The fixtures of the portal's tests: a server with the fake upstream for each test file, a signed-in admin, and pages
 * that must not violate their own content policy.
 *
 * @example
 * test("the overview", async ({ admin }) => {
 *   await admin.goto("/");
 *   await expectAccessible(admin);
 * });
 * @module
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import AxeBuilder from "@axe-core/playwright";
import {
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  test as base,
  expect,
  type Page,
} from "@playwright/test";
import { type Stack, startStack } from "../e2e/harness.ts";
import { act } from "./actions.ts";
import { tellTimeZone } from "./time-zone.ts";
import { VIEWPORT } from "./viewport.ts";

export { expect };

/** Who signs in. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export const ADMIN: Person = {
  name: "Ada Lovelace",
  email: "ada@example.com",
  password: "correct horse battery",
};

const SETUP_TOKEN = "test-setup-token";
/** Nothing listens there. */
const NO_MAIL_SERVICE = {
  ALERT_MAIL_URL: "http://127.0.0.1:9/mail",
  ALERT_MAIL_KEY: "test-mail-key",
};

/** The path of the setup page, which is open until there is an admin. */
export const SETUP_PATH = `/setup?token=${SETUP_TOKEN}`;

/** The server of this worker, emptied for each file, and its admin's browser. */
class Servers {
  #file = "";
  #stack: Stack | undefined;
  #admin: AdminBrowser | undefined;
  /** Every line that it has logged for the files so far; none if a platform serves (`PLATFORM`). */
  readonly logged: string[] = [];

  async of(file: string): Promise<Stack> {
    const isNewFile = this.#file !== file;
    this.#file = file;
    if (this.#stack === undefined) {
      this.#stack = await startStack({
        vars: { SETUP_TOKEN, ...NO_MAIL_SERVICE },
        ...(!process.env.PLATFORM && { onLog: (level, message) => this.#log(level, message) }),
      });
    } else if (isNewFile) {
      await this.#admin?.context.close();
      this.#admin = undefined;
      await this.#stack.empty();
    }
    return this.#stack;
  }

  /**
   * One page for all tests of a file: what the portal's pages share is fetched and compiled once. In a new page, the
   * first address takes twice as much CPU.
   */
  async admin(browser: Browser, server: Stack): Promise<AdminBrowser> {
    if (this.#admin === undefined) {
      const context = await browser.newContext();
      await setUp(context.request, server);
      await tellTimeZone(context, server.url);
      const page = await context.newPage();
      this.#admin = { context, page, cookies: await context.cookies() };
    }
    return this.#admin;
  }

  async close(): Promise<void> {
    await this.#stack?.close();
  }

  #log(level: string, message: string): void {
    this.logged.push(message);
    if (level === "error" || level === "warn") console.error(message);
  }
}

interface AdminBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** As they are after setup. */
  readonly cookies: Awaited<ReturnType<BrowserContext["cookies"]>>;
}

/** What tests listen to. */
const EVENTS = ["console", "pageerror", "request", "response"];

/**
 * Closes what a test opened, and removes what it left in the admin's browser and page. Pages are closed first:
 * Playwright takes a screenshot of those that are closed with their context, even if no one needs it.
 */
async function tidyUp(browser: Browser, { context, page, cookies }: AdminBrowser): Promise<void> {
  for (const event of EVENTS) page.removeAllListeners(event);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  const { origin, protocol } = new URL(page.url());
  // A page that is left alone asks for news, and would be sent to sign in.
  await page.goto("about:blank");
  if (protocol === "http:") {
    const session = await context.newCDPSession(page);
    await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "local_storage" });
    await session.detach();
  }
  await page.mouse.move(0, 0);
  await page.setViewportSize(VIEWPORT);
  for (const each of browser.contexts()) {
    for (const open of each.pages()) if (open !== page) await open.close();
    if (each !== context) await each.close();
  }
  await context.setOffline(false);
  await context.clearCookies();
  await context.addCookies(cookies);
}

interface TestFixtures {
  readonly server: Stack;
  /** A page on which the admin is signed in; the same for all tests of a file. */
  readonly admin: Page;
}

export const test = base.extend<TestFixtures, { readonly servers: Servers }>({
  browser: [
    async ({ browser }, use) => {
      waitForReact(browser);
      await use(browser);
    },
    { scope: "worker" },
  ],
  servers: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is needed here.
    async ({}, use) => {
      const servers = new Servers();
      await use(servers);
      await servers.close();
    },
    { scope: "worker" },
  ],
  server: async ({ servers }, use, { file }) => use(await servers.of(file)),
  baseURL: async ({ server }, use) => use(server.url),
  // `server` comes first: its address is the base of this page's paths.
  admin: async ({ server, servers, browser }, use, testInfo) => {
    const adminBrowser = await servers.admin(browser, server);
    const faults = collectFaults(adminBrowser.page);
    await use(adminBrowser.page);
    // If a test fails, its pages stay open for screenshots; the next one gets another browser.
    if (testInfo.status === testInfo.expectedStatus) await tidyUp(browser, adminBrowser);
    expect(faults, "faults that the page told in its console").toEqual([]);
  },
});

/** Creates the first admin, as the setup page's button does; afterwards its browser is signed in. */
export async function setUp(request: APIRequestContext, { url }: Stack): Promise<void> {
  await act(request, url, "setUp", { ...ADMIN, secret: SETUP_TOKEN });
}

/** Signs in on the login page, and waits until the next page is shown. */
export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).not.toHaveURL(/\/login/);
  await untilReactListens(page);
}

/** Makes `goto` and `reload` of the browser's pages return when React is listening: earlier clicks may be lost. */
function waitForReact(browser: Browser): void {
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    const newPage = context.newPage.bind(context);
    context.newPage = async () => {
      const page = await newPage();
      const goTo = page.goto.bind(page);
      const reload = page.reload.bind(page);
      page.goto = async (...args) => {
        const response = await goTo(...args);
        await untilReactListens(page);
        return response;
      };
      page.reload = async (...args) => {
        const response = await reload(...args);
        await untilReactListens(page);
        return response;
      };
      return page;
    };
    return context;
  };
}

/** React marks each element that it has taken over. */
export async function untilReactListens(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll("button")].every((button) =>
        Object.keys(button).some((name) => name.startsWith("__reactProps$")),
      ),
    undefined,
    // By default in each frame, which has the page draw sixty of them a second.
    { polling: 50 },
  );
}

const fromAxe = createRequire(createRequire(import.meta.url).resolve("@axe-core/playwright"));

/** Minified, axe is less than half of what the builder would send to each page. */
const AXE = readFileSync(fromAxe.resolve("axe-core/axe.min.js"), "utf8");

/** What is read of axe itself: a rule's impact is that of every violation of it. */
interface AxeInternals {
  readonly _audit: { readonly rules: readonly { readonly id: string; readonly impact: string }[] };
}

const { _audit: audit }: AxeInternals = fromAxe("axe-core");
const isGrave = (impact: string | null | undefined) =>
  impact === "serious" || impact === "critical";
/** Rules whose violations would be ignored. */
const LESSER_RULES = audit.rules.flatMap(({ id, impact }) => (isGrave(impact) ? [] : [id]));

/** No serious or critical violation of axe's rules. */
export async function expectAccessible(page: Page): Promise<void> {
  // Between two pages there is no title.
  await expect(page).toHaveTitle(/./);
  await endOfAnimations(page);
  const isThere = await page.evaluate(() => "axe" in window);
  // Without the rules that passed, and without a second page for frames (there are none): a quarter of the time.
  const { violations } = await new AxeBuilder({ page, axeSource: isThere ? "null" : AXE })
    .options({ resultTypes: ["violations"] })
    .disableRules(LESSER_RULES)
    .setLegacyMode(true)
    .analyze();
  const faults = violations
    .filter(({ impact }) => isGrave(impact))
    .map(({ id, help, nodes }) => ({ id, help, at: nodes.map(({ html }) => html) }));
  expect(faults, `accessibility of ${page.url()}`).toEqual([]);
}

/** What fades in doesn't have its final colors yet. Endless animations (skeletons) are not awaited. */
async function endOfAnimations(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ effect, playState }) =>
          playState !== "running" ||
          effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY,
      ),
  );
}

/** Uncaught errors, violations of the content policy, and HTML that React rendered differently from the server. */
export function collectFaults(page: Page): readonly string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    const text = message.text();
    if (/Content Security Policy|Minified React error|hydrat/i.test(text)) faults.push(text);
  });
  return faults;
}
