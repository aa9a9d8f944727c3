import { createAccessToken } from "@/lib/manage/create-access-token";
import { listAccessTokens } from "@/lib/manage/list-access-tokens";
import { createAccessTokenInput, listAccessTokensInput } from "@/lib/manage/schemas";
import { adminRoute } from "../admin-route";
import { readBody, readQuery } from "../read-body";

export const GET = adminRoute(async ({ request, context }) =>
  listAccessTokens(context, "everyone", readQuery(request, listAccessTokensInput)),
);

export const POST = adminRoute(async ({ request, context }) =>
  createAccessToken(context, "everyone", null, await readBody(request, createAccessTokenInput)),
);
