import { ENV_TOKEN_PREFIX, envAccessTokens } from "../../db/tokens/env-access-tokens";
import { findUsageNames } from "../../db/usage/usage-names";
import type { ManageContext } from "../manage-context";

/** As `findUsageNames`, plus the names of tokens from the environment. */
export async function findNames(
  { db, authKey = "", shownTo }: ManageContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const stored = await findUsageNames(db, ids, shownTo);
  if (shownTo !== undefined || !ids.some((id) => id.startsWith(ENV_TOKEN_PREFIX))) return stored;
  const fromEnv = [...(await envAccessTokens(authKey)).values()];
  return new Map([...stored, ...fromEnv.map(({ id, name }) => [id, name] as const)]);
}
