import { getAccessToken, type TokenReach } from "../../db/tokens/access-tokens";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { type AccessTokenItem, toTokenItem } from "./list-access-tokens";

/** A token, revoked ones too. @throws {ManageError} `not_found`, also for one that is out of reach. */
export async function findAccessToken(
  { db }: ManageContext,
  reach: TokenReach,
  id: string,
): Promise<AccessTokenItem> {
  const token = await getAccessToken(db, reach, id);
  if (token === undefined) throw new ManageError("not_found", "no such access token");
  return toTokenItem(token);
}
