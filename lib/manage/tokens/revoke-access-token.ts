import type { TokenReach } from "../../db/tokens/access-tokens";
import type { ManageContext } from "../manage-context";
import { changeAccessToken } from "./update-access-token";

/**
 * Revokes a token permanently. It stays in lists, so that its usage can still be shown.
 * @throws {ManageError} `not_found`; `conflict` if it is already revoked.
 */
export async function revokeAccessToken(
  context: ManageContext,
  reach: TokenReach,
  id: string,
): Promise<void> {
  await changeAccessToken(context, reach, id, "access-token.revoke", () => ({ status: "revoked" }));
}
