/**
 * The encryption of backups: a passphrase through scrypt (RFC 7914) to a key for AES-256-GCM, in segments, so that an
 * archive of any size is written and read as a stream and yet no byte is trusted unchecked.
 *
 *     "OBBACKUP" | version 1 | log2(N) | r | p | 16 bytes salt | 7 bytes nonce prefix | segments
 *
 * A segment is up to 64 KiB of text encrypted, and 16 bytes of tag. Its nonce is the prefix, its number (4 bytes) and 1
 * for the last, otherwise 0 (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): segments can't
 * be omitted, reordered or truncated. The header is authenticated with each.
 * @module
 */
import {
  createCipheriv,
  createDecipheriv,
  randomBytes,
  type ScryptOptions,
  scrypt,
} from "node:crypto";
// With their extensions, as in lib/db/dump.ts: the scripts run these files directly.
import { BackupError } from "./backup-error.ts";
import { ARCHIVE_COST, type ScryptCost } from "./scrypt-costs.ts";

const MAGIC = Buffer.from("OBBACKUP");
const VERSION = 1;
const SALT_BYTES = 16;
const PREFIX_BYTES = 7;
const HEADER_BYTES = MAGIC.length + 4 + SALT_BYTES + PREFIX_BYTES;
const SEGMENT_BYTES = 65_536;
const TAG_BYTES = 16;

/** An archive that requires more isn't ours, or is meant to exhaust memory. */
const LOG_N_MAX = 20;
const P_MAX = 5;

/** @param cost Of guessing the passphrase. */
export async function* encrypt(
  chunks: AsyncIterable<Uint8Array>,
  passphrase: string,
  cost = ARCHIVE_COST,
): AsyncGenerator<Buffer> {
  const { logN, r, p } = cost;
  const salt = randomBytes(SALT_BYTES);
  const prefix = randomBytes(PREFIX_BYTES);
  const header = Buffer.concat([MAGIC, Buffer.from([VERSION, logN, r, p]), salt, prefix]);
  const key = await deriveKey(passphrase, salt, cost);
  yield header;
  let index = 0;
  for await (const { segment, isLast } of segmentsOf(chunks, SEGMENT_BYTES)) {
    const cipher = createCipheriv("aes-256-gcm", key, nonce(prefix, index++, isLast));
    cipher.setAAD(header);
    yield Buffer.concat([cipher.update(segment), cipher.final(), cipher.getAuthTag()]);
  }
}

/**
 * @param logNMax The most that an archive may require.
 * @throws {BackupError} if it isn't an archive, the passphrase is wrong, or any byte was changed or is missing.
 */
export async function* decrypt(
  chunks: AsyncIterable<Uint8Array>,
  passphrase: string,
  logNMax = LOG_N_MAX,
): AsyncGenerator<Buffer> {
  const reader = chunks[Symbol.asyncIterator]();
  const { head: header, rest } = await readHead(reader, HEADER_BYTES);
  if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new BackupError("this is no backup of One Balance");
  }
  const [version = 0, logN = 0, r = 0, p = 0] = header.subarray(MAGIC.length);
  if (version !== VERSION) throw new BackupError("the backup was made by a newer version");
  if (logN > LOG_N_MAX || r !== ARCHIVE_COST.r || p > P_MAX) {
    throw new BackupError("the backup is damaged: its header makes no sense");
  }
  if (logN > logNMax) {
    throw new BackupError("it takes more memory to open this backup than there is", "too_heavy");
  }
  const salt = header.subarray(MAGIC.length + 4, HEADER_BYTES - PREFIX_BYTES);
  const prefix = header.subarray(HEADER_BYTES - PREFIX_BYTES);
  const key = await deriveKey(passphrase, salt, { logN, r, p });
  let index = 0;
  for await (const { segment, isLast } of segmentsOf(rest, SEGMENT_BYTES + TAG_BYTES)) {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce(prefix, index++, isLast));
    decipher.setAAD(header);
    const end = Math.max(0, segment.length - TAG_BYTES);
    try {
      decipher.setAuthTag(segment.subarray(end));
      yield Buffer.concat([decipher.update(segment.subarray(0, end)), decipher.final()]);
    } catch {
      throw new BackupError(
        index === 1
          ? "the passphrase is wrong, or the backup is damaged"
          : "the backup is damaged or was cut off",
      );
    }
  }
}

function deriveKey(passphrase: string, salt: Buffer, { logN, r, p }: ScryptCost): Promise<Buffer> {
  const N = 2 ** logN;
  const options: ScryptOptions = { N, r, p, maxmem: 2 * 128 * N * r };
  return new Promise((resolve, reject) => {
    // Two keyboards may encode the same passphrase differently.
    scrypt(passphrase.normalize("NFC"), salt, 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

function nonce(prefix: Buffer, index: number, isLast: boolean): Buffer {
  const counter = Buffer.alloc(5);
  counter.writeUInt32BE(index);
  counter.writeUInt8(isLast ? 1 : 0, 4);
  return Buffer.concat([prefix, counter]);
}

/** Segments of `size` bytes, the last with the rest: at least one, and only the first may be empty. */
async function* segmentsOf(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ readonly segment: Buffer; readonly isLast: boolean }> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    // More than `size`: so there is a later segment.
    if (bytes <= size) continue;
    const all = Buffer.concat(held);
    let start = 0;
    for (; all.length - start > size; start += size) {
      yield { segment: all.subarray(start, start + size), isLast: false };
    }
    held = [all.subarray(start)];
    bytes = all.length - start;
  }
  yield { segment: Buffer.concat(held), isLast: true };
}

async function readHead(
  reader: AsyncIterator<Uint8Array>,
  size: number,
): Promise<{ readonly head: Buffer; readonly rest: AsyncIterable<Uint8Array> }> {
  let held = Buffer.alloc(0);
  while (held.length < size) {
    const { value, done } = await reader.next();
    if (done) break;
    held = Buffer.concat([held, value]);
  }
  async function* rest() {
    yield held.subarray(size);
    for (let next = await reader.next(); !next.done; next = await reader.next()) yield next.value;
  }
  return { head: held.subarray(0, size), rest: rest() };
}
