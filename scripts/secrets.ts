import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ExpectedError } from "./expected-error.ts";

/** Created once for a data folder and stored there, for people who don't set their own. */
export interface LocalSecrets {
  readonly AUTH_SECRET: string;
  readonly KEY_ENCRYPTION_SECRET: string;
  /** One unrestricted access token, which is therefore also an admin token. */
  readonly AUTH_KEY: string;
}

/** Opens the set-up page during one start, while there is no admin; so it isn't stored. */
export function newSetupToken(): string {
  return randomBytes(32).toString("base64url");
}

/** The one-time link that creates the first admin. */
export function setupUrl(url: string, token: string): string {
  return `${url}/setup?token=${token}`;
}

/** Reads the secrets of a data folder, or creates them (file mode 600, folder 700). */
export async function localSecrets(dataDir: string): Promise<LocalSecrets> {
  const file = join(dataDir, "secrets.json");
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    const kept = text === null ? {} : parseSecrets(text, file);
    const secrets: LocalSecrets = {
      AUTH_SECRET: randomBytes(32).toString("base64url"),
      KEY_ENCRYPTION_SECRET: randomBytes(32).toString("base64url"),
      AUTH_KEY: `ob-${randomBytes(32).toString("base64url")}`,
      ...kept,
    };
    if (Object.keys(secrets).every((name) => name in kept)) return secrets;
    // Renamed into place: a half-written file would lose the only secret that decrypts the stored provider keys.
    await writeFile(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
    return secrets;
  } catch (error) {
    if (error instanceof ExpectedError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExpectedError(`DATA_DIR ${dataDir} cannot be used: ${reason}`);
  }
}

function parseSecrets(text: string, file: string): KeptSecrets {
  const broken = new ExpectedError(
    `${file} is damaged; restore it, or move it away to start from scratch`,
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken;
  }
  if (!isKept(value)) throw broken;
  return value;
}

/** The portal's backups contain only the provider keys' secret, which can never be recreated. */
type KeptSecrets = Pick<LocalSecrets, "KEY_ENCRYPTION_SECRET"> & Partial<LocalSecrets>;

function isKept(value: unknown): value is KeptSecrets {
  return (
    typeof value === "object" &&
    value !== null &&
    "KEY_ENCRYPTION_SECRET" in value &&
    Object.values(value).every((secret) => typeof secret === "string")
  );
}
