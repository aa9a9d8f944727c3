import { missingMigrations } from "../../db/schema/schema-version";
import type { ManageContext } from "../manage-context";

export interface SchemaState {
  /** Names of migrations that this version needs and the database lacks, in order. */
  readonly missing: readonly string[];
}

/** Whether the database is behind this version, because that was deployed without its migrations. */
export async function readSchemaState({ db }: Pick<ManageContext, "db">): Promise<SchemaState> {
  return { missing: await missingMigrations(db) };
}
