/**
 * The secrets of a deployment: which are set, and where they are stored.
 *
 * Cloudflare's secrets can't be read back, and without `KEY_ENCRYPTION_SECRET` the stored provider keys are lost. So
 * secrets created here are stored in `.deploy/` before they are sent anywhere, and none is ever replaced unless a new
 * value is given; the encryption secret only by one that still decrypts what is stored.
 * @module
 */
import { hkdfSync, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ExpectedError } from "../expected-error.ts";
import { root } from "../root.ts";
import type { Journal } from "./journal.ts";

type Secrets = Readonly<Record<string, string>>;

/** Created if they are neither given nor there. */
const MAKERS: Readonly<Record<string, () => string>> = {
  AUTH_SECRET: newSecret,
  KEY_ENCRYPTION_SECRET: newSecret,
  AUTH_KEY: () => `ob-${newSecret()}`,
};

/** Set if they are given, and stored too. */
const KEPT_IF_GIVEN = ["KEY_ENCRYPTION_SECRET_PREVIOUS"];

const PUT_IF_GIVEN = [
  ...KEPT_IF_GIVEN,
  "AI_GATEWAY_TOKEN",
  "ALERT_WEBHOOK_URL",
  "ALERT_WEBHOOK_SECRET",
  "ALERT_MAIL_KEY",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "GITHUB_ID",
  "GITHUB_SECRET",
  "GOOGLE_ID",
  "GOOGLE_SECRET",
  "OIDC_ID",
  "OIDC_SECRET",
];

export interface KnownSecrets {
  /** From the environment. */
  readonly given: Secrets;
  /** From `.deploy/`. */
  readonly kept: Secrets;
  /** Names of those that the deployment has. */
  readonly deployed: ReadonlySet<string>;
  readonly hasAdmin: boolean;
  /** Ids of the secrets that encrypt stored provider keys. */
  readonly secretIds: readonly string[];
}

export interface SecretPlan {
  readonly put: Secrets;
  readonly keep: Secrets;
}

/** @throws {ExpectedError} if the stored provider keys would be lost. */
export function planSecrets({
  given,
  kept,
  deployed,
  hasAdmin,
  secretIds,
}: KnownSecrets): SecretPlan {
  const put: Record<string, string> = {};
  const keptOpensAll = opensAll(secretIds, kept.KEY_ENCRYPTION_SECRET);
  for (const [name, make] of Object.entries(MAKERS)) {
    // A restored secret is set even if the deployment has another, because only that one decrypts the keys.
    const isLeft = deployed.has(name) && !(name === "KEY_ENCRYPTION_SECRET" && keptOpensAll);
    const value = given[name] ?? (isLeft ? undefined : (kept[name] ?? make()));
    if (value !== undefined) put[name] = value;
  }
  for (const name of PUT_IF_GIVEN) {
    if (given[name] !== undefined) put[name] = given[name];
  }
  checkStoredKeysOpen(put, secretIds);
  const keep: Record<string, string> = { ...kept };
  for (const name of [...Object.keys(MAKERS), ...KEPT_IF_GIVEN]) {
    if (put[name] !== undefined) keep[name] = put[name];
  }
  // Each deployment without an admin creates its own link; it isn't needed later.
  if (!hasAdmin) put.SETUP_TOKEN = newSecret();
  return { put, keep };
}

/** Whether there are stored keys and the secret decrypts them all. */
function opensAll(secretIds: readonly string[], secret: string | undefined): boolean {
  if (secret === undefined || secretIds.length === 0) return false;
  return secretIds.every((id) => id === secretId(secret));
}

function checkStoredKeysOpen(put: Secrets, secretIds: readonly string[]): void {
  if (put.KEY_ENCRYPTION_SECRET === undefined) return;
  const known = [put.KEY_ENCRYPTION_SECRET, put.KEY_ENCRYPTION_SECRET_PREVIOUS]
    .filter((secret) => secret !== undefined)
    .map(secretId);
  if (secretIds.every((id) => known.includes(id))) return;
  throw new ExpectedError(
    "the database holds provider keys sealed under another KEY_ENCRYPTION_SECRET, which would be lost. " +
      "Set KEY_ENCRYPTION_SECRET to the one they were sealed under; to change it, set that one as " +
      "KEY_ENCRYPTION_SECRET_PREVIOUS beside the new one.",
  );
}

/** The `keyId` of `lib/crypto/derived-keys.ts`. */
export function secretId(secret: string): string {
  const bits = hkdfSync("sha256", secret, "", "one-balance/v1/key id", 6);
  return Buffer.from(bits).toString("base64url");
}

function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * The file with the secrets of a deployment, relative to the root; a Worker and a Pages project share it with their
 * database.
 */
export function keptSecretsFile(accountId: string, name: string): string {
  return join(".deploy", `${accountId}-${name}.json`);
}

export async function readKeptSecrets(file: string): Promise<Secrets> {
  try {
    return JSON.parse(await readFile(join(root, file), "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw new ExpectedError(
      `${file} cannot be read; restore it, or move it away: ${String(error)}`,
    );
  }
}

export async function keepSecrets(file: string, secrets: Secrets): Promise<void> {
  const path = join(root, file);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Renamed into place: a half-written file would lose the only copy.
  await writeFile(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/**
 * Passes `use` a file with the secrets as JSON, for wrangler, which is deleted afterwards; only its name in a dry run.
 */
export async function withSecretsFile(
  journal: Journal,
  secrets: Secrets,
  use: (file: string) => Promise<void>,
): Promise<void> {
  if (journal.isDryRun) return use("{temporary file}");
  const folder = await mkdtemp(join(tmpdir(), "one-balance-secrets-"));
  try {
    const file = join(folder, "secrets.json");
    await writeFile(file, JSON.stringify(secrets), { mode: 0o600 });
    await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
