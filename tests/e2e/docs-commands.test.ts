/**
 * The commands of docs/deploy.md, docs/moving-in.md and docs/operations.md, run as a reader would, against accounts on loopback.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { root } from "../../scripts/root.ts";
import { localSecrets } from "../../scripts/secrets.ts";
import { type RunningServer, startServer } from "../../scripts/serve.ts";
import { readDocument, snippet, snippets } from "../docs/markdown.ts";
import { AdminApi } from "./admin-api.ts";
import { type CloudflareStandIn, startCloudflareStandIn } from "./cloudflare-stand-in.ts";
import { ADMIN_TOKEN } from "./harness.ts";

// Each run starts Node a dozen times.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const DOCUMENTS = ["docs/deploy.md", "docs/moving-in.md", "docs/operations.md"];

const runFile = promisify(execFile);

let folder = "";
let server: RunningServer;
let cloudflare: CloudflareStandIn;
/** The account in which a backup is restored. */
let elsewhere: CloudflareStandIn;

const dataDir = () => join(folder, "data");

const serve = (secrets: Readonly<Record<string, string>>) =>
  startServer({
    port: 0,
    dataDir: dataDir(),
    vars: { AUTH_KEY: `${ADMIN_TOKEN};an-admin-key`, AUTH_SECRET: "fake", ...secrets },
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "one-balance-docs-"));
  await symlink(join(root, "tests/e2e/wrangler-stand-in.sh"), join(folder, "wrangler"));
  const { KEY_ENCRYPTION_SECRET: old } = await localSecrets(dataDir());
  server = await serve({ KEY_ENCRYPTION_SECRET: old });
  const admin = new AdminApi(() => server.url, ADMIN_TOKEN);
  const keys = Array.from({ length: 150 }, (_, index) => `sk-fake-${index}`);
  await admin.addKeys("openai", keys);
  await server.dispose();
  server = await serve({
    KEY_ENCRYPTION_SECRET: "a new secret",
    KEY_ENCRYPTION_SECRET_PREVIOUS: old,
  });
  cloudflare = await startCloudflareStandIn();
  elsewhere = await startCloudflareStandIn();
  for (const { account } of [cloudflare, elsewhere]) account.address = server.url;
});
afterAll(async () => {
  await server?.dispose();
  for (const { accountId, close } of [cloudflare, elsewhere]) {
    await close();
    await rm(join(root, `.deploy/${accountId}-one-balance.json`), { force: true });
    await rm(join(root, `dist/deploy/${accountId}-one-balance`), { recursive: true, force: true });
  }
  await rm(folder, { recursive: true, force: true });
});

const executed = new Set<string>();

/** Runs the block; `npm run` is what package.json makes of it. @returns What it printed. */
async function run(document: string, name: string, account = cloudflare): Promise<string> {
  const note = `run: ${name}`;
  executed.add(note);
  const script = (file: string) => `"${process.execPath}" --no-warnings scripts/${file}`;
  const code = snippet(readDocument(document), note)
    .replaceAll(/npm run deploy:pages(?: --)?/g, script("deploy.ts --pages"))
    .replaceAll(/npm run (deploy|backup|restore)(?: --)?/g, (_, command) => script(`${command}.ts`))
    .replaceAll(".data-restored", join(folder, "restored"));
  const { stdout, stderr } = await runFile("bash", ["-euo", "pipefail", "-c", code], {
    cwd: root,
    // In case it never ends.
    timeout: 120_000,
    env: {
      BACKUP_PASSPHRASE: "a long passphrase of yours",
      ...process.env,
      PATH: [folder, process.env.PATH].join(delimiter),
      INIT_CWD: folder,
      DATA_DIR: dataDir(),
      CLOUDFLARE_API_BASE_URL: account.apiUrl,
      CLOUDFLARE_ACCOUNT_ID: "",
      AI_GATEWAY_URL: "",
      AUTH_KEY: ADMIN_TOKEN,
      ADMIN_TOKEN,
      ONE_BALANCE_URL: server.url,
    },
  });
  return `${stdout}${stderr}`;
}

describe("docs/deploy.md", () => {
  test.each([
    "dry-run",
    "deploy-straight",
    "deploy-auth-key",
    "deploy-token",
    "deploy-other-gateway",
    "deploy-pages",
  ])("%s", async (name) => {
    const output = await run("docs/deploy.md", name);
    expect(output).toContain(
      name === "dry-run" ? "Dry run: nothing was changed." : "One Balance is deployed at",
    );
  });
});

test("docs/moving-in.md shows a difference", async () => {
  expect(await run("docs/moving-in.md", "import")).toContain(
    '"dryRun":true,"form":"text","added":1,',
  );
});

describe("docs/operations.md", () => {
  const operations = (name: string, account?: CloudflareStandIn) =>
    run("docs/operations.md", name, account);

  test("the stored keys are resealed until none remains", async () => {
    const answers = (await operations("reseal")).trim().split("\n");
    expect(answers.at(-1)).toContain('"resealed":50,"remaining":0,');
    expect(answers[0]).toContain('"resealed":100,"remaining":50,');
  });

  test("a deployment rotates its secret", async () => {
    expect(await operations("rotate-deploy")).toContain("One Balance is deployed at");
    expect(cloudflare.account.workers.get("one-balance")).toMatchObject({
      KEY_ENCRYPTION_SECRET: "the new one",
      KEY_ENCRYPTION_SECRET_PREVIOUS: "the old one",
    });
  });

  test("the local instance is backed up and restored", async () => {
    expect(await operations("backup")).toMatch(/one-balance\.backup, \d+ KiB/);
    expect(await operations("restore")).toMatch(/\d+ rows restored/);
  });

  test("the deployed one is backed up, and restored into an account without one", async () => {
    expect(await operations("backup-remote")).toMatch(/deployed\.backup, \d+ KiB/);
    expect(await operations("restore-remote", elsewhere)).toMatch(/\d+ rows restored/);
  });
});

test("every block was run, or says why not", () => {
  const blocks = DOCUMENTS.flatMap((document) => snippets(readDocument(document)));
  const left = blocks.filter(
    ({ note }) => !executed.has(note) && !/^(?:not run: |checked against )/.test(note),
  );
  expect(left).toEqual([]);
});
