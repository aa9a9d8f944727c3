#!/usr/bin/env node
// Stands for wrangler on PATH: hands the call to the test's server (`cloudflare-stand-in.ts`) and does what it says.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const args = process.argv.slice(2);
const fileAfter = (option) => {
  const file = args[args.indexOf(option) + 1];
  return args.includes(option) && file !== undefined ? readFileSync(resolve(file), "utf8") : null;
};
const call = {
  args,
  cwd: process.cwd(),
  accountId: process.env.CLOUDFLARE_ACCOUNT_ID ?? null,
  config: fileAfter("--config"),
  secrets: fileAfter(args.includes("bulk") ? "bulk" : "--secrets-file"),
};
const response = await fetch(new URL("/wrangler", process.env.CLOUDFLARE_API_BASE_URL), {
  method: "POST",
  body: JSON.stringify(call),
});
const { stdout, stderr, exitCode, report } = await response.json();
process.stdout.write(stdout);
process.stderr.write(stderr);
if (report !== null) {
  writeFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH, `${JSON.stringify(report)}\n`);
}
process.exitCode = exitCode;
