import { rotateAccessToken } from "@/lib/manage/rotate-access-token";
import { rotateAccessTokenInput } from "@/lib/manage/schemas";
import { adminRoute } from "../../../admin-route";
import { readBody } from "../../../read-body";

export const POST = adminRoute<{ id: string }>(async ({ request, params, context }) =>
  rotateAccessToken(
    context,
    "everyone",
    params.id,
    await readBody(request, rotateAccessTokenInput),
  ),
);
