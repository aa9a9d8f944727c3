/**
 * The audit log: entries are written in the transaction of the change they record.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { newRowId } from "../new-row-id";
import type { Database } from "../open-database";
import type { ActorKind, Role } from "../schema/team-schema";
import { onlyIf } from "../state/state-version";

/** Who acts, and from where. */
export interface Actor {
  readonly kind: ActorKind;
  /** A user's or an access token's id; `system` for automatic changes. */
  readonly id: string;
  /** The name that people know: an email address, a token's name. */
  readonly name: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /**
   * The role that a member had when the request began, and must still have when the change is written: requests of
   * someone who was removed in between change nothing. Absent if there is none to keep.
   */
  readonly role?: Role;
}

/** What was done to what. `before` and `after` contain only the changed fields, and never a secret. */
export interface AuditEntry {
  /** Such as `provider-key.update`. */
  readonly action: string;
  readonly subject: {
    /** Such as `provider-key`. */
    readonly kind: string;
    /** Null if many are changed at once. */
    readonly id: string | null;
    /** A masked key, a name, an address: how people recognize it. */
    readonly name: string;
  };
  readonly before?: Readonly<Record<string, unknown>> | undefined;
  readonly after?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The statement that logs the change made by the statement right before it in the same batch; it writes nothing if that
 * one changed no row. The number of changed rows is logged too.
 */
export function auditChange(actor: Actor, entry: AuditEntry, atMs: number): SQL {
  return insertEntry(actor, entry, atMs, sql`changes()`, sql`where changes() > 0`);
}

/** The statement that logs an event that changed no row: a sign-in, an export, a rejection. */
export function auditEvent(actor: Actor, entry: AuditEntry, atMs: number): SQL {
  return insertEntry(actor, entry, atMs, sql`0`, sql``);
}

/** As `auditEvent`, unless the same was logged of the same subject in the last `withinMs`. */
export function auditOnce(actor: Actor, entry: AuditEntry, atMs: number, withinMs: number): SQL {
  const { action, subject } = entry;
  const isLogged = sql`exists (
    select 1 from audit_log
    where subject_kind = ${subject.kind} and subject_id = ${subject.id} and action = ${action}
      and at_ms > ${atMs - withinMs})`;
  return insertEntry(actor, entry, atMs, sql`0`, sql`where not ${isLogged}`);
}

/** The id of the subject of the newest entry about a kind of subject; null if there is none. */
export async function latestSubject(db: Database, kind: string): Promise<string | null> {
  const row = await db.get<{ readonly id: string | null }>(sql`
    select subject_id as id from audit_log where subject_kind = ${kind}
    order by rowid desc limit 1`);
  return row?.id ?? null;
}

/** In the error of a transaction that failed because the acting member doesn't have the role any more. */
export const ROLE_LOST = "the role was lost";

/**
 * Fails unless the actor has a role. SQLite has no `raise` outside of triggers; an invalid path ends the transaction as
 * well.
 */
function assertRole(actor: Actor, role: Role): SQL {
  let known = roleChecks.get(actor);
  if (known === undefined) {
    const hasRole = sql`exists (select 1 from users where id = ${actor.id} and role = ${role})`;
    known = sql`select json_extract('{}', iif(${hasRole}, '$', ${ROLE_LOST}))`;
    roleChecks.set(actor, known);
  }
  return known;
}

/** One for all entries of an actor in a transaction. */
const roleChecks = new WeakMap<Actor, SQL>();

function insertEntry(
  actor: Actor,
  { action, subject, before, after }: AuditEntry,
  atMs: number,
  count: SQL,
  condition: SQL,
): SQL {
  const { kind, id, name, ip, userAgent, role } = actor;
  const entry = sql`
    insert into audit_log (id, at_ms, actor_kind, actor_id, actor_name, action, subject_kind,
      subject_id, subject_name, ip, user_agent, before, after, count)
    select ${newRowId("au", atMs)}, ${atMs}, ${kind}, ${id}, ${name}, ${action}, ${subject.kind},
      ${subject.id}, ${subject.name}, ${ip}, ${userAgent}, ${toJson(before)}, ${toJson(after)},
      ${count} ${condition}`;
  return role === undefined ? entry : onlyIf(assertRole(actor, role), entry);
}

function toJson(fields: AuditEntry["before"]): string | null {
  return fields === undefined ? null : JSON.stringify(fields);
}
