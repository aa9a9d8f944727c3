/**
 * Stored passwords: scrypt, with its parameters next to the hash in PHC format, `$scrypt$ln=14,r=8,p=5$<salt>$<hash>`
 * (base64 without padding).
 *
 * @see https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
 * @module
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { PASSWORD_COST as COST, type ScryptCost } from "./scrypt-costs";

/** The most that a stored hash may require: with more, it isn't ours. */
const MAX_COST: ScryptCost = { logN: 16, r: 8, p: 10 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** A hash of no password: hashing against it takes as long as against a real one. */
const DUMMY_HASH = `$scrypt$ln=${COST.logN},r=${COST.r},p=${COST.p}$${"A".repeat(22)}$${"A".repeat(43)}`;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  return `$scrypt$ln=${COST.logN},r=${COST.r},p=${COST.p}$${toText(salt)}$${toText(hash)}`;
}

/**
 * Whether the password is the stored one. Without a stored hash the answer is no, after the same work.
 * @throws {Error} if the stored text isn't a hash.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const { cost, salt, hash } = parse(stored ?? DUMMY_HASH);
  const isEqual = timingSafeEqual(await derive(password, salt, cost), hash);
  return isEqual && stored !== null;
}

/** Whether the hash was made with other parameters than today's. */
export function needsRehash(stored: string): boolean {
  const { logN, r, p } = parse(stored).cost;
  return logN !== COST.logN || r !== COST.r || p !== COST.p;
}

function parse(stored: string) {
  const [, ln, r, p, salt, hash] =
    /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) throw new Error("not a password hash");
  const cost = { logN: Number(ln), r: Number(r), p: Number(p) };
  if (cost.logN > MAX_COST.logN || cost.r > MAX_COST.r || cost.p > MAX_COST.p) {
    throw new Error("a password hash with parameters that are not ours");
  }
  return { cost, salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64") };
}

/** Unicode forms of one text are one password (RFC 8265). */
function derive(password: string, salt: Buffer, { logN, r, p }: ScryptCost): Promise<Buffer> {
  const N = 2 ** logN;
  // Node counts slightly more than the algorithm's 128 * N * r bytes.
  const options = { N, r, p, maxmem: 2 * 128 * N * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFC"), salt, HASH_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function toText(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
