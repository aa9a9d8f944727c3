import { defineConfig } from "vitest/config";

/** `npm run test:proxies`: needs programs that not every machine has, and so is no part of `npm test`. */
export default defineConfig({
  test: {
    name: "proxies",
    include: ["tests/proxies/**/*.test.ts"],
    globalSetup: ["./tests/e2e/build-once.ts"],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
