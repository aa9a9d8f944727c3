/**
 * Reading the log of changes.
 * @module
 */
import { and, desc, eq, gte, lt, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Database } from "./open-database";
import { runBatch } from "./state-version";
import { type AuditRow, auditLog } from "./team-schema";

export interface AuditFilter {
  /** Part of the actor, the action, the subject or the address; letters' case does not matter. */
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

/** Newest first, from after `beforeId` on. */
export async function readAuditEntries(
  db: Database,
  filter: AuditFilter,
  page: { readonly beforeId?: string | undefined; readonly limit: number },
): Promise<AuditRow[]> {
  const { beforeId, limit } = page;
  return db
    .select()
    .from(auditLog)
    .where(and(whereAudit(filter), beforeId === undefined ? undefined : lt(auditLog.id, beforeId)))
    .orderBy(desc(auditLog.id))
    .limit(limit);
}

export interface AuditActor {
  readonly id: string;
  /** The latest name. */
  readonly name: string;
}

/** What the log can be narrowed to. */
export interface AuditChoices {
  readonly actors: readonly AuditActor[];
  /** Of the latest entries. */
  readonly actions: readonly string[];
}

const RECENT_ROWS = 2_000;

/** Reads a row or two for each actor and the latest entries, however long the log is. */
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
    fromMs === undefined ? undefined : gte(auditLog.id, firstIdAt(fromMs)),
    toMs === undefined ? undefined : lt(auditLog.id, firstIdAt(toMs)),
  );
}

/** Ids begin with their time (see `new-row-id.ts`), so a span of time is a span of the primary key. */
function firstIdAt(ms: number): string {
  return `au_${ms.toString(36).padStart(9, "0")}`;
}

function contains(column: SQLiteColumn, part: string): SQL {
  return sql`instr(lower(${column}), lower(${part})) > 0`;
}
