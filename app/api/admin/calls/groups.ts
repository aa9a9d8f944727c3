import { addGroup } from "@/lib/manage/groups/add-group";
import { changeGroup } from "@/lib/manage/groups/change-group";
import { listTendedGroups } from "@/lib/manage/groups/group-access";
import {
  addGroupInput,
  changeGroupInput,
  putGroupMemberInput,
} from "@/lib/manage/groups/group-schemas";
import { listGroups } from "@/lib/manage/groups/list-groups";
import { putGroupMember } from "@/lib/manage/groups/put-group-member";
import { removeGroup } from "@/lib/manage/groups/remove-group";
import type { AdminCalls } from "../admin-call";
import { readBody } from "../read-body";

export const groupCalls = {
  "GET groups": async ({ context, reader }) => {
    const own = new Set((await listTendedGroups(context, reader)).map(({ id }) => id));
    return { items: (await listGroups(context)).filter(({ id }) => own.has(id)) };
  },
  "POST groups": async ({ request, context }) =>
    addGroup(context, await readBody(request, addGroupInput)),
  "PATCH groups/{id}": async ({ request, param, context }) =>
    changeGroup(context, param, await readBody(request, changeGroupInput)),
  "DELETE groups/{id}": ({ param, context }) => removeGroup(context, param),
  "PUT groups/{id}/members": async ({ request, param, context }) =>
    putGroupMember(context, param, await readBody(request, putGroupMemberInput)),
} satisfies AdminCalls;
