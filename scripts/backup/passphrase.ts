import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { ExpectedError } from "../expected-error.ts";

/** Shorter ones can be brute-forced. */
const LENGTH_MIN = 12;

/**
 * `BACKUP_PASSPHRASE`, or what is typed, without echo, if there is a terminal.
 * @param isNew Whether it is being chosen: then it must be long enough, and is prompted for twice.
 */
export async function readPassphrase(isNew: boolean): Promise<string> {
  const given = process.env.BACKUP_PASSPHRASE;
  if (!given && !process.stdin.isTTY) {
    throw new ExpectedError("set BACKUP_PASSPHRASE to the passphrase of the backup");
  }
  const passphrase = given || (await ask("Passphrase of the backup: "));
  if (!isNew) return passphrase;
  if (passphrase.length < LENGTH_MIN) {
    throw new ExpectedError(`the passphrase must have ${LENGTH_MIN} characters or more`);
  }
  if (!given && (await ask("Once more: ")) !== passphrase) {
    throw new ExpectedError("these were two different passphrases");
  }
  return passphrase;
}

async function ask(question: string): Promise<string> {
  process.stdout.write(question);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true });
  try {
    return await lines.question("");
  } finally {
    lines.close();
    process.stdout.write("\n");
  }
}
