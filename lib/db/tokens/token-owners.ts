import { type SQL, sql } from "drizzle-orm";

/** In the error of a transaction that failed because a token's new owner can have none. */
export const OWNER_GONE = "the owner is gone";

/** The condition that a user may have tokens. */
export function mayOwnTokens(userId: string): SQL {
  return sql`exists (select 1 from users where id = ${userId} and role <> 'viewer')`;
}

/** A statement that lets a transaction fail if a token's new owner was removed or became a viewer; as `assertRole`. */
export function assertOwner(userId: string): SQL {
  return sql`select json_extract('{}', iif(${mayOwnTokens(userId)}, '$', ${OWNER_GONE}))`;
}
