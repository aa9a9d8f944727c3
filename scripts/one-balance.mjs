#!/usr/bin/env node
/**
 * `npx one-balance …`: hands over to `scripts/cli.ts` as `scripts/bootstrap.mjs` does for the npm scripts, so that it
 * works from a fresh clone under any Node from 20 on.
 * @module
 */
process.argv.splice(2, 0, "cli");
await import("./bootstrap.mjs");
