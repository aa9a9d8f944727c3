import Papa from "papaparse";
import type { AuditRow } from "../../db/schema/team-schema";
import { runBatch } from "../../db/state/state-version";
import { auditEvent } from "../../db/team/audit-log";
import type { ManageContext } from "../manage-context";
import type { AuditFilterInput } from "./audit-schemas";
import { readAllAuditEntries } from "./list-audit-entries";

export type AuditFormat = "csv" | "json";

/**
 * The text of all entries that match a filter, newest first, in chunks as they are read; the export itself is logged
 * too.
 */
export async function exportAuditEntries(
  context: ManageContext,
  filter: AuditFilterInput,
  format: AuditFormat,
): Promise<AsyncGenerator<string>> {
  const { db, actor, nowMs } = context;
  const subject = { kind: "audit-log", id: null, name: format };
  const entry = { action: "audit-log.export", subject, after: { format, ...filter } };
  await runBatch(db, [auditEvent(actor, entry, nowMs())]);
  const portions = readAllAuditEntries(context, filter);
  return format === "csv" ? toCsv(portions) : toJson(portions);
}

const COLUMNS = [
  "time",
  "actorKind",
  "actorId",
  "actorName",
  "action",
  "subjectKind",
  "subjectId",
  "subjectName",
  "count",
  "ip",
  "userAgent",
  "before",
  "after",
] as const;

async function* toCsv(portions: AsyncIterable<readonly AuditRow[]>): AsyncGenerator<string> {
  yield `${COLUMNS.join(",")}\r\n`;
  for await (const rows of portions) {
    const lines = rows.map(({ atMs, before, after, ...rest }) => ({
      ...rest,
      time: new Date(atMs).toISOString(),
      before: before && JSON.stringify(before),
      after: after && JSON.stringify(after),
    }));
    // Anyone may choose names and user agents: a spreadsheet must not interpret them as formulas.
    const options = { columns: [...COLUMNS], header: false, escapeFormulae: true };
    yield `${Papa.unparse(lines, options)}\r\n`;
  }
}

async function* toJson(portions: AsyncIterable<readonly AuditRow[]>): AsyncGenerator<string> {
  let separator = "[\n";
  for await (const rows of portions) {
    yield separator + rows.map((row) => JSON.stringify(row)).join(",\n");
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}
