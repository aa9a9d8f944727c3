import { defineConfig } from "@playwright/test";
import { CHROMIUM_FLAGS, findChromium } from "./scripts/find-chromium.ts";
import { TIME_ZONE } from "./tests/portal/time-zone.ts";
import { VIEWPORT } from "./tests/portal/viewport.ts";

const executablePath = findChromium();

/** The portal in a real browser, against the production build. Each file has a server of its own. */
export default defineConfig({
  testDir: "tests/portal",
  outputDir: "dist/portal-tests",
  globalSetup: "./tests/e2e/build-once.ts",
  forbidOnly: true,
  // Two cores are busy then; what waits for a server or for time leaves them to the third.
  workers: 3,
  // Where nobody looks on, what a slow machine upset is tried once more; `npm test` then says so.
  retries: process.env.CI ? 1 : 0,
  // Flows of many steps on two slow cores.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    viewport: VIEWPORT,
    locale: "en-US",
    timezoneId: TIME_ZONE,
    // What moves is waited for before each click, and drawn by the processor.
    contextOptions: { reducedMotion: "reduce" },
    // A trace of each test, kept or not, would cost a fifth of the time: `--trace on` makes one where needed.
    screenshot: "only-on-failure",
    launchOptions: {
      // Each page is new to its browser: compiling what runs once costs a tenth of the time more than it saves.
      args: [...CHROMIUM_FLAGS, "--js-flags=--jitless"],
      ...(executablePath !== null && { executablePath }),
    },
  },
});
