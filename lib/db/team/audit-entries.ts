/**
 * Reads the audit log.
 * @module
 */
import { and, eq, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Database } from "../open-database";
import { type AuditRow, auditLog } from "../schema/team-schema";
import { runBatch } from "../state/state-version";

export interface AuditFilter {
  /** Part of the actor, the action, the subject or the address; case-insensitive. */
  readonly q?: string | undefined;
  /** The actor's id. */
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly subjectKind?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly fromMs?: number | undefined;
  /** Not included. */
  readonly toMs?: number | undefined;
}

/**
 * Newest first, starting after `beforeId`. In the order of the table itself, not of the ids, which differs only for
 * entries written in the same millisecond: so a page costs its own rows, even for an actor or subject with very many
 * entries, because those indexes are in that order too.
 */
export async function readAuditEntries(
  db: Database,
  filter: AuditFilter,
  page: { readonly beforeId?: string | undefined; readonly limit: number },
): Promise<AuditRow[]> {
  const { beforeId, limit } = page;
  const isBefore = beforeId === undefined ? undefined : sql`rowid < ${rowidOf(beforeId)}`;
  return db
    .select()
    .from(auditLog)
    .where(and(whereAudit(filter), isBefore))
    .orderBy(sql`rowid desc`)
    .limit(limit);
}

export interface AuditActor {
  readonly id: string;
  /** The latest name. */
  readonly name: string;
}

/** The filters that the log offers. */
export interface AuditChoices {
  readonly actors: readonly AuditActor[];
  /** Actions of the latest entries. */
  readonly actions: readonly string[];
}

const RECENT_ROWS = 2_000;

/** Reads a row or two per actor and the latest entries, however long the log is. */
export async function readAuditChoices(db: Database): Promise<AuditChoices> {
  // Jumps from each actor to the next in the index.
  const actors = sql`
    with recursive actor(id) as (
      select min(actor_id) from audit_log
      union all
      select (select min(actor_id) from audit_log where actor_id > actor.id)
      from actor where actor.id is not null
    )
    select id, (select actor_name from audit_log where actor_id = actor.id
      order by rowid desc limit 1) as name
    from actor where id is not null order by name`;
  const actions = sql`
    select distinct action from (select action from audit_log order by id desc limit ${RECENT_ROWS})
    order by action`;
  const [actorRows, actionRows] = await runBatch(db, [actors, actions]);
  return {
    actors: (actorRows?.results ?? []) as AuditActor[],
    actions: ((actionRows?.results ?? []) as { action: string }[]).map(({ action }) => action),
  };
}

function whereAudit({ q, actor, action, subjectKind, subjectId, fromMs, toMs }: AuditFilter) {
  return and(
    q === undefined
      ? undefined
      : or(
          contains(auditLog.actorName, q),
          contains(auditLog.action, q),
          contains(auditLog.subjectName, q),
          contains(auditLog.ip, q),
        ),
    actor === undefined ? undefined : eq(auditLog.actorId, actor),
    action === undefined ? undefined : eq(auditLog.action, action),
    subjectKind === undefined ? undefined : eq(auditLog.subjectKind, subjectKind),
    subjectId === undefined ? undefined : eq(auditLog.subjectId, subjectId),
    fromMs === undefined ? undefined : sql`rowid >= ${rowidOf(firstIdAt(fromMs))}`,
    toMs === undefined ? undefined : sql`rowid < ${rowidOf(firstIdAt(toMs))}`,
  );
}

/** The position of an entry in the table, or of the next one; after the last one if there is none. */
function rowidOf(id: string): SQL {
  return sql`coalesce((select rowid from audit_log where id >= ${id} order by id limit 1), 1 << 62)`;
}

/** Ids begin with their time (see `new-row-id.ts`). */
function firstIdAt(ms: number): string {
  return `au_${ms.toString(36).padStart(9, "0")}`;
}

function contains(column: SQLiteColumn, part: string): SQL {
  return sql`instr(lower(${column}), lower(${part})) > 0`;
}
