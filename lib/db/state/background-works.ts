/**
 * Which request started background work, over D1: in the same row as the key whose account contains the result, so that
 * both are deleted together.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { type BackgroundWorks, type BegunWork, workName } from "../../proxy/ports";
import type { Database } from "../open-database";
import { rootCause } from "../root-cause";
import { HAS_ESTIMATE } from "../schema/schema";
import { BoundedMap } from "./bounded-map";
import { runBatch } from "./state-version";

/** How much of the work started here this isolate remembers itself. */
const MAX_BEGUN = 1_000;
/** Replaces the starting request once the usage was counted. */
const COUNTED = "counted";

export class D1BackgroundWorks implements BackgroundWorks {
  readonly #db: Database;
  /** For lookups before the store has it. */
  readonly #begun = new BoundedMap<string, BegunWork>(MAX_BEGUN);

  constructor(db: Database) {
    this.#db = db;
  }

  async begin(work: BegunWork): Promise<void> {
    this.#begun.set(workName(work.provider, work.id), work);
    try {
      await runBatch(this.#db, [insert(work)]);
    } catch (error) {
      console.error("usage: what works on could not be noted:", rootCause(error));
    }
  }

  async claim(provider: string, id: string): Promise<BegunWork | null> {
    const own = this.#begun.get(workName(provider, id));
    const isIt = sql`provider = ${provider} and resource = ${id} and work <> ${COUNTED}`;
    try {
      const results = await runBatch(this.#db, [
        ...(own === undefined ? [] : [insert(own)]),
        sql`select work from resource_keys where ${isIt}`,
        sql`update resource_keys set work = ${COUNTED} where ${isIt}`,
      ]);
      const [row] = (results.at(-2)?.results ?? []) as { work: string }[];
      return row === undefined ? null : JSON.parse(row.work);
    } catch (error) {
      console.error("usage: what is finished could not be looked up:", rootCause(error));
      return null;
    }
  }

  async counted(works: readonly string[]): Promise<readonly string[]> {
    try {
      // No slug contains a space.
      const rows = await this.#db.all<{ readonly name: string }>(sql`
        select e.value as name from json_each(${JSON.stringify(works)}) e
          cross join resource_keys r
        where r.provider = substr(e.value, 1, instr(e.value, ' ') - 1)
          and r.resource = substr(e.value, instr(e.value, ' ') + 1) and r.work = ${COUNTED}`);
      return rows.map(({ name }) => name);
    } catch (error) {
      console.error("usage: what was counted could not be looked up:", rootCause(error));
      return [];
    }
  }
}

/**
 * Work that began before a time, and whose usage no one has asked for since: from now on it counts as counted.
 * @param limit The most that one call claims.
 */
export async function claimForgottenWorks(
  db: Database,
  beforeMs: number,
  limit: number,
): Promise<readonly BegunWork[]> {
  // The row's own time is that of its last use.
  const isForgotten = sql`${HAS_ESTIMATE} and at_ms < ${beforeMs} and work ->> '$.atMs' < ${beforeMs}`;
  const which = sql`select provider, resource from resource_keys where ${isForgotten} order by at_ms limit ${limit}`;
  const [found] = await runBatch(db, [
    sql`select work from resource_keys where (provider, resource) in (${which})`,
    sql`update resource_keys set work = ${COUNTED} where (provider, resource) in (${which})`,
  ]);
  const rows = (found?.results ?? []) as { work: string }[];
  return rows.map(({ work }) => JSON.parse(work));
}

/** However often it is written, what was counted stays counted. */
function insert(work: BegunWork): SQL {
  const { provider, id, keyId, tokenId, familyId = tokenId, userId, atMs } = work;
  return sql`
    insert into resource_keys (provider, resource, key_id, token_id, user_id, at_ms, work)
    values (${provider}, ${id}, ${keyId}, ${familyId}, ${userId}, ${atMs}, ${JSON.stringify(work)})
    on conflict (provider, resource) do update set work = excluded.work
    where resource_keys.work is null`;
}
