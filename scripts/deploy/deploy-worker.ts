import { MODULE_REGISTRY_FLAG } from "../build.ts";
import { ExpectedError } from "../expected-error.ts";
import type { Deployed } from "./deployed.ts";
import type { Journal } from "./journal.ts";
import { withSecretsFile } from "./secrets.ts";
import { type Wrangler, WranglerError } from "./wrangler.ts";
import { type WranglerReport, withWranglerReport } from "./wrangler-report.ts";

/** Names of the secrets that a Worker has; none if there is no such Worker. */
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

export interface WorkerUpload {
  /** Path of its configuration. */
  readonly config: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Writes the configuration. @param compilesLate Whether to set the flag that a platform may reject. */
  write(compilesLate: boolean): Promise<void>;
}

/** Uploads a Worker together with its secrets, so that it never runs without them. */
export function uploadWorker(
  wrangler: Wrangler,
  journal: Journal,
  { config, secrets, write }: WorkerUpload,
): Promise<readonly WranglerReport[]> {
  return orWithoutFlag(journal, write, () =>
    withWranglerReport((env) =>
      withSecretsFile(journal, secrets, (file) =>
        wrangler.change(["deploy", "--config", config, "--secrets-file", file], {
          // It may have to ask for a workers.dev subdomain.
          isInteractive: process.stdin.isTTY === true,
          env,
        }),
      ),
    ),
  );
}

/** Tries once more, compiling all modules at startup, if the platform doesn't know the flag. */
export async function orWithoutFlag<Outcome>(
  journal: Journal,
  write: (compilesLate: boolean) => Promise<void>,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof WranglerError && error.output.includes(MODULE_REGISTRY_FLAG)))
      throw error;
    journal.note(
      `Cloudflare rejects the flag ${MODULE_REGISTRY_FLAG}: deployed without it. Everything works, but isolates start more slowly.`,
    );
    await write(false);
    return run();
  }
}

/** Null in a dry run. */
export async function deployWorker(
  wrangler: Wrangler,
  journal: Journal,
  upload: WorkerUpload,
): Promise<Deployed | null> {
  const report = await uploadWorker(wrangler, journal, upload);
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
