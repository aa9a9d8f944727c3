import { encrypt } from "../../crypto/archive-cipher";
import { WORKER_ARCHIVE_COST } from "../../crypto/scrypt-costs";
import { dumpDatabase } from "../../db/dump";
import { queryOf } from "../../db/restore-target";
import { runBatch } from "../../db/state/state-version";
import { auditEvent } from "../../db/team/audit-log";
import { piecesOf } from "../../http/byte-stream";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { confirmPassword } from "../team/confirm-password";
import type { CreateBackupInput } from "./backup-schemas";

/**
 * The whole instance as an encrypted file, in pieces, for `npm run restore` and `restoreBackup`. Of the secrets it
 * contains those that decrypt the provider keys. It is logged before the first piece.
 * @throws {ManageError} `not_configured` without `KEY_ENCRYPTION_SECRET`; as `confirmPassword`.
 */
export async function createBackup(
  context: ManageContext,
  { password, passphrase }: CreateBackupInput,
): Promise<AsyncGenerator<Uint8Array>> {
  const { db, actor, nowMs, secrets } = context;
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  await confirmPassword(context, password, "password");
  const subject = { kind: "backup", id: null, name: "backup" };
  await runBatch(db, [auditEvent(actor, { action: "backup.create", subject }, nowMs())]);
  const lines = dumpDatabase(queryOf(db), {
    KEY_ENCRYPTION_SECRET: secrets.current,
    ...(secrets.previous !== null && { KEY_ENCRYPTION_SECRET_PREVIOUS: secrets.previous }),
  });
  return encrypt(gzip(lines), passphrase, WORKER_ARCHIVE_COST);
}

function gzip(lines: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const { readable, writable } = new CompressionStream("gzip");
  const writer = writable.getWriter();
  const bytes = new TextEncoder();
  async function write() {
    for await (const line of lines) await writer.write(bytes.encode(line));
    await writer.close();
  }
  // The reader gets the error.
  write().catch((error: unknown) => writer.abort(error).catch(() => undefined));
  return piecesOf(readable);
}
