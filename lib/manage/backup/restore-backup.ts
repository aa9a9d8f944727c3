/**
 * Restores a backup into an instance that has nothing of its own yet.
 *
 * The file is read to its end before anything is written, so a damaged one changes nothing. Rows are unchanged, with
 * two exceptions: a provider key encrypted with another instance's secret is re-encrypted and gets a new fingerprint,
 * because a running deployment can't change its secret; and rows count as changed now, so that every isolate learns
 * about them.
 * @module
 */
import { decrypt } from "../../crypto/archive-cipher";
import { BackupError } from "../../crypto/backup-error";
import { fingerprintKey } from "../../crypto/fingerprint";
import { WORKER_ARCHIVE_COST } from "../../crypto/scrypt-costs";
import {
  openSealed,
  SealError,
  type SealedPlace,
  type SealingSecrets,
  sealKey,
} from "../../crypto/seal";
import { sealedAgain } from "../../crypto/sealed-again";
import {
  appliedMigrations,
  type ChangeRows,
  type DumpHead,
  loadRows,
  splitLines,
  type Value,
} from "../../db/dump";
import { beginRestore, endRestore, queryOf, readOccupancy } from "../../db/restore-target";
import { auditEvent } from "../../db/team/audit-log";
import { SEALED_SETTINGS } from "../../db/team/settings";
import { piecesOf, streamOf } from "../../http/byte-stream";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { confirmPassword } from "../team/confirm-password";
import type { RestoreBackupInput } from "./backup-schemas";

/**
 * May be called again with the same file after an interruption.
 * @returns The number of restored rows.
 * @throws {ManageError} `conflict` for an instance that has rows; `invalid_input` for a file that can't be read or is
 * from another version; `not_configured` without `KEY_ENCRYPTION_SECRET`; as `confirmPassword`.
 */
export async function restoreBackup(
  context: ManageContext,
  { password, passphrase, file }: RestoreBackupInput,
): Promise<{ readonly rows: number }> {
  const { db, actor, nowMs, secrets } = context;
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  await confirmPassword(context, password, "password");
  if ((await readOccupancy(db)) === "occupied") {
    throw new ManageError("conflict", "this instance is not empty: restore into a new one");
  }
  const query = queryOf(db);
  try {
    const packed = await Array.fromAsync(
      decrypt(chunks([file]), passphrase, WORKER_ARCHIVE_COST.logN),
    );
    const head = await readWhole(packed);
    assertSameVersion(head, await appliedMigrations(query));
    const version = 1 + (await beginRestore(db, nowMs()));
    const change = changes(version, secretsOf(head), secrets);
    const lines = linesOf(packed);
    await lines.next();
    const rows = await loadRows(query, lines, change);
    const subject = { kind: "backup", id: null, name: "backup" };
    const entry = { action: "backup.restore", subject, after: { rows } };
    // The backup may contain the acting member too, under another id.
    const { role: _, ...restorer } = actor;
    await endRestore(db, auditEvent(restorer, entry, nowMs()));
    return { rows };
  } catch (error) {
    throw error instanceof BackupError ? unusable(error.reason, error.message) : error;
  }
}

async function* chunks(of: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* of;
}

async function* linesOf(packed: readonly Uint8Array[]): AsyncGenerator<string> {
  const texts = streamOf(chunks(packed))
    .pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(new TextDecoderStream());
  yield* splitLines(piecesOf(texts));
}

/** Reads to the end, because only there it shows whether something is missing. */
async function readWhole(packed: readonly Uint8Array[]): Promise<DumpHead> {
  let head: DumpHead | undefined;
  for await (const line of linesOf(packed)) head ??= JSON.parse(line);
  if (head?.format !== 1) throw unusable("newer", "the backup was made by a newer version");
  return head;
}

function assertSameVersion({ migrations }: DumpHead, applied: readonly string[]): void {
  if (migrations.join() === applied.join()) return;
  throw migrations.length > applied.length
    ? unusable("newer", "the backup was made by a newer version: upgrade first")
    : unusable("older", "the backup was made by an earlier version: use npm run restore");
}

function secretsOf({ secrets }: DumpHead): SealingSecrets {
  const { KEY_ENCRYPTION_SECRET: current, KEY_ENCRYPTION_SECRET_PREVIOUS: previous } = secrets;
  if (!current) throw unusable("unreadable", "the backup lacks the secret of its provider keys");
  return { current, previous: previous || null };
}

/** @param version Newer than any isolate knows. */
function changes(version: number, from: SealingSecrets, to: SealingSecrets): ChangeRows {
  const opensAll =
    from.current === to.current && (from.previous === null || from.previous === to.previous);
  return (table, columns) => {
    const at = (name: string) => columns.indexOf(name);
    const place = at("version");
    // The state's own row continues from the backup's; its rows count as changed.
    const isState = table === "state_version";
    const versioned = (row: readonly Value[]) =>
      row.with(place, isState ? Math.max(version, Number(row[place])) : version);
    if (place === -1) return null;
    if (opensAll) return versioned;
    if (table === "settings") {
      return async (row) => {
        const { name, value } = { name: row[at("name")], value: String(row[at("value")]) };
        return versioned(row).with(at("value"), await settingAgain(name, value));
      };
    }
    if (table !== "provider_keys") return versioned;
    return async (row) => {
      const sealed = await keyAgain(String(row[at("sealed")]), {
        id: String(row[at("id")]),
        provider: String(row[at("provider")]),
      });
      return sealed === null
        ? versioned(row)
        : versioned(row)
            .with(at("sealed"), sealed.seal)
            .with(at("fingerprint"), sealed.fingerprint);
    };
  };

  /** A section of the settings, as JSON, with its secrets sealed again. */
  async function settingAgain(name: Value | undefined, value: string): Promise<string> {
    const secrets = SEALED_SETTINGS.filter(({ section }) => section === name);
    if (secrets.length === 0) return value;
    const fields: Readonly<Record<string, unknown>> = JSON.parse(value);
    const again: Record<string, string> = {};
    for (const { field, place } of secrets) {
      const sealed = fields[field];
      if (typeof sealed !== "string" || sealed === "") continue;
      const text = await sealedAgain(sealed, from, to.current, place);
      if (text !== null) again[field] = text;
    }
    return Object.keys(again).length === 0 ? value : JSON.stringify({ ...fields, ...again });
  }

  /** Null for a key that couldn't be decrypted before either. */
  async function keyAgain(sealed: string, place: SealedPlace) {
    try {
      const text = await openSealed(sealed, from, place);
      const [seal, fingerprint] = await Promise.all([
        sealKey(text, to.current, place),
        fingerprintKey(place.provider, text, to.current),
      ]);
      return { seal, fingerprint };
    } catch (error) {
      if (error instanceof SealError) return null;
      throw error;
    }
  }
}

type Unusable = BackupError["reason"] | "newer" | "older";

function unusable(reason: Unusable, message: string): ManageError {
  return new ManageError("invalid_input", message, [{ path: `file.${reason}`, message }]);
}
