import { and, eq, exists, gt, inArray, not, or, type SQL, sql } from "drizzle-orm";
import { EVERY_MODEL, type KeyStatus } from "../../pool/types";
import type { Database } from "../open-database";
import { keyCooldowns, providerKeys } from "../schema/schema";
import { isTended, isVisible } from "./visible-keys";

/** Selects provider keys; absent fields don't restrict the selection. */
export interface ProviderKeyFilter {
  readonly ids?: readonly string[] | undefined;
  /** A member: only keys that may be shown to them. */
  readonly shownTo?: string | undefined;
  /** A member: only keys that they tend. */
  readonly tendedBy?: string | undefined;
  readonly provider?: string | undefined;
  /**
   * `cooling`: active, and in cooldown for the filter's model or, without one, for any; `ready`: active, and not
   * cooling.
   */
  readonly status?: KeyStatus | "cooling" | "ready" | undefined;
  /** Keys that may serve this model. */
  readonly model?: string | undefined;
  /** Keys that serve this group, by its id; `common`: those that serve everyone. */
  readonly group?: string | undefined;
  /** Part of the masked key or the note; case-insensitive. */
  readonly q?: string | undefined;
}

/** The condition on `provider_keys` for a filter; undefined if it selects every key. */
export function whereProviderKey(
  db: Database,
  filter: ProviderKeyFilter,
  nowMs: number,
): SQL | undefined {
  const { ids, shownTo, tendedBy, provider, status, model, group, q } = filter;
  return and(
    shownTo === undefined ? undefined : isVisible(shownTo, "provider_keys"),
    tendedBy === undefined ? undefined : isTended(tendedBy, "provider_keys"),
    ids && sql`${providerKeys.id} in (select value from json_each(${JSON.stringify(ids)}))`,
    provider === undefined ? undefined : eq(providerKeys.provider, provider),
    whereStatus(db, status, model, nowMs),
    model === undefined ? undefined : mayServe(model),
    group === undefined ? undefined : servesGroup(group),
    q === undefined
      ? undefined
      : or(contains(providerKeys.masked, q), contains(providerKeys.remark, q)),
  );
}

function whereStatus(
  db: Database,
  status: ProviderKeyFilter["status"],
  model: string | undefined,
  nowMs: number,
): SQL | undefined {
  if (status === undefined) return undefined;
  if (status !== "cooling" && status !== "ready") return eq(providerKeys.status, status);
  const cooling = isCooling(db, model, nowMs);
  return and(eq(providerKeys.status, "active"), status === "cooling" ? cooling : not(cooling));
}

function isCooling(db: Database, model: string | undefined, nowMs: number): SQL {
  return exists(
    db
      .select({ one: sql`1` })
      .from(keyCooldowns)
      .where(
        and(
          eq(keyCooldowns.keyId, providerKeys.id),
          gt(keyCooldowns.untilMs, nowMs),
          model === undefined ? undefined : inArray(keyCooldowns.model, [model, EVERY_MODEL]),
        ),
      ),
  );
}

/** The same as `modelMatches` in `lib/models`. Of GLOB's wildcards, only `*` has a meaning in a list of models. */
export function mayServe(model: string): SQL {
  return sql`(${providerKeys.models} is null or exists (
    select 1 from json_each(${providerKeys.models}) allowed
    where ${model} glob replace(replace(allowed.value, '[', '[[]'), '?', '[?]')))`;
}

function servesGroup(group: string): SQL {
  if (group === COMMON_KEYS) return sql`${providerKeys.groups} is null`;
  return sql`(${providerKeys.groups} is not null and exists (
    select 1 from json_each(${providerKeys.groups}) own where own.value = ${group}))`;
}

/** In a filter, the keys that serve everyone. */
const COMMON_KEYS = "common";

function contains(
  column: typeof providerKeys.masked | typeof providerKeys.remark,
  part: string,
): SQL {
  return sql`instr(lower(${column}), lower(${part})) > 0`;
}
