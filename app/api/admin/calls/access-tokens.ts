import { limitsInput } from "@/lib/manage/limits/limit-schemas";
import {
  createAccessTokenInput,
  listAccessTokensInput,
  rotateAccessTokenInput,
  updateAccessTokenInput,
} from "@/lib/manage/schemas";
import { changeMemberLimits } from "@/lib/manage/team/change-member-limits";
import { createAccessToken } from "@/lib/manage/tokens/create-access-token";
import { listAccessTokens } from "@/lib/manage/tokens/list-access-tokens";
import { revokeAccessToken } from "@/lib/manage/tokens/revoke-access-token";
import { rotateAccessToken } from "@/lib/manage/tokens/rotate-access-token";
import { updateAccessToken } from "@/lib/manage/tokens/update-access-token";
import { checkBudgets } from "@/lib/manage/usage/check-budgets";
import { readBudgets } from "@/lib/manage/usage/read-budgets";
import { rebuildBudgets } from "@/lib/manage/usage/rebuild-budgets";
import { liveHolds } from "@/lib/runtime/live-figures";
import type { AdminCalls } from "../admin-call";
import { readBody, readQuery } from "../read-body";

export const accessTokenCalls = {
  "GET access-tokens": ({ request, context }) =>
    listAccessTokens(context, "everyone", readQuery(request, listAccessTokensInput)),
  "POST access-tokens": async ({ request, context }) =>
    createAccessToken(context, "everyone", null, await readBody(request, createAccessTokenInput)),
  "PATCH access-tokens/{id}": async ({ request, param, context }) =>
    updateAccessToken(context, "everyone", param, await readBody(request, updateAccessTokenInput)),
  "DELETE access-tokens/{id}": ({ param, context }) =>
    revokeAccessToken(context, "everyone", param),
  "POST access-tokens/{id}/rotate": async ({ request, param, context }) =>
    rotateAccessToken(context, "everyone", param, await readBody(request, rotateAccessTokenInput)),
  "PATCH members/{id}/limits": async ({ request, param, context }) =>
    changeMemberLimits(context, param, await readBody(request, limitsInput)),
  "GET budgets": async ({ request, context, env }) => ({
    items: await readBudgets(context, "everyone", liveHolds(request.headers, env)),
  }),
  "GET budgets/check": ({ context }) => checkBudgets(context),
  "POST budgets/rebuild": ({ context }) => rebuildBudgets(context),
} satisfies AdminCalls;
