import { type SQL, sql } from "drizzle-orm";
import type { LimitRule } from "../../pool/types";
import { withRows } from "../json-rows";
import type { Database } from "../open-database";
import type { KeyCooldownRow, ProviderKeyRow } from "../schema/schema";
import { changeState, TAKEN_VERSION } from "../state/state-version";
import { ASSERT_GROUPS } from "../team/groups";
import { isTended } from "./visible-keys";

export interface NewProviderKey
  extends Pick<ProviderKeyRow, "id" | "sealed" | "fingerprint" | "masked" | "weight" | "priority"> {
  /** The fingerprint under the previous secret during a rotation: earlier rows have that one. */
  readonly previousFingerprint: string | null;
  readonly quotaDomain: string | null;
  /** The groups that it serves, sorted; null or absent: everyone. */
  readonly groups?: readonly string[] | null;
  readonly models: readonly string[] | null;
  readonly limits: readonly LimitRule[] | null;
  /** Caps; null or absent for none. */
  readonly concurrentRequests?: number | null;
  readonly dailyCostUsd?: number | null;
  readonly monthlyCostUsd?: number | null;
  readonly remark: string | null;
  /** The status of a key that comes from another instance; absent: active and without cooldowns. */
  readonly initial?: InitialState;
}

export interface InitialState extends Pick<ProviderKeyRow, "status" | "reason" | "evidence"> {
  readonly cooldowns: readonly Pick<KeyCooldownRow, "model" | "untilMs" | "evidence">[];
}

export interface Origin {
  readonly provider: string;
  readonly createdAtMs: number;
  readonly createdBy: string | null;
  /** A member who must tend all of the keys when they are written; absent for someone who may add any. */
  readonly tendedBy?: string | undefined;
}

/** With encrypted keys of up to 12 kB, a statement's single parameter must stay below D1's 2 MB. */
const CHUNK_MAX_CHARS = 1_000_000;

/**
 * Adds any number of keys, in one transaction per megabyte; skips those whose fingerprint already exists.
 *
 * @param audit The statement of `auditChange` for the keys with these ids.
 * @returns The number of keys added.
 */
export async function insertProviderKeys(
  db: Database,
  origin: Origin,
  keys: readonly NewProviderKey[],
  audit: (ids: readonly string[]) => SQL,
): Promise<number> {
  let added = 0;
  const cool = keys.some((key) => key.initial !== undefined && key.initial.cooldowns.length > 0);
  const mayBeGrouped = keys.some(
    ({ groups = null, quotaDomain }) => groups !== null || quotaDomain !== null,
  );
  for (const { ids, json } of chunksOf(keys)) {
    const { rowCounts } = await changeState(db, [
      insertStatement(origin, json),
      audit(ids),
      ...(cool ? [insertCooldowns(json)] : []),
      ...(mayBeGrouped ? [ASSERT_GROUPS] : []),
      ...(origin.tendedBy === undefined ? [] : [assertTended(origin.tendedBy)]),
    ]);
    added += rowCounts[0] ?? 0;
  }
  return added;
}

/** As `ASSERT_GROUPS`, if a member doesn't tend a key that was added. */
function assertTended(userId: string): SQL {
  return sql`
    select json(iif(
      exists (
        select 1 from provider_keys k
        where k.version = ${TAKEN_VERSION} and not ${isTended(userId, "k")}),
      'wrong groups', 'null'))`;
}

/** JSON arrays of the keys, each short enough for one parameter. */
function* chunksOf(
  keys: readonly NewProviderKey[],
): Generator<{ readonly ids: readonly string[]; readonly json: string }> {
  let ids: string[] = [];
  let chunk: string[] = [];
  let chars = 0;
  for (const key of keys) {
    const json = JSON.stringify(key);
    if (chars + json.length > CHUNK_MAX_CHARS && chunk.length > 0) {
      yield { ids, json: `[${chunk.join()}]` };
      ids = [];
      chunk = [];
      chars = 0;
    }
    ids.push(key.id);
    chunk.push(json);
    chars += json.length + 1;
  }
  if (chunk.length > 0) yield { ids, json: `[${chunk.join()}]` };
}

/** Unlike `->>`, `->` keeps a list as JSON; `nullif` turns JSON's null into SQL's. */
function insertStatement({ provider, createdAtMs, createdBy }: Origin, keysJson: string) {
  return sql`
    insert into provider_keys (id, provider, sealed, fingerprint, masked, weight, priority,
      quota_domain, "groups", models, limits, concurrent_requests, daily_cost_usd, monthly_cost_usd, remark, status, reason, evidence, created_at_ms, created_by,
      updated_at_ms, version)
    select e.value ->> 'id', ${provider}, e.value ->> 'sealed', e.value ->> 'fingerprint',
      e.value ->> 'masked', e.value ->> 'weight', e.value ->> 'priority', e.value ->> 'quotaDomain',
      nullif(e.value -> 'groups', 'null'), nullif(e.value -> 'models', 'null'), nullif(e.value -> 'limits', 'null'),
      e.value ->> 'concurrentRequests', e.value ->> 'dailyCostUsd', e.value ->> 'monthlyCostUsd',
      e.value ->> 'remark', coalesce(e.value ->> '$.initial.status', 'active'),
      e.value ->> '$.initial.reason', nullif(e.value -> '$.initial.evidence', 'null'),
      ${createdAtMs}, ${createdBy}, ${createdAtMs}, ${TAKEN_VERSION}
    from json_each(${keysJson}) e
    where not exists (
      select 1 from provider_keys k
      where k.provider = ${provider} and k.fingerprint = e.value ->> 'previousFingerprint'
    )
    on conflict (provider, fingerprint) do nothing`;
}

/** Only for the keys that were added: skipped ones have other ids. */
function insertCooldowns(keysJson: string) {
  return sql`
    ${withRows(keysJson, "id")}
    insert into key_cooldowns (key_id, model, until_ms, reason, evidence, set_at_ms, version)
    select k.id, c.value ->> 'model', c.value ->> 'untilMs', c.value ->> '$.evidence.meaning',
      c.value -> 'evidence', c.value ->> '$.evidence.atMs', ${TAKEN_VERSION}
    from e
    join provider_keys k on k.id = e.id
    join json_each(e.value -> '$.initial.cooldowns') c`;
}
