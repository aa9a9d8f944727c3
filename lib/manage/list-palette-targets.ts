import { listModelAliases } from "../db/keys/model-aliases";
import { listProviderKeys } from "../db/keys/provider-keys";
import { listModelNames } from "../db/state/model-lists";
import { listMembers } from "../db/team/members";
import { listSavedViews } from "../db/team/saved-views";
import { listTokenNames } from "../db/tokens/token-names";
import { allProviders } from "./keys/known-provider";
import type { ManageContext } from "./manage-context";

/** What the palette finds besides pages. */
export interface PaletteTargets {
  readonly providers: readonly { readonly slug: string; readonly label: string }[];
  readonly tokens: readonly {
    readonly id: string;
    readonly name: string;
    readonly masked: string;
    readonly status: string;
  }[];
  readonly members: readonly {
    readonly id: string;
    readonly name: string;
    readonly email: string;
  }[];
  /** Names of model aliases. */
  readonly aliases: readonly string[];
  /** Saved views, the reader's own and the team's. */
  readonly views: readonly {
    readonly id: string;
    readonly name: string;
    /** The page. */
    readonly path: string;
    /** The page as the view shows it. */
    readonly href: string;
  }[];
  /** As `{provider}/{model}`, of the providers' lists that the store has. */
  readonly models: readonly string[];
}

/** Newest tokens first, at most `MOST_TOKENS`: for more, use the list's own search. */
const MOST_TOKENS = 500;
const MOST_MEMBERS = 1_000;
const MOST_MODELS = 3_000;

/**
 * @param ownerId whose tokens are found; null for everyone's, and the team's members.
 * @param withModels for those who may use the playground.
 */
export async function listPaletteTargets(
  context: ManageContext,
  { ownerId, withModels }: { readonly ownerId: string | null; readonly withModels: boolean },
): Promise<PaletteTargets> {
  const { db, actor } = context;
  const [providers, tokens, members, aliases, views, models] = await Promise.all([
    allProviders(context),
    listTokenNames(db, ownerId, MOST_TOKENS),
    ownerId === null ? listMembers(db) : [],
    listModelAliases(db),
    listSavedViews(db, actor.id),
    withModels ? listModelNames(db) : [],
  ]);
  return {
    providers: providers.map(({ slug, label }) => ({ slug, label })),
    tokens,
    members: members.slice(0, MOST_MEMBERS).map(({ id, name, email }) => ({ id, name, email })),
    aliases: aliases.map(({ name }) => name),
    views: views.map(({ id, name, path, query }) => ({
      ...{ id, name, path },
      href: `${path}?${query}`,
    })),
    models: models
      .flatMap(({ provider, models: names }) => names.map((name) => `${provider}/${name}`))
      .slice(0, MOST_MODELS),
  };
}

/** A provider key that the palette finds. */
export interface PaletteKey {
  readonly id: string;
  readonly provider: string;
  readonly masked: string;
  readonly remark: string | null;
}

const MOST_KEYS = 8;

/** The newest keys whose masked text or note contains `q`, or whose id it is; of those that the reader may see. */
export async function findPaletteKeys(
  { db, shownTo, nowMs }: ManageContext,
  q: string,
): Promise<readonly PaletteKey[]> {
  const wanted = q.startsWith("pk_") ? { ids: [q] } : { q };
  const keys = await listProviderKeys(db, { ...wanted, shownTo, limit: MOST_KEYS }, nowMs());
  return keys.map(({ id, provider, masked, remark }) => ({ id, provider, masked, remark }));
}
