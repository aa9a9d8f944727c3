import { envAccessTokens } from "../db/env-access-tokens";
import { listMembers } from "../db/members";
import { listTokenNames } from "../db/token-names";
import { allProviders } from "./known-provider";
import type { ManageContext } from "./manage-context";
import { scopeOf, type UsageReader } from "./usage-scope";

interface Choice {
  readonly id: string;
  readonly name: string;
}

/** What the log of requests can be narrowed to by choosing. */
export interface RequestChoices {
  readonly providers: readonly Choice[];
  /** Newest first, then those of the environment. */
  readonly tokens: readonly Choice[];
  /** Empty for those who see their own requests only. */
  readonly members: readonly Choice[];
}

const MOST_TOKENS = 200;

export async function listRequestChoices(
  context: ManageContext,
  reader: UsageReader,
): Promise<RequestChoices> {
  const scope = scopeOf(reader);
  const [providers, stored, fromEnv, members] = await Promise.all([
    allProviders(context),
    listTokenNames(context.db, scope ?? null, MOST_TOKENS),
    scope === undefined ? envAccessTokens(context.authKey ?? "") : new Map<string, Choice>(),
    scope === undefined ? listMembers(context.db) : [],
  ]);
  return {
    providers: providers.map(({ slug, label }) => ({ id: slug, name: label })),
    tokens: [...stored, ...fromEnv.values()].map(({ id, name }) => ({ id, name })),
    members: members.map(({ id, name }) => ({ id, name })),
  };
}
