import { changeMemberLimits } from "@/lib/manage/change-member-limits";
import { limitsInput } from "@/lib/manage/limit-schemas";
import { adminRoute } from "../../../admin-route";
import { readBody } from "../../../read-body";

export const PATCH = adminRoute<{ id: string }>(async ({ request, params, context }) =>
  changeMemberLimits(context, params.id, await readBody(request, limitsInput)),
);
