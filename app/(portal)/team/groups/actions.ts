"use server";

import { portalAction } from "@/app/portal-action";
import { readFields } from "@/lib/manage/assert-unchanged";
import { addGroup } from "@/lib/manage/groups/add-group";
import { changeGroup as change } from "@/lib/manage/groups/change-group";
import {
  addGroupInput,
  changeGroupInput,
  putGroupMemberInput,
} from "@/lib/manage/groups/group-schemas";
import { putGroupMember } from "@/lib/manage/groups/put-group-member";
import { removeGroup as remove } from "@/lib/manage/groups/remove-group";
import { byIdInput } from "@/lib/manage/team/team-schemas";

export const createGroup = portalAction("admin", addGroupInput, ({ context, input }) =>
  addGroup(context, input),
);

export const changeGroup = portalAction(
  "admin",
  byIdInput.extend({ changes: changeGroupInput, was: readFields }),
  ({ context, input }) => change(context, input.id, input.changes, input.was),
);

export const putMember = portalAction(
  "admin",
  byIdInput.extend({ member: putGroupMemberInput }),
  ({ context, input }) => putGroupMember(context, input.id, input.member),
);

export const removeGroup = portalAction("admin", byIdInput, ({ context, input }) =>
  remove(context, input.id),
);
