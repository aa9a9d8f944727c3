import { listMembers } from "../../db/team/members";
import { envAccessTokens } from "../../db/tokens/env-access-tokens";
import { listTokenNames } from "../../db/tokens/token-names";
import { listGroupChoices } from "../groups/list-group-choices";
import { allProviders } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import { findNames } from "./find-names";
import { scopeOf, type UsageReader } from "./usage-scope";

interface Choice {
  readonly id: string;
  readonly name: string;
}

/** The filters of the request log. */
export interface RequestChoices {
  readonly providers: readonly Choice[];
  /** Newest first, then those of the environment; the selected one is always included. */
  readonly tokens: readonly Choice[];
  /** Whether there are more tokens than these. */
  readonly hasMoreTokens: boolean;
  /** Empty for members who see only their own requests. */
  readonly members: readonly Choice[];
  /** The selected key, masked; by its id if it is gone. Null if none is selected. */
  readonly key: Choice | null;
  /** The selected group; null if none is selected, or it is gone. */
  readonly group: Choice | null;
}

const MOST_TOKENS = 200;

export async function listRequestChoices(
  context: ManageContext,
  reader: UsageReader,
  chosen: {
    readonly token?: string | undefined;
    readonly key?: string | undefined;
    readonly group?: string | undefined;
  } = {},
): Promise<RequestChoices> {
  const scope = scopeOf(reader);
  const [providers, found, fromEnv, members, names, groups] = await Promise.all([
    allProviders(context),
    listTokenNames(context.db, scope ?? null, MOST_TOKENS + 1),
    scope === undefined ? envAccessTokens(context.authKey ?? "") : new Map<string, Choice>(),
    scope === undefined ? listMembers(context.db) : [],
    findNames(
      context,
      [chosen.token, chosen.key].filter((id) => id !== undefined),
    ),
    chosen.group === undefined ? [] : listGroupChoices(context, reader),
  ]);
  const named = (id: string): Choice => ({ id, name: names.get(id) ?? id });
  const stored = found.slice(0, MOST_TOKENS);
  const tokens = [...stored, ...fromEnv.values()].map(({ id, name }) => ({ id, name }));
  const { token, key } = chosen;
  const isMissing = token !== undefined && !tokens.some(({ id }) => id === token);
  return {
    providers: providers.map(({ slug, label }) => ({ id: slug, name: label })),
    tokens: isMissing ? [...tokens, named(token)] : tokens,
    hasMoreTokens: found.length > MOST_TOKENS,
    members: members.map(({ id, name }) => ({ id, name })),
    key: key === undefined ? null : named(key),
    group: groups.find(({ id }) => id === chosen.group) ?? null,
  };
}
