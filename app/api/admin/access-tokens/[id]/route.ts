import { revokeAccessToken } from "@/lib/manage/revoke-access-token";
import { updateAccessTokenInput } from "@/lib/manage/schemas";
import { updateAccessToken } from "@/lib/manage/update-access-token";
import { adminRoute } from "../../admin-route";
import { readBody } from "../../read-body";

export const PATCH = adminRoute<{ id: string }>(async ({ request, params, context }) =>
  updateAccessToken(
    context,
    "everyone",
    params.id,
    await readBody(request, updateAccessTokenInput),
  ),
);

export const DELETE = adminRoute<{ id: string }>(({ params, context }) =>
  revokeAccessToken(context, "everyone", params.id),
);
