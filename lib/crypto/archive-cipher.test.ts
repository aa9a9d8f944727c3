import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decrypt, encrypt } from "./archive-cipher";
import { BackupError } from "./backup-error";
import { WORKER_ARCHIVE_COST } from "./scrypt-costs";

const PASSPHRASE = "correct horse battery staple";
const HEADER_BYTES = 35;
const SEALED_SEGMENT_BYTES = 65_536 + 16;

async function* inPieces(bytes: Buffer, size: number) {
  for (let start = 0; start < bytes.length; start += size)
    yield bytes.subarray(start, start + size);
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** The format is the same at any cost. */
const CHEAP = { logN: 10, r: 8, p: 1 };

const seal = (text: Buffer, piece = 10_000) =>
  whole(encrypt(inPieces(text, piece), PASSPHRASE, CHEAP));
const open = (archive: Buffer, passphrase = PASSPHRASE, piece = 10_000) =>
  whole(decrypt(inPieces(archive, piece), passphrase));

describe("a backup's encryption", () => {
  test.each([0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])(
    "%d bytes come back as they were, whatever pieces they are read in",
    async (bytes) => {
      const text = randomBytes(bytes);
      const archive = await seal(text, 7_000);
      for (const piece of [13, 65_536, 1_000_000]) {
        if (piece === 13 && bytes > 70_000) continue;
        expect((await open(archive, PASSPHRASE, piece)).equals(text)).toBe(true);
      }
      const segments = Math.max(1, Math.ceil(bytes / 65_536));
      expect(archive.length).toBe(HEADER_BYTES + bytes + segments * 16);
    },
  );

  test("the same text gives another archive each time", async () => {
    const text = Buffer.from("the same");
    expect((await seal(text)).equals(await seal(text))).toBe(false);
  });

  test("by default a guess costs 128 MiB", async () => {
    const archive = await whole(encrypt(inPieces(Buffer.alloc(0), 1), PASSPHRASE));
    expect([...archive.subarray(9, 12)]).toEqual([17, 8, 1]);
  });

  test("made within a Worker it opens everywhere, made elsewhere not within a Worker", async () => {
    const text = Buffer.from("text");
    const light = await whole(encrypt(inPieces(text, 10), PASSPHRASE, WORKER_ARCHIVE_COST));
    expect((await open(light)).equals(text)).toBe(true);
    const heavy = await whole(encrypt(inPieces(text, 10), PASSPHRASE));
    const within = whole(decrypt(inPieces(heavy, 10), PASSPHRASE, WORKER_ARCHIVE_COST.logN));
    await expect(within).rejects.toMatchObject({ reason: "too_heavy" });
  });

  test("another passphrase opens nothing", async () => {
    const archive = await seal(randomBytes(100));
    await expect(open(archive, "wrong")).rejects.toThrow("the passphrase is wrong");
  });

  test("a passphrase is the same however its accents are written", async () => {
    const text = Buffer.from("text");
    const archive = await whole(encrypt(inPieces(text, 10), "caf\u00e9", CHEAP));
    expect((await open(archive, "cafe\u0301")).equals(text)).toBe(true);
  });

  test("any changed, missing, doubled or moved part is noticed", async () => {
    const archive = await seal(randomBytes(150_000));
    const first = archive.subarray(HEADER_BYTES, HEADER_BYTES + SEALED_SEGMENT_BYTES);
    const second = archive.subarray(
      HEADER_BYTES + SEALED_SEGMENT_BYTES,
      HEADER_BYTES + 2 * SEALED_SEGMENT_BYTES,
    );
    const header = archive.subarray(0, HEADER_BYTES);
    const last = archive.subarray(HEADER_BYTES + 2 * SEALED_SEGMENT_BYTES);
    const flipped = (at: number) => {
      const copy = Buffer.from(archive);
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
      return copy;
    };
    for (const damaged of [
      flipped(20),
      flipped(HEADER_BYTES),
      flipped(archive.length - 1),
      Buffer.concat([header, first, second]),
      Buffer.concat([header, first, last]),
      Buffer.concat([header, second, first, last]),
      Buffer.concat([header, first, first, second, last]),
      Buffer.concat([archive, first]),
      archive.subarray(0, -1),
      header,
    ]) {
      await expect(open(damaged)).rejects.toThrow(BackupError);
    }
  });

  test("what is no archive, or a later one, is said so before any work", async () => {
    await expect(open(Buffer.from("PK\u0003\u0004 something else"))).rejects.toThrow("no backup");
    await expect(open(Buffer.alloc(0))).rejects.toThrow("no backup");
    const newer = await seal(Buffer.from("x"));
    newer.writeUInt8(2, 8);
    await expect(open(newer)).rejects.toThrow("newer version");
    const greedy = await seal(Buffer.from("x"));
    greedy.writeUInt8(40, 9);
    await expect(open(greedy)).rejects.toThrow("damaged");
  });
});
