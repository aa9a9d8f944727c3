/**
 * What happened to keys lately, by themselves and by people.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import type { KeyEventKind } from "../schema/schema";

/** What happened to one key by itself, or what a person did to one or many. */
export interface KeyChange {
  readonly id: string;
  readonly atMs: number;
  /** Of an event its kind, of a person's doing the audit log's action: `provider-key.add`. */
  readonly kind: KeyEventKind | `provider-key.${string}`;
  /** Null where a person changed keys of several providers. */
  readonly provider: string | null;
  /** The masked key; null where many were changed at once, and for an event of a key that is gone. */
  readonly name: string | null;
  /** Of a rest: for which model (`*` for all), and until when. */
  readonly model: string | null;
  readonly untilMs: number | null;
  /** What the upstream said, redacted. */
  readonly words: string | null;
  /** Who did it; null for what happened by itself. */
  readonly actorName: string | null;
  /** How many keys were touched. */
  readonly count: number;
}

/** The newest changes first. @param withPeople whether what people did is among them */
export function listKeyChanges(
  db: Database,
  { limit, withPeople }: { readonly limit: number; readonly withPeople: boolean },
): Promise<KeyChange[]> {
  const changes = withPeople ? sql`${events(limit)} union all ${doings(limit)}` : events(limit);
  return db.all<KeyChange>(sql`${changes} order by atMs desc, id desc limit ${limit}`);
}

function events(limit: number): SQL {
  return sql`
    select * from (
      select event.id as id, at_ms as atMs, kind, event.provider as provider, masked as name, model,
        until_ms as untilMs, event.evidence ->> 'words' as words, null as actorName, 1 as count
      from key_events event left join provider_keys key on key.id = event.key_id
      order by at_ms desc limit ${limit})`;
}

/** Ids are made of the time, so their order is the order of time. */
function doings(limit: number): SQL {
  return sql`
    select * from (
      select audit.id as id, at_ms as atMs, action as kind,
        coalesce(key.provider, after ->> 'provider', before ->> 'provider') as provider,
        iif(subject_id is null, null, subject_name) as name, null as model, null as untilMs,
        null as words, actor_name as actorName, count
      from audit_log audit left join provider_keys key on key.id = audit.subject_id
      where subject_kind = 'provider-key' order by audit.id desc limit ${limit})`;
}
