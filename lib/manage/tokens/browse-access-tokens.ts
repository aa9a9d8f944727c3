import {
  listAccessTokenIds,
  listAccessTokens as readAccessTokens,
  type TokenReach,
} from "../../db/tokens/access-tokens";
import { byFigure, type FigureOrder, inOrderOf } from "../../usage/figures/figure-order";
import type { ManageContext } from "../manage-context";
import type { ListAccessTokensInput } from "../schemas";
import { type FiguresById, readTokenFigures } from "../usage/read-today-figures";
import { type AccessTokenItem, listAccessTokens, toTokenItem } from "./list-access-tokens";

export interface BrowsedAccessTokens {
  readonly items: readonly AccessTokenItem[];
  /** Of the items that were used today. */
  readonly figures: FiguresById;
  /** Null on the last page, and for a list that is sorted by a figure. */
  readonly nextCursor: string | null;
  /** Matching tokens on all pages; null unless it is sorted by a figure. */
  readonly total: number | null;
}

export interface TokenSort {
  readonly figure: FigureOrder;
  readonly isAscending: boolean;
  /** From 1. */
  readonly page: number;
}

/** Sorted by a figure, the newest of so many tokens are listed. */
const MOST_SORTED = 20_000;

/** One page of tokens, for people: newest first, or sorted by one of today's figures. */
export async function browseAccessTokens(
  context: ManageContext,
  reach: TokenReach,
  input: ListAccessTokensInput,
  sort: TokenSort | null = null,
): Promise<BrowsedAccessTokens> {
  const { db, nowMs } = context;
  if (sort === null) {
    const page = await listAccessTokens(context, reach, input);
    const figures = await readTokenFigures(
      context,
      page.items.map(({ id }) => id),
    );
    return { ...page, figures, total: null };
  }
  const { cursor: _, limit, ...filter } = input;
  const [ids, figures] = await Promise.all([
    listAccessTokenIds(db, { ...filter, reach, limit: MOST_SORTED }, nowMs()),
    readTokenFigures(context),
  ]);
  const from = (sort.page - 1) * limit;
  const shown = byFigure(ids, figures, sort.figure, sort.isAscending).slice(from, from + limit);
  const tokens = await readAccessTokens(db, { reach, ids: shown, limit }, nowMs());
  return {
    items: inOrderOf(tokens, shown).map(toTokenItem),
    figures: Object.fromEntries(
      shown.flatMap((id) => (figures[id] === undefined ? [] : [[id, figures[id]]])),
    ),
    nextCursor: null,
    total: ids.length,
  };
}
