/**
 * `npm run deploy` and `npm run deploy:pages`: One Balance on the caller's Cloudflare account, from nothing or from
 * where an earlier run stopped. `-- --dry-run` prints every step and changes nothing.
 * @module
 */
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { parseAuthKey } from "../lib/db/tokens/parse-auth-key.ts";
import { buildIfChanged } from "./build.ts";
import { chooseAccount } from "./deploy/account.ts";
import { CloudflareApi } from "./deploy/cloudflare-api.ts";
import { EMPTY_STATE, findOrMakeDatabase, readStoredState } from "./deploy/database.ts";
import { deployPages, findProject, projectSecrets, readSecrets } from "./deploy/deploy-pages.ts";
import { deployWorker, uploadWorker, workerSecrets } from "./deploy/deploy-worker.ts";
import { findOrMakeGateway } from "./deploy/gateway.ts";
import { Journal } from "./deploy/journal.ts";
import { writePagesFolder } from "./deploy/pages-folder.ts";
import {
  companionOf,
  companionSecrets,
  migratedSoFar,
  NOT_MIGRATED,
} from "./deploy/portal-object.ts";
import { keepSecrets, keptSecretsFile, planSecrets, readKeptSecrets } from "./deploy/secrets.ts";
import { smokeTest } from "./deploy/smoke-test.ts";
import {
  companionConfig,
  deploymentFiles,
  namesOf,
  readBaseConfig,
  workerConfig,
  writeConfig,
} from "./deploy/worker-config.ts";
import { Wrangler } from "./deploy/wrangler.ts";
import { ExpectedError } from "./expected-error.ts";
import { reportAndExit } from "./report-and-exit.ts";
import { root } from "./root.ts";
import { setupUrl } from "./secrets.ts";
import { settingsFrom } from "./settings.ts";

/** Variables that aren't secrets, besides the gateway's address. */
const PLAIN_VARS = [
  "CONSECUTIVE_429_THRESHOLD",
  "FIRST_BYTE_TIMEOUT_MS",
  "MAX_ATTEMPTS",
  "ALLOW_PRIVATE_UPSTREAMS",
  "PORTAL_LOCATION",
  "WEBSOCKETS",
  "CONVERTED_STREAMS",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
];

try {
  await deploy();
} catch (error) {
  reportAndExit(error);
}

async function deploy(): Promise<void> {
  const { isPages, hasGateway, hasObject, hasLeases, isDryRun, ...options } = readOptions();
  const base = await readBaseConfig();
  const { name, databaseName, ...known } = namesOf(base, options.name);
  // Only from the environment: .dev.vars is for the local server.
  const { vars: given } = settingsFrom({ ...process.env, CLOUDFLARE_ACCOUNT_ID: "" }, {});
  const journal = new Journal(isDryRun);
  const wrangler = new Wrangler(journal);
  const api = new CloudflareApi(wrangler, journal);

  journal.step("Account");
  const accountId = await chooseAccount(wrangler, journal);
  const files = deploymentFiles(accountId, name);
  const { config, pagesFolder } = files;
  const project = isPages ? await findProject(api, accountId, name) : null;
  const deployed = isPages ? projectSecrets(project) : await workerSecrets(wrangler, name);

  journal.step("Portal");
  const companion = companionOf(name);
  const holder = isPages ? companion : name;
  const migrated = await migratedSoFar(api, accountId, holder);
  journal.note(
    hasObject
      ? `it runs in a Durable Object, held by the Worker ${holder}`
      : "it runs in the Worker: on the free plan, whose requests have 10 ms of CPU, most of it fails",
  );

  journal.note(
    hasLeases
      ? "isolates share limits by leases of Durable Objects"
      : "isolates share limits by leases over D1",
  );

  journal.step("AI Gateway");
  const gatewayUrl = await gatewayAddress();

  journal.step("Build");
  if (journal.change("next build, bundled by OpenNext and wrangler")) await buildIfChanged();

  journal.step("Database");
  const databaseId =
    known.databaseId ?? (await findOrMakeDatabase(wrangler, journal, databaseName));
  const plain = PLAIN_VARS.flatMap((each) => (given[each] ? [[each, given[each]]] : []));
  const vars = {
    ...Object.fromEntries(plain),
    ...(gatewayUrl !== null && { AI_GATEWAY_URL: gatewayUrl }),
  };
  const object = { hasObject, hasLeases, migrated: migrated ?? NOT_MIGRATED };
  const deployment = { name, databaseName, databaseId, vars, object };
  const write = (compilesLate: boolean) =>
    writeConfig(join(root, config), workerConfig(base, { ...deployment, compilesLate }, config));
  if (journal.change(`write ${config}, from wrangler.toml and what was found`)) await write(true);
  const migrate = ["d1", "migrations", "apply", "DB", "--remote", "--config", config];
  await wrangler.change(migrate, { env: { CI: "true" } });
  const stored = isDryRun ? EMPTY_STATE : await readStoredState(wrangler, config);

  journal.step("Secrets");
  const secretsFile = keptSecretsFile(accountId ?? "account", databaseName);
  const kept = await readKeptSecrets(secretsFile);
  const { put, keep } = planSecrets({ given, kept, deployed, ...stored });
  if (journal.change(`write ${secretsFile}, readable for you only`)) {
    await keepSecrets(secretsFile, keep);
  }
  journal.note(`put: ${Object.keys(put).join(", ") || "none"}; others stay as they are`);

  journal.step("Deploy");
  const made = isPages
    ? await deployBoth()
    : await deployWorker(wrangler, journal, { config, secrets: put, write });
  const unknown = `https://${name}.${isPages ? "pages.dev" : "{account}.workers.dev"}`;
  const { address, newest } = made ?? { address: unknown, newest: unknown };

  journal.step("Check");
  await smokeTest(journal, newest, adminTokenIn(keep.AUTH_KEY ?? ""));
  if (isDryRun) console.log("\nDry run: nothing was changed.");
  else {
    printOutcome({
      address,
      put,
      secretsFile,
      isTokenGiven: given.AUTH_KEY !== undefined,
      isSecretNew: keep.KEY_ENCRYPTION_SECRET !== kept.KEY_ENCRYPTION_SECRET,
    });
  }

  /** The companion first: a Pages deployment can't be bound to something that doesn't exist. */
  async function deployBoth() {
    if (hasObject) await deployCompanion();
    const writeFolder = (compilesLate: boolean) =>
      writePagesFolder(join(root, pagesFolder), base, { ...deployment, compilesLate });
    if (journal.change(`write ${pagesFolder}`)) await writeFolder(true);
    const made = await deployPages(wrangler, api, journal, project, {
      accountId,
      name,
      folder: join(root, pagesFolder),
      secrets: put,
      write: writeFolder,
    });
    // Nothing is bound to it any more, and it stores nothing.
    if (!hasObject && migrated !== null) await wrangler.change(["delete", companion, "--force"]);
    return made;
  }

  async function deployCompanion(): Promise<void> {
    const file = files.companionConfig;
    const writeCompanion = (compilesLate: boolean) =>
      writeConfig(join(root, file), companionConfig(base, { ...deployment, compilesLate }, file));
    const secrets = companionSecrets({
      needed: new Set([...readSecrets(project), ...Object.keys(put)]),
      deployed: await workerSecrets(wrangler, companion),
      known: { ...given, ...keep, ...put },
    });
    if (journal.change(`write ${file}`)) await writeCompanion(true);
    await uploadWorker(wrangler, journal, { config: file, secrets, write: writeCompanion });
  }

  /** Empty for none, null to leave it unchanged. */
  async function gatewayAddress(): Promise<string | null> {
    if (!hasGateway) {
      journal.note("none: requests go straight to each provider");
      return "";
    }
    if (given.AI_GATEWAY_URL !== undefined) {
      journal.note(`AI_GATEWAY_URL is given: ${given.AI_GATEWAY_URL}`);
      return given.AI_GATEWAY_URL;
    }
    const hasToken = given.AI_GATEWAY_TOKEN !== undefined || deployed.has("AI_GATEWAY_TOKEN");
    return findOrMakeGateway(api, journal, { accountId, name: given.AI_GATEWAY ?? name, hasToken });
  }
}

interface Outcome {
  readonly address: string;
  /** The secrets of this run. */
  readonly put: Readonly<Record<string, string>>;
  readonly secretsFile: string;
  readonly isTokenGiven: boolean;
  readonly isSecretNew: boolean;
}

function printOutcome({ address, put, secretsFile, isTokenGiven, isSecretNew }: Outcome): void {
  console.log(`\n${styleText("bold", `One Balance is deployed at ${address}`)}\n`);
  if (put.SETUP_TOKEN !== undefined) {
    console.log(
      `  Create the first admin (the link works once):\n    ${setupUrl(address, put.SETUP_TOKEN)}\n`,
    );
  }
  if (!isTokenGiven && put.AUTH_KEY !== undefined) {
    console.log(`  Admin token:\n    ${put.AUTH_KEY}\n`);
  }
  if (isSecretNew) {
    console.log(
      `  KEY_ENCRYPTION_SECRET encrypts the provider keys and cannot be read back from Cloudflare. It is saved in
    ${secretsFile}
  Store a copy in your password manager: without it the stored provider keys are lost.\n`,
    );
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        "dry-run": { type: "boolean", default: false },
        pages: { type: "boolean", default: false },
        gateway: { type: "boolean", default: true },
        object: { type: "boolean", default: true },
        leases: { type: "boolean", default: true },
        name: { type: "string" },
      },
      allowNegative: true,
    });
    const { name } = values;
    // A valid name for a Worker, a Pages project, a database and a gateway.
    if (name !== undefined && !/^[a-z0-9](?:[a-z0-9-]{0,52}[a-z0-9])?$/.test(name)) {
      throw new ExpectedError("--name takes up to 54 small letters, digits and hyphens");
    }
    return {
      isDryRun: values["dry-run"],
      isPages: values.pages,
      hasGateway: values.gateway,
      hasObject: values.object,
      // On Pages the companion contains both kinds of objects.
      hasLeases: values.leases && (values.object || !values.pages),
      name,
    };
  } catch (error) {
    if (error instanceof ExpectedError || !(error instanceof TypeError)) throw error;
    throw new ExpectedError(
      `${error.message} (there are: --dry-run, --no-gateway, --no-object, --no-leases, --name <name>)`,
    );
  }
}

/** The first unrestricted token; null if there is none. */
function adminTokenIn(authKey: string): string | null {
  const { definitions } = parseAuthKey(authKey);
  return (
    definitions.find(({ scopes, expiresAtMs }) => scopes === null && expiresAtMs === null)?.text ??
    null
  );
}
