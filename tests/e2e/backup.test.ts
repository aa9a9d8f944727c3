/** `npm run backup` and `npm run restore`: afterwards everything is as it was. */
import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { encrypt } from "../../lib/crypto/archive-cipher.ts";
import { WORKER_ARCHIVE_COST } from "../../lib/crypto/scrypt-costs.ts";
import { dumpDatabase, type Query, type Value } from "../../lib/db/dump.ts";
import { openLocalDatabase } from "../../scripts/backup/local-database.ts";
import { databaseFile } from "../../scripts/database-watch.ts";
import { root } from "../../scripts/root.ts";
import { localSecrets } from "../../scripts/secrets.ts";
import { type RunningServer, startServer } from "../../scripts/serve.ts";
import { type FakeUpstream, startFakeUpstream } from "../fake-upstream/start-fake-upstream.ts";
import { AdminApi } from "./admin-api.ts";

// Each run starts Node a dozen times.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const PASSPHRASE = "a passphrase for tests";
const KEYS = Array.from({ length: 450 }, (_, index) => `sk-fake-${index}`);

const run = promisify(execFile);

let folder = "";
let upstream: FakeUpstream;
let appToken = "";
/** Rows of the instance that is backed up, while it is stopped. */
let original: string[] = [];

const dataDir = (name: string) => join(folder, name);
const archive = () => join(folder, "all.backup");

async function serve(name: string): Promise<RunningServer> {
  const { AUTH_KEY, AUTH_SECRET, KEY_ENCRYPTION_SECRET } = await localSecrets(dataDir(name));
  const vars = {
    AUTH_KEY,
    AUTH_SECRET,
    KEY_ENCRYPTION_SECRET,
    AI_GATEWAY_URL: upstream.gatewayUrl,
  };
  return startServer({ port: 0, dataDir: dataDir(name), vars });
}

async function script(name: "backup" | "restore", data: string, ...args: readonly string[]) {
  const env = {
    ...process.env,
    DATA_DIR: dataDir(data),
    BACKUP_PASSPHRASE: PASSPHRASE,
    AUTH_KEY: "",
    KEY_ENCRYPTION_SECRET: "",
  };
  const file = join(root, `scripts/${name}.ts`);
  return run(process.execPath, ["--no-warnings", file, ...args], { env, cwd: root });
}

async function dumpOf(name: string): Promise<string[]> {
  const database = new DatabaseSync(await databaseFile(dataDir(name)));
  const query: Query = async (sql, params = []) =>
    database.prepare(sql).all(...params) as Record<string, Value>[];
  try {
    return await Array.fromAsync(dumpDatabase(query, {}));
  } finally {
    database.close();
  }
}

const chat = (url: string, token: string) =>
  fetch(`${url}/api/openai/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Hello" }],
    }),
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "one-balance-backup-"));
  upstream = await startFakeUpstream({ unknownKey: () => ({ kind: "ok" }) });
  const { AUTH_KEY } = await localSecrets(dataDir("first"));
  const server = await serve("first");
  const admin = new AdminApi(() => server.url, AUTH_KEY);
  await admin.addKeys(
    "openai",
    KEYS.map((key, index) => ({ key, remark: `Zeile ${index} — "é", \u2028 and 'quotes'` })),
  );
  const created = await admin.createToken({ name: "app", providers: ["openai"] });
  appToken = created.token;
  for (let index = 0; index < 20; index++) {
    expect((await chat(server.url, appToken)).status).toBe(200);
  }
  await script("backup", "first", join(folder, "serving.backup"));
  await server.dispose();
  await script("backup", "first", archive());
  original = await dumpOf("first");
}, 120_000);
afterAll(async () => {
  await upstream?.close();
  await rm(folder, { recursive: true, force: true });
});

describe("backup", () => {
  test("is one file for its owner alone, without a readable word in it", async () => {
    const bytes = await readFile(archive());
    expect((await stat(archive())).mode & 0o777).toBe(0o600);
    expect(bytes.subarray(0, 8).toString()).toBe("OBBACKUP");
    for (const word of ["provider_keys", "Zeile", "KEY_ENCRYPTION_SECRET"]) {
      expect(bytes.includes(word)).toBe(false);
    }
  });

  test("writes over no file", async () => {
    await expect(script("backup", "first", archive())).rejects.toThrow(/already exists/);
  });

  test("of a folder without an instance is rejected", async () => {
    await expect(script("backup", "nothing")).rejects.toThrow(/there is no instance in/);
  });
});

describe("restore", () => {
  test("into a wiped folder gives every row back as it was", async () => {
    const { stdout } = await script("restore", "second", archive());
    expect(stdout).toMatch(/^\d+ rows restored\. Start it with `npm start`\.\n$/);
    expect(await dumpOf("second")).toEqual(original);
    expect(original.length).toBeGreaterThan(KEYS.length);
  });

  test("and it serves: the same admin, the same app token, the same keys opened, the same usage", async () => {
    const { AUTH_KEY } = await localSecrets(dataDir("second"));
    const server = await serve("second");
    try {
      const admin = new AdminApi(() => server.url, AUTH_KEY);
      expect(await admin.listKeys()).toHaveLength(KEYS.length);
      expect(await admin.addKeys("openai", KEYS)).toMatchObject({ added: 0, duplicates: 450 });
      upstream.clear();
      expect((await chat(server.url, appToken)).status).toBe(200);
      expect(KEYS).toContain(upstream.requests.at(-1)?.key);
    } finally {
      await server.dispose();
    }
  });

  test("of a backup made while serving works as well", async () => {
    await script("restore", "third", join(folder, "serving.backup"));
    const keysOf = (lines: readonly string[]) => lines.filter((line) => line.includes("Zeile"));
    expect(keysOf(await dumpOf("third")).length).toBe(keysOf(original).length);
  });

  test("of a file that the portal made, which has the secret of the keys alone, serves with a new admin token", async () => {
    const { KEY_ENCRYPTION_SECRET } = await localSecrets(dataDir("first"));
    const { query, close } = await openLocalDatabase(dataDir("first"));
    const file = join(folder, "portal.backup");
    await pipeline(
      Readable.from(dumpDatabase(query, { KEY_ENCRYPTION_SECRET })),
      createGzip(),
      (source: AsyncIterable<Buffer>) => encrypt(source, PASSPHRASE, WORKER_ARCHIVE_COST),
      createWriteStream(file),
    );
    await close();
    await script("restore", "portal", file);
    const { AUTH_KEY } = await localSecrets(dataDir("portal"));
    const server = await serve("portal");
    try {
      expect(await new AdminApi(() => server.url, AUTH_KEY).listKeys()).toHaveLength(KEYS.length);
      expect((await chat(server.url, appToken)).status).toBe(200);
    } finally {
      await server.dispose();
    }
  });

  test("into an instance that has rows is rejected and changes nothing", async () => {
    await expect(script("restore", "first", archive())).rejects.toThrow(/is not empty/);
    expect(await dumpOf("first")).toEqual(original);
  });

  test("of a damaged file, or with another passphrase, makes nothing", async () => {
    const bytes = await readFile(archive());
    const damaged = join(folder, "damaged.backup");
    await writeFile(damaged, bytes.subarray(0, -100));
    await expect(script("restore", "fourth", damaged)).rejects.toThrow(/damaged/);
    await expect(stat(dataDir("fourth"))).rejects.toThrow("ENOENT");
  });
});
