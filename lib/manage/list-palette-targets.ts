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
  }[];
}

/** Newest tokens first, at most `MOST_TOKENS`: for more, use the list's own search. */
const MOST_TOKENS = 500;

/** @param ownerId whose tokens are found; null for everyone's */
export async function listPaletteTargets(
  context: ManageContext,
  { ownerId }: { readonly ownerId: string | null },
): Promise<PaletteTargets> {
  const [providers, tokens] = await Promise.all([
    allProviders(context),
    listTokenNames(context.db, ownerId, MOST_TOKENS),
  ]);
  return {
    providers: providers.map(({ slug, label }) => ({ slug, label })),
    tokens,
  };
}
