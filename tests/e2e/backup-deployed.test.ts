/** A deployed instance moves to another account: `backup -- --remote`, `restore -- --remote`, then a deployment. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { root } from "../../scripts/root.ts";
import { type CloudflareStandIn, migrate, startCloudflareStandIn } from "./cloudflare-stand-in.ts";

// Each run starts Node a dozen times.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** Not the name that other tests deploy. */
const NAME = "backed-up";
const keptFile = ({ accountId }: CloudflareStandIn) =>
  join(root, `.deploy/${accountId}-${NAME}.json`);
const KEPT = { AUTH_KEY: "fake-a", AUTH_SECRET: "fake-b", KEY_ENCRYPTION_SECRET: "fake-c" };

const run = promisify(execFile);

let folder = "";
let first: CloudflareStandIn;
let second: CloudflareStandIn;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "one-balance-remote-"));
  await symlink(join(root, "tests/e2e/wrangler-stand-in.sh"), join(folder, "wrangler"));
  first = await startCloudflareStandIn();
  second = await startCloudflareStandIn();
});
afterAll(async () => {
  await Promise.all([first?.close(), second?.close()]);
  await rm(folder, { recursive: true, force: true });
  for (const each of [first, second]) await rm(keptFile(each), { force: true });
});

function script(name: "backup" | "restore", account: CloudflareStandIn) {
  const env = {
    ...process.env,
    PATH: [folder, process.env.PATH].join(delimiter),
    CLOUDFLARE_API_BASE_URL: account.apiUrl,
    CLOUDFLARE_ACCOUNT_ID: "",
    BACKUP_PASSPHRASE: "a passphrase for tests",
    AUTH_KEY: "",
    KEY_ENCRYPTION_SECRET: "",
  };
  const args = ["--remote", "--name", NAME, join(folder, "deployed.backup")];
  const file = join(root, `scripts/${name}.ts`);
  return run(process.execPath, ["--no-warnings", file, ...args], { env, cwd: root });
}

const keysIn = ({ account }: CloudflareStandIn) =>
  account.sqlite.prepare("select * from provider_keys order by id").all();

test("a backup without the encryption secret is rejected", async () => {
  await expect(script("backup", first)).rejects.toThrow(/without KEY_ENCRYPTION_SECRET/);
});

test("a name that is not deployed has nothing to back up, and nothing is made", async () => {
  await mkdir(join(root, ".deploy"), { recursive: true });
  await writeFile(keptFile(first), JSON.stringify(KEPT));
  await expect(script("backup", first)).rejects.toThrow(/has no D1 database backed-up/);
  expect(first.account.databases).toEqual([]);
});

test("its rows come to the other account, its secrets to where a deployment takes them from", async () => {
  first.account.databases.push({ uuid: crypto.randomUUID(), name: NAME });
  migrate(first.account.sqlite);
  const insert = first.account.sqlite.prepare(
    `insert into provider_keys (id, provider, sealed, fingerprint, masked, created_at_ms, updated_at_ms, version)
     values (?, 'openai', ?, ?, 'sk…x', 1, 1, 1)`,
  );
  for (let index = 0; index < 300; index++)
    insert.run(`pk_${index}`, `v1.x.y.${index}`, `f${index}`);
  await script("backup", first);

  const { stdout } = await script("restore", second);
  expect(stdout).toContain("Run `npm run deploy`");
  expect(second.account.databases).toMatchObject([{ name: NAME }]);
  expect(keysIn(second)).toEqual(keysIn(first));
  expect(JSON.parse(await readFile(keptFile(second), "utf8"))).toEqual(KEPT);
});

test("a second restore into it is rejected", async () => {
  await expect(script("restore", second)).rejects.toThrow(/not empty/);
});
