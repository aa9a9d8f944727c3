import { ExpectedError } from "../expected-error.ts";
import type { Deployed } from "./deployed.ts";
import type { Journal } from "./journal.ts";
import { withSecretsFile } from "./secrets.ts";
import { type Wrangler, WranglerError } from "./wrangler.ts";
import { withWranglerReport } from "./wrangler-report.ts";

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

/** Deploys the Worker together with its secrets, so that it never runs without them. Null in a dry run. */
export async function deployWorker(
  wrangler: Wrangler,
  journal: Journal,
  config: string,
  secrets: Readonly<Record<string, string>>,
): Promise<Deployed | null> {
  const report = await withWranglerReport((env) =>
    withSecretsFile(journal, secrets, (file) =>
      wrangler.change(["deploy", "--config", config, "--secrets-file", file], {
        // It may have to ask for a workers.dev subdomain.
        isInteractive: process.stdin.isTTY === true,
        env,
      }),
    ),
  );
  if (journal.isDryRun) return null;
  const targets = report.find(({ type }) => type === "deploy")?.targets ?? [];
  // A custom domain (`api.example.com (custom domain)`) is what people will use; a route is a pattern.
  const domain = targets.find((target) => target.endsWith("(custom domain)"))?.split(" ")[0];
  const url = domain ? `https://${domain}` : targets.find((target) => /^https?:/.test(target));
  if (url === undefined) {
    throw new ExpectedError(
      "the Worker is deployed, but has no address: wrangler.toml switches workers.dev off and names no custom domain",
    );
  }
  const address = url.replace(/\/$/, "");
  return { address, newest: address };
}
