import type { ManageContext } from "./manage-context";
import { findNames } from "./usage/find-names";
import type { RequestItem } from "./usage/list-requests";

/** The names of the things that a request refers to by id; null if there is none, or it is gone. */
export interface RequestNames {
  readonly tokenName: string | null;
  readonly userName: string | null;
  readonly maskedKey: string | null;
}

type Naming = Pick<RequestItem, "tokenId" | "userId" | "keyId">;

/**
 * Names requests, page after page: what was looked up for one page isn't for the next.
 * @example
 * const name = requestNamer(context);
 * for await (const items of pages) yield await name(items);
 */
export function requestNamer(
  context: ManageContext,
): <Item extends Naming>(items: readonly Item[]) => Promise<(Item & RequestNames)[]> {
  /** Null for what has no name any more. */
  const known = new Map<string, string | null>();
  return async (items) => {
    const ids = new Set(items.flatMap(({ tokenId, userId, keyId }) => [tokenId, userId, keyId]));
    const unknown = [...ids].filter((id) => id !== null).filter((id) => !known.has(id));
    if (unknown.length > 0) {
      const names = await findNames(context, unknown);
      for (const id of unknown) known.set(id, names.get(id) ?? null);
    }
    const nameOf = (id: string | null) => (id === null ? null : (known.get(id) ?? null));
    return items.map((item) => ({
      ...item,
      tokenName: nameOf(item.tokenId),
      userName: nameOf(item.userId),
      maskedKey: nameOf(item.keyId),
    }));
  };
}
