"use server";

import { portalAction } from "@/app/portal-action";
import { readFields } from "@/lib/manage/assert-unchanged";
import { limitsInput } from "@/lib/manage/limits/limit-schemas";
import { changeMemberLimits } from "@/lib/manage/team/change-member-limits";
import { changeRole } from "@/lib/manage/team/change-role";
import { inviteMember } from "@/lib/manage/team/invite-member";
import { removeMember } from "@/lib/manage/team/remove-member";
import { revokeInvite } from "@/lib/manage/team/revoke-invite";
import {
  byIdInput,
  changeRoleInput,
  inviteMemberInput,
  removeMemberInput,
} from "@/lib/manage/team/team-schemas";

export const invite = portalAction("admin", inviteMemberInput, ({ context, input }) =>
  inviteMember(context, input),
);

export const takeInviteBack = portalAction("admin", byIdInput, ({ context, input }) =>
  revokeInvite(context, input),
);

export const giveRole = portalAction("admin", changeRoleInput, ({ context, input }) =>
  changeRole(context, input),
);

export const limitMember = portalAction(
  "admin",
  byIdInput.extend({ limits: limitsInput, was: readFields }),
  ({ context, input }) => changeMemberLimits(context, input.id, input.limits, input.was),
);

export const remove = portalAction("admin", removeMemberInput, ({ context, input }) =>
  removeMember(context, input),
);
