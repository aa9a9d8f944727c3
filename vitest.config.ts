import { availableParallelism } from "node:os";
import { join } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { plant } from "./tests/mutants/plant.ts";
import { WaitingFirst } from "./tests/waiting-first.ts";

/** How long a test waits for what must come at last; what must come soon says its own. */
const POLL = { timeout: 20_000 };

/** Most files of `e2e` wait for processes of theirs and for time to pass: two cores take five at once. */
const WORKERS = Math.max(5, availableParallelism());

/** The others only compute. They come after `e2e`, which has another number of workers; `npm test` runs both at once. */
const COMPUTING = { maxWorkers: availableParallelism(), sequence: { groupOrder: 1 } };
/** `npm test` gives them what others leave of the processors: long enough for a tenth of one. */
const PATIENCE = { testTimeout: 300_000, hookTimeout: 120_000 };

/** Three kinds of tests, by what they run in. */
export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    sequence: { sequencer: WaitingFirst },
    projects: [
      {
        resolve: { alias: { "@": import.meta.dirname } },
        plugins: plant(import.meta.dirname, process.env.MUTANT),
        test: {
          name: "unit",
          // What a mutant was planted in must not be found there by the next run.
          fsModuleCache: process.env.MUTANT === undefined,
          // They share modules, which saves a third of the time, and so must leave no state behind.
          isolate: false,
          include: [
            "app/**/*.test.ts",
            "components/**/*.test.ts",
            "i18n/**/*.test.ts",
            "lib/**/*.test.ts",
            "scripts/**/*.test.ts",
            "tests/unit/**/*.test.ts",
          ],
          ...COMPUTING,
          ...PATIENCE,
          expect: { poll: POLL },
        },
      },
      {
        resolve: {
          alias: [
            { find: "@", replacement: import.meta.dirname },
            {
              find: /^\.\/scrypt-costs(?:\.ts)?$/,
              replacement: join(import.meta.dirname, "tests/workerd/cheap-scrypt-costs.ts"),
            },
          ],
        },
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: { TEST_MIGRATIONS: await readD1Migrations("./drizzle") },
              d1Databases: ["OLDER_DB"],
            },
          })),
        ],
        test: {
          name: "workerd",
          // Starting workerd and handing it the modules costs as much as two files of tests; the set-up empties what
          // they share of the database.
          isolate: false,
          ...COMPUTING,
          ...PATIENCE,
          include: ["tests/workerd/**/*.test.ts"],
          setupFiles: ["./tests/workerd/apply-migrations.ts"],
          expect: { poll: POLL },
        },
      },
      {
        test: {
          name: "e2e",
          // They share the modules that start a server; each starts its own.
          isolate: false,
          include: ["tests/e2e/**/*.test.ts"],
          globalSetup: ["./tests/e2e/build-once.ts"],
          // Where nobody looks on, what a slow machine upset is tried once more; `npm test` then says so.
          retry: process.env.CI ? 1 : 0,
          testTimeout: 60_000,
          // Some bundle a Worker first.
          hookTimeout: 180_000,
          expect: { poll: POLL },
        },
      },
    ],
  },
});
