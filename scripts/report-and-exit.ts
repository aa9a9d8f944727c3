import { BackupError } from "../lib/crypto/backup-error.ts";
import { ExpectedError } from "./expected-error.ts";

/** Ends the process with exit code 1: one line for an expected error, the stack for a bug. */
export function reportAndExit(error: unknown): never {
  const isExpected = error instanceof ExpectedError || error instanceof BackupError;
  if (isExpected) console.error(`one-balance: ${error.message}`);
  else console.error(error);
  process.exit(1);
}
