import { z } from "zod";
import { PASSPHRASE_MIN_CHARS } from "./backup-limits";

const password = z.string().min(1).max(200);

export const createBackupInput = z.strictObject({
  password,
  passphrase: z.string().min(PASSPHRASE_MIN_CHARS).max(1_000),
});
export type CreateBackupInput = z.output<typeof createBackupInput>;

export const restoreBackupInput = z.strictObject({
  password,
  passphrase: z.string().min(1).max(1_000),
  file: z.instanceof(Uint8Array),
});
export type RestoreBackupInput = z.output<typeof restoreBackupInput>;
