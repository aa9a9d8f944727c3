/**
 * The Pages half of a deployment. The project is read through the API, because wrangler prints its secrets for people
 * only.
 * @module
 */
import { VARIABLES } from "../../lib/env.ts";
import { ExpectedError } from "../expected-error.ts";
import type { CloudflareApi } from "./cloudflare-api.ts";
import { orWithoutFlag } from "./deploy-worker.ts";
import type { Deployed } from "./deployed.ts";
import type { Journal } from "./journal.ts";
import { withSecretsFile } from "./secrets.ts";
import type { Wrangler } from "./wrangler.ts";
import { withWranglerReport } from "./wrangler-report.ts";

const PRODUCTION_BRANCH = "main";

/** The fields of a project that are read. */
interface Project {
  /** `one-balance.pages.dev`; with a suffix if the name was taken. */
  readonly subdomain: string;
  readonly domains?: readonly string[];
  readonly deployment_configs?: {
    readonly production?: {
      readonly env_vars?: Readonly<Record<string, { readonly type?: string }>> | null;
    };
  };
}

export async function findProject(
  api: CloudflareApi,
  accountId: string | null,
  name: string,
): Promise<Project | null> {
  return accountId === null
    ? null
    : api.get<Project>(`/accounts/${accountId}/pages/projects/${name}`);
}

/** Names of the variables and secrets that the project has. */
export function projectSecrets(project: Project | null): ReadonlySet<string> {
  return new Set(Object.keys(project?.deployment_configs?.production?.env_vars ?? {}));
}

/** Those of its secrets that the Worker reads. The set-up link belongs to one deployment only. */
export function readSecrets(project: Project | null): readonly string[] {
  const variables = project?.deployment_configs?.production?.env_vars ?? {};
  return VARIABLES.filter((name) => variables[name]?.type === "secret_text");
}

export interface PagesDeployment {
  readonly accountId: string | null;
  readonly name: string;
  /** With `wrangler.toml`: Pages accepts no path to a configuration. */
  readonly folder: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Writes the folder. @param compilesLate Whether to set the flag that a platform may reject. */
  write(compilesLate: boolean): Promise<void>;
}

/** Null in a dry run. */
export async function deployPages(
  wrangler: Wrangler,
  api: CloudflareApi,
  journal: Journal,
  project: Project | null,
  { accountId, name, folder, secrets, write }: PagesDeployment,
): Promise<Deployed | null> {
  if (project === null) {
    await wrangler.change([
      "pages",
      "project",
      "create",
      name,
      "--production-branch",
      PRODUCTION_BRANCH,
      // Wrangler creates a Worker instead if it considers its caller an AI agent; Pages was requested.
      "--force",
    ]);
  }
  // Comes first: a deployment has the secrets that its project had when it was created.
  if (Object.keys(secrets).length > 0) {
    await withSecretsFile(journal, secrets, (file) =>
      wrangler.change(["pages", "secret", "bulk", file, "--project-name", name]),
    );
  }
  const deploy = ["pages", "deploy", "--project-name", name, "--branch", PRODUCTION_BRANCH];
  const report = await orWithoutFlag(journal, write, () =>
    withWranglerReport((env) =>
      wrangler.change([...deploy, "--no-bundle", "--commit-dirty"], { cwd: folder, env }),
    ),
  );
  if (journal.isDryRun) return null;
  const deployment = report.find(({ type }) => type === "pages-deploy")?.url;
  const deployed = await findProject(api, accountId, name);
  if (deployment === undefined || deployed === null) {
    throw new ExpectedError(`Pages project ${name} was deployed, but wrangler does not say where`);
  }
  const own = deployed.domains?.find((domain) => !domain.endsWith(".pages.dev"));
  return { address: `https://${own ?? deployed.subdomain}`, newest: deployment };
}
