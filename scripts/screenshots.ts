/**
 * Pictures of every page of a running portal, at 1440 and 390 px, light and dark, for review: `node
 * scripts/screenshots.ts <url> <folder> <email> <password>`. `en` or `zh` may follow.
 * @module
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { portalPages } from "../tests/portal/pages.ts";
import { ExpectedError } from "./expected-error.ts";
import { CHROMIUM_FLAGS, ensureChromium } from "./find-chromium.ts";
import { reportAndExit } from "./report-and-exit.ts";

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

try {
  const [url, folder, email, password, language = "en"] = process.argv.slice(2);
  if (!url || !folder || !email || !password) {
    throw new ExpectedError("usage: screenshots.ts <url> <folder> <email> <password> [en|zh]");
  }
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: CHROMIUM_FLAGS,
  });
  const visitor = await browser.newContext({ baseURL: url, locale: "en" });
  const entrance = await visitor.newPage();
  await entrance.goto("/login");
  await entrance.getByLabel("Email").fill(email);
  await entrance.getByLabel("Password").fill(password);
  await entrance.getByRole("button", { name: "Sign in", exact: true }).click();
  await entrance.getByRole("navigation", { name: "Main" }).waitFor();
  const storageState = await visitor.storageState();
  for (const viewport of SIZES) {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await browser.newContext({
        baseURL: url,
        storageState,
        viewport,
        colorScheme,
        locale: language,
      });
      const page = await context.newPage();
      for (const path of ["/login", ...portalPages()]) {
        // The login page is for visitors who aren't signed in.
        if (path === "/login") await context.clearCookies();
        else await context.addCookies(storageState.cookies);
        await page.goto(path, { waitUntil: "networkidle" });
        const name = path === "/" ? "overview" : path.slice(1).replaceAll("/", "-");
        const file = join(folder, `${name}-${viewport.width}-${colorScheme}.png`);
        await page.screenshot({ path: file, fullPage: true });
      }
      await context.close();
    }
  }
  await browser.close();
} catch (error) {
  reportAndExit(error);
}
