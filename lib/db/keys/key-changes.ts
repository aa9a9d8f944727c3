/**
 * Recent changes of keys, both automatic ones and those made by people.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import type { KeyEventKind } from "../schema/schema";
import { isVisible } from "./visible-keys";

/** An automatic change of one key, or a person's change of one or many. */
export interface KeyChange {
  readonly id: string;
  readonly atMs: number;
  /** The kind of an event, or the audit log's action for a person's change: `provider-key.add`. */
  readonly kind: KeyEventKind | `provider-key.${string}`;
  /** Null if a person changed keys of several providers. */
  readonly provider: string | null;
  /** The changed key; null if many were changed at once. */
  readonly keyId: string | null;
  /** The masked key; null if many were changed at once, and for an event of a deleted key. */
  readonly name: string | null;
  /** For a cooldown: the model (`*` for all), and its end. */
  readonly model: string | null;
  readonly untilMs: number | null;
  /** The upstream's message, redacted. */
  readonly words: string | null;
  /** Who did it; null for an automatic change. */
  readonly actorName: string | null;
  /** The number of changed keys. */
  readonly count: number;
}

export interface KeyChangesQuery {
  readonly limit: number;
  /** Whether to include changes made by people. */
  readonly withPeople: boolean;
  /** A member: only automatic changes of keys that may be shown to them. */
  readonly shownTo?: string | undefined;
}

/** The newest changes first. */
export function listKeyChanges(
  db: Database,
  { limit, withPeople, shownTo }: KeyChangesQuery,
): Promise<KeyChange[]> {
  const own = events(limit, shownTo);
  const changes = withPeople ? sql`${own} union all ${doings(limit)}` : own;
  return db.all<KeyChange>(sql`${changes} order by atMs desc, id desc limit ${limit}`);
}

function events(limit: number, shownTo: string | undefined): SQL {
  const wanted =
    shownTo === undefined ? sql`true` : sql`key.id is not null and ${isVisible(shownTo, "key")}`;
  return sql`
    select * from (
      select event.id as id, at_ms as atMs, kind, event.provider as provider,
        event.key_id as keyId, masked as name, model,
        until_ms as untilMs, event.evidence ->> 'words' as words, null as actorName, 1 as count
      from key_events event left join provider_keys key on key.id = event.key_id
      where ${wanted}
      order by at_ms desc limit ${limit})`;
}

/** Ids begin with the time, so their order is chronological. */
function doings(limit: number): SQL {
  return sql`
    select * from (
      select audit.id as id, at_ms as atMs, action as kind,
        coalesce(key.provider, after ->> 'provider', before ->> 'provider') as provider,
        subject_id as keyId, iif(subject_id is null, null, subject_name) as name, null as model, null as untilMs,
        null as words, actor_name as actorName, count
      from audit_log audit left join provider_keys key on key.id = audit.subject_id
      where subject_kind = 'provider-key' order by audit.id desc limit ${limit})`;
}
