/**
 * Access tokens in the store. Every change takes a new state version.
 * @module
 */
import { and, desc, eq, getTableColumns, lt, ne, or, sql } from "drizzle-orm";
import type { Database } from "./open-database";
import { type AccessTokenRow, accessTokens, type Changes, type TokenStatus } from "./schema";
import { changeState, TAKEN_VERSION } from "./state-version";

/** A token without its hash, which nobody needs to see. */
export type ListedAccessToken = Omit<AccessTokenRow, "tokenHash">;

const { tokenHash: _, ...LISTED_COLUMNS } = getTableColumns(accessTokens);

export async function insertAccessToken(
  db: Database,
  token: Omit<AccessTokenRow, "version">,
): Promise<void> {
  await changeState(db, [db.insert(accessTokens).values({ ...token, version: TAKEN_VERSION })]);
}

export interface AccessTokenFilter {
  readonly status?: TokenStatus | undefined;
  /** Part of the name or the masked token; letters' case does not matter. */
  readonly q?: string | undefined;
  /** Continues after the last of a page. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listAccessTokens(
  db: Database,
  { status, q, beforeId, limit }: AccessTokenFilter,
): Promise<ListedAccessToken[]> {
  return db
    .select(LISTED_COLUMNS)
    .from(accessTokens)
    .where(
      and(
        status && eq(accessTokens.status, status),
        beforeId === undefined ? undefined : lt(accessTokens.id, beforeId),
        q === undefined
          ? undefined
          : or(
              sql`instr(lower(${accessTokens.name}), lower(${q})) > 0`,
              sql`instr(lower(${accessTokens.masked}), lower(${q})) > 0`,
            ),
      ),
    )
    .orderBy(desc(accessTokens.id))
    .limit(limit);
}

export async function getAccessToken(
  db: Database,
  id: string,
): Promise<ListedAccessToken | undefined> {
  return db.select(LISTED_COLUMNS).from(accessTokens).where(eq(accessTokens.id, id)).get();
}

/** A revoked token cannot be changed. @returns Whether there is such a token, not revoked. */
export async function updateAccessToken(
  db: Database,
  id: string,
  changes: Changes<AccessTokenRow>,
  nowMs: number,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    db
      .update(accessTokens)
      .set({ ...changes, updatedAtMs: nowMs, version: TAKEN_VERSION })
      .where(and(eq(accessTokens.id, id), ne(accessTokens.status, "revoked"))),
  ]);
  return rowCounts[0] !== 0;
}
