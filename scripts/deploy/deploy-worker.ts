import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExpectedError } from "../expected-error.ts";
import type { Journal } from "./journal.ts";
import { withSecretsFile } from "./secrets.ts";
import { type Wrangler, WranglerError } from "./wrangler.ts";

/** Names of the secrets that a Worker has; none while there is no such Worker. */
export async function workerSecrets(
  wrangler: Wrangler,
  name: string,
): Promise<ReadonlySet<string>> {
  if (wrangler.accountId === null) return new Set();
  try {
    const args = ["secret", "list", "--name", name, "--format", "json"];
    const secrets = await wrangler.readJson<readonly { readonly name: string }[]>(args);
    return new Set(secrets.map(({ name }) => name));
  } catch (error) {
    if (error instanceof WranglerError && /Worker ".*" .*not found|10007/.test(error.output)) {
      return new Set();
    }
    throw error;
  }
}

/**
 * Deploys the Worker together with its secrets, so that it never runs without them.
 * @returns Its address; null in a dry run.
 */
export async function deployWorker(
  wrangler: Wrangler,
  journal: Journal,
  config: string,
  secrets: Readonly<Record<string, string>>,
): Promise<string | null> {
  const reports = await mkdtemp(join(tmpdir(), "one-balance-deploy-"));
  const report = join(reports, "wrangler.ndjson");
  try {
    await withSecretsFile(journal, secrets, (file) =>
      wrangler.change(["deploy", "--config", config, "--secrets-file", file], {
        // It may have to ask for a workers.dev subdomain.
        isInteractive: process.stdin.isTTY === true,
        env: { WRANGLER_OUTPUT_FILE_PATH: report },
      }),
    );
    const text = await readFile(report, "utf8").catch(() => null);
    return text === null ? null : deployedAddress(text);
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
}

/** Wrangler's report is a line of JSON for each thing it did. */
function deployedAddress(report: string): string {
  const entries = report
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): { type: string; targets?: string[] } => JSON.parse(line));
  const targets = entries.find(({ type }) => type === "deploy")?.targets ?? [];
  // A custom domain (`api.example.com (custom domain)`) is what people will use; a route has a pattern.
  const domain = targets.find((target) => target.endsWith("(custom domain)"))?.split(" ")[0];
  const url =
    domain === undefined ? targets.find((target) => /^https?:/.test(target)) : `https://${domain}`;
  if (url === undefined) {
    throw new ExpectedError(
      "the Worker is deployed, but has no address: wrangler.toml switches workers.dev off and names no custom domain",
    );
  }
  return url.replace(/\/$/, "");
}
