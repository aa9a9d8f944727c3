import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ExpectedError } from "./expected-error.ts";
import { localSecrets } from "./secrets.ts";

let parent = "";
let dataDir = "";

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "one-balance-secrets-"));
  dataDir = join(parent, "data");
});

afterEach(() => rm(parent, { recursive: true }));

test("secrets are made once, and for their owner's eyes alone", async () => {
  const made = await localSecrets(dataDir);
  expect(await localSecrets(dataDir)).toEqual(made);
  expect(new Set(Object.values(made)).size).toBe(3);
  for (const secret of Object.values(made)) expect(secret).toMatch(/^[\w-]{43,}$/);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  expect((await stat(join(dataDir, "secrets.json"))).mode & 0o777).toBe(0o600);
});

test("what a restored folder lacks is made, and what it has is kept", async () => {
  const { KEY_ENCRYPTION_SECRET } = await localSecrets(dataDir);
  const file = join(dataDir, "secrets.json");
  await writeFile(file, JSON.stringify({ KEY_ENCRYPTION_SECRET }));
  const secrets = await localSecrets(dataDir);
  expect(secrets.KEY_ENCRYPTION_SECRET).toBe(KEY_ENCRYPTION_SECRET);
  expect(secrets.AUTH_KEY).toMatch(/^ob-[\w-]{43,}$/);
  expect(await localSecrets(dataDir)).toEqual(secrets);
});

/** They are the only way to decrypt the stored provider keys. */
test("a damaged file is reported and never replaced", async () => {
  await localSecrets(dataDir);
  const file = join(dataDir, "secrets.json");
  for (const damage of ["{", "null", '{"AUTH_KEY": "k"}', '{"KEY_ENCRYPTION_SECRET": 1}']) {
    await writeFile(file, damage);
    await expect(localSecrets(dataDir)).rejects.toThrow(ExpectedError);
    expect(await readFile(file, "utf8")).toBe(damage);
  }
});

test("a data folder that can't be created is reported with its path", async () => {
  const file = join(parent, "file");
  await writeFile(file, "");
  await expect(localSecrets(file)).rejects.toThrow(`DATA_DIR ${file} cannot be used`);
});
