import { hashToken } from "../../crypto/hash-token";
import { findOpenInvite, type OpenInvite } from "../../db/team/invites";
import type { ManageContext } from "../manage-context";

/** The invitation for a link; null if it is unknown, used or expired, without saying which. */
export async function findInvite(
  { db, nowMs }: Pick<ManageContext, "db" | "nowMs">,
  token: string,
): Promise<OpenInvite | null> {
  return (await findOpenInvite(db, await hashToken(token), nowMs())) ?? null;
}
