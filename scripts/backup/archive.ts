/**
 * The file of a backup: a dump, compressed and encrypted.
 * @module
 */
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { decrypt, encrypt } from "../../lib/crypto/archive-cipher.ts";
import { type DumpHead, splitLines } from "../../lib/db/dump.ts";
import { ExpectedError } from "../expected-error.ts";

/** Writes the lines; the file gets its name only once it is complete. */
export async function writeArchive(
  file: string,
  lines: AsyncIterable<string>,
  passphrase: string,
): Promise<void> {
  const unfinished = `${file}.part`;
  try {
    await pipeline(
      Readable.from(lines),
      createGzip(),
      (source: AsyncIterable<Buffer>) => encrypt(source, passphrase),
      createWriteStream(unfinished, { flags: "w", mode: 0o600 }),
    );
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

export interface Archive {
  readonly head: DumpHead;
  /** All lines after the header. May be read repeatedly. */
  lines(): AsyncIterable<string>;
}

/**
 * Opens a complete archive: it is read to its end before anything is trusted.
 * @throws {ExpectedError} if the file doesn't exist, the passphrase is wrong or the archive damaged.
 */
export async function openArchive(file: string, passphrase: string): Promise<Archive> {
  let head: DumpHead | undefined;
  for await (const text of linesOf(file, passphrase)) head ??= JSON.parse(text);
  if (head?.format !== 1) throw new ExpectedError("the backup was made by a newer version");
  return {
    head,
    async *lines() {
      let isHead = true;
      for await (const text of linesOf(file, passphrase)) {
        if (!isHead) yield text;
        isHead = false;
      }
    },
  };
}

async function* linesOf(file: string, passphrase: string): AsyncGenerator<string> {
  const unzipped = createGunzip();
  const reading = pipeline(
    createReadStream(file),
    (source: AsyncIterable<Buffer>) => decrypt(source, passphrase),
    unzipped,
  );
  // The loop below reports it as well, but perhaps only after this is noticed.
  reading.catch(() => undefined);
  try {
    yield* splitLines(unzipped.setEncoding("utf8"));
    await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new ExpectedError(`${file} is not there`);
    }
    throw error;
  }
}
