import type { TokenReach } from "../../db/tokens/access-tokens";
import type { ManageContext } from "../manage-context";
import { changeAccessToken } from "./update-access-token";

/**
 * Ends a token for good. It stays in lists, so that its use can still be told.
 * @throws {ManageError} `not_found`; `conflict` if it is revoked already.
 */
export async function revokeAccessToken(
  context: ManageContext,
  reach: TokenReach,
  id: string,
): Promise<void> {
  await changeAccessToken(context, reach, id, "access-token.revoke", () => ({ status: "revoked" }));
}
