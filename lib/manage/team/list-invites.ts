import { listOpenInvites, type OpenInvite } from "../../db/team/invites";
import type { ManageContext } from "../manage-context";

export type { OpenInvite };

/** Invitations that can still be accepted, newest first. */
export async function listInvites({ db, nowMs }: ManageContext): Promise<readonly OpenInvite[]> {
  return listOpenInvites(db, nowMs());
}
