/**
 * Providers' model lists in the store: the isolate that reads a list stores it for all others, and maintenance
 * refreshes lists before they are old.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import type { ModelCatalog, ModelList } from "../../proxy/ports";
import type { Database } from "../open-database";
import { rootCause } from "../root-cause";
import { modelLists } from "../schema/schema";
import { isDoneWithin } from "./timers";

/** How long an isolate relies on what it last saw in the store. */
const LOOK_GAP_MS = 60_000;
/** How long a request waits for the store. */
const WAIT_MS = 2_000;

export class D1ModelCatalog implements ModelCatalog {
  readonly #db: Database;
  readonly #nowMs: () => number;
  #lists: ReadonlyMap<string, ModelList> = new Map();
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(db: Database, nowMs: () => number) {
    this.#db = db;
    this.#nowMs = nowMs;
  }

  /** If the store is down or slow, what is known. */
  async lists(): Promise<ReadonlyMap<string, ModelList>> {
    const ageMs = this.#nowMs() - this.#lookedMs;
    if (ageMs < 0 || ageMs >= LOOK_GAP_MS) await isDoneWithin(this.#look(), WAIT_MS);
    return this.#lists;
  }

  async #look(): Promise<void> {
    try {
      const rows = await this.#db.select().from(modelLists);
      this.#lists = new Map(rows.map(({ provider, ...list }) => [provider, list]));
      this.#lookedMs = this.#nowMs();
    } catch (error) {
      console.error("model lists: the store cannot be read:", rootCause(error));
    }
  }

  /** If the store is down, only this isolate knows the list. */
  async keep(provider: string, list: ModelList): Promise<void> {
    this.#lists = new Map(this.#lists).set(provider, list);
    await isDoneWithin(this.#write(provider, list), WAIT_MS);
  }

  async #write(provider: string, list: ModelList): Promise<void> {
    try {
      const row = { provider, models: [...list.models], readAtMs: list.readAtMs };
      await this.#db
        .insert(modelLists)
        .values(row)
        .onConflictDoUpdate({ target: modelLists.provider, set: row });
    } catch (error) {
      console.error("model lists: the store cannot be written:", rootCause(error));
    }
  }
}

/** For the batch that changes or deletes a custom provider: its lists may belong to another service. */
export function forgetModelList(provider: string): SQL {
  const ofGroups = `${provider} `;
  return sql`
    delete from model_lists
    where provider = ${provider} or substr(provider, 1, ${ofGroups.length}) = ${ofGroups}`;
}

/** For the batch that deletes a group: the lists of its own keys. */
export function forgetModelListsOf(groupId: string): SQL {
  return sql`
    delete from model_lists
    where substr(provider, instr(provider, ' ') + 1) = ${groupId}
      and not exists (select 1 from team_groups where id = ${groupId})`;
}

/** Every list that is stored, with the models' names. */
export function listModelNames(
  db: Database,
): Promise<readonly { readonly provider: string; readonly models: readonly string[] }[]> {
  const { provider, models } = modelLists;
  return db.select({ provider, models }).from(modelLists).orderBy(provider);
}
