import { listTokenNames } from "../db/token-names";
import { providers } from "../providers/registry";
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

/** Newest tokens first, at most `MOST_TOKENS`: more is a case for the list's own search. */
const MOST_TOKENS = 500;

/** @param ownerId whose tokens are found; null for everybody's */
export async function listPaletteTargets(
  { db }: ManageContext,
  { ownerId }: { readonly ownerId: string | null },
): Promise<PaletteTargets> {
  return {
    providers: providers.map(({ slug, label }) => ({ slug, label })),
    tokens: await listTokenNames(db, ownerId, MOST_TOKENS),
  };
}
