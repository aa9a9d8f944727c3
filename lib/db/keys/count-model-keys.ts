import { sql } from "drizzle-orm";
import { EVERY_MODEL } from "../../pool/types";
import type { Database } from "../open-database";
import { mayServe } from "./provider-key-filter";
import { isVisible } from "./visible-keys";

/** The keys of a provider that may serve a model, by what they can do for it now. */
export interface ModelKeyCounts {
  readonly provider: string;
  readonly ready: number;
  /** In cooldown for this model, or for all. */
  readonly cooling: number;
  readonly blocked: number;
  readonly disabled: number;
}

/** For each of the providers that has such keys. */
export async function countModelKeys(
  db: Database,
  model: string,
  providers: readonly string[],
  nowMs: number,
  shownTo?: string,
): Promise<readonly ModelKeyCounts[]> {
  return db.all<ModelKeyCounts>(sql`
    select provider,
      sum(status = 'active' and c.key_id is null) as ready,
      sum(status = 'active' and c.key_id is not null) as cooling,
      sum(status = 'blocked') as blocked,
      sum(status = 'disabled') as disabled
    from provider_keys left join (
      select distinct key_id from key_cooldowns
      where until_ms > ${nowMs} and model in (${model}, ${EVERY_MODEL})) c on c.key_id = provider_keys.id
    where provider in (select value from json_each(${JSON.stringify(providers)}))
      and ${mayServe(model)} and ${isVisible(shownTo, "provider_keys")}
    group by provider`);
}
