import Papa from "papaparse";
import { openSealed } from "../../crypto/seal";
import {
  type ListedProviderKey,
  listProviderKeys,
  readSealedKeys,
} from "../../db/keys/provider-keys";
import { runBatch } from "../../db/state/state-version";
import { auditEvent } from "../../db/team/audit-log";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { confirmPassword } from "../team/confirm-password";
import { nameOf, whichOf } from "./audit-provider-keys";
import type { ExportProviderKeysInput } from "./provider-key-schemas";

/** Keys per read. */
const PAGE_SIZE = 500;

const COLUMNS = [
  "id",
  "provider",
  "key",
  "masked",
  "status",
  "remark",
  "weight",
  "priority",
  "quotaDomain",
  "groups",
  "models",
  "concurrentRequests",
  "dailyCostUsd",
  "monthlyCostUsd",
  "createdAt",
  "lastUsedAt",
] as const;

type ExportedKey = { readonly [Column in (typeof COLUMNS)[number]]: string | number | null };

/**
 * The keys that match a filter as a file's text, in pieces, newest first; `readPastedKeys` can read it. The export is
 * logged before the first piece.
 *
 * @throws {ManageError} `not_configured` for secrets without `KEY_ENCRYPTION_SECRET`; as `confirmPassword`.
 */
export async function exportProviderKeys(
  context: ManageContext,
  { filter, format, password }: ExportProviderKeysInput,
): Promise<AsyncGenerator<string>> {
  const { db, actor, nowMs, secrets } = context;
  const withSecrets = password !== undefined;
  if (withSecrets) {
    if (secrets === null)
      throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
    await confirmPassword(context, password, "password");
  }
  const entry = {
    action: withSecrets ? "provider-key.export-secrets" : "provider-key.export",
    subject: { kind: "provider-key", id: null, name: nameOf(filter) },
    after: { ...whichOf(filter), format },
  };
  await runBatch(db, [auditEvent(actor, entry, nowMs())]);
  const pages = readPages(context, filter, withSecrets);
  return format === "csv" ? writeCsv(pages, withSecrets) : writeJson(pages);
}

async function* readPages(
  { db, secrets, nowMs }: ManageContext,
  filter: ExportProviderKeysInput["filter"],
  withSecrets: boolean,
): AsyncGenerator<readonly ExportedKey[]> {
  let beforeId: string | undefined;
  for (;;) {
    const keys = await listProviderKeys(db, { ...filter, beforeId, limit: PAGE_SIZE }, nowMs());
    const ids = keys.map(({ id }) => id);
    const sealed = withSecrets ? await readSealedKeys(db, ids) : [];
    const texts = new Map(
      await Promise.all(
        sealed.map(
          async (key) => [key.id, secrets && (await openSealed(key.sealed, secrets, key))] as const,
        ),
      ),
    );
    yield keys.map((key) => exported(key, texts.get(key.id) ?? null));
    beforeId = ids.at(-1);
    if (keys.length < PAGE_SIZE) return;
  }
}

function exported(key: ListedProviderKey, text: string | null): ExportedKey {
  const { id, provider, masked, status, remark, weight, priority, quotaDomain, models } = key;
  return {
    id,
    provider,
    key: text,
    masked,
    status,
    remark,
    weight,
    priority,
    quotaDomain,
    groups: key.groups?.join(" ") ?? null,
    models: models?.join(" ") ?? null,
    concurrentRequests: key.concurrentRequests,
    dailyCostUsd: key.dailyCostUsd,
    monthlyCostUsd: key.monthlyCostUsd,
    createdAt: new Date(key.createdAtMs).toISOString(),
    lastUsedAt: key.lastUsedAtMs === null ? null : new Date(key.lastUsedAtMs).toISOString(),
  };
}

async function* writeCsv(
  pages: AsyncIterable<readonly ExportedKey[]>,
  withSecrets: boolean,
): AsyncGenerator<string> {
  const columns = COLUMNS.filter((column) => withSecrets || column !== "key");
  const options = { newline: "\r\n" };
  yield `${columns.join()}\r\n`;
  for await (const keys of pages) {
    if (keys.length === 0) continue;
    const rows = keys.map((key) => columns.map((column) => plain(column, key[column])));
    yield `${Papa.unparse(rows, options)}\r\n`;
  }
}

/** Spreadsheets interpret a text that begins like a formula as one; a key must stay unchanged. */
function plain(column: keyof ExportedKey, value: string | number | null): string | number | null {
  const mayBeFormula = column !== "key" && typeof value === "string" && /^[=+\-@\t\r]/.test(value);
  return mayBeFormula ? `'${value}` : value;
}

async function* writeJson(pages: AsyncIterable<readonly ExportedKey[]>): AsyncGenerator<string> {
  let separator = "[\n";
  for await (const keys of pages) {
    for (const { key, ...same } of keys) {
      yield separator + JSON.stringify(key === null ? same : { key, ...same });
      separator = ",\n";
    }
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}
