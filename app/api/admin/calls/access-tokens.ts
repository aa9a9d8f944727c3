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
import { tokenReach } from "@/lib/manage/tokens/token-reach";
import { updateAccessToken } from "@/lib/manage/tokens/update-access-token";
import { checkBudgets } from "@/lib/manage/usage/check-budgets";
import { readBudgets } from "@/lib/manage/usage/read-budgets";
import { rebuildBudgets } from "@/lib/manage/usage/rebuild-budgets";
import { liveHolds } from "@/lib/runtime/live-figures";
import type { AdminCalls } from "../admin-call";
import { readBody, readQuery } from "../read-body";

export const accessTokenCalls = {
  "GET access-tokens": ({ request, context, reader }) =>
    listAccessTokens(context, tokenReach(reader), readQuery(request, listAccessTokensInput)),
  "POST access-tokens": async ({ request, context, reader }) => {
    const owner = reader.role === "admin" ? null : reader.id;
    const input = await readBody(request, createAccessTokenInput);
    return createAccessToken(context, tokenReach(reader), owner, input);
  },
  "PATCH access-tokens/{id}": async ({ request, param, context, reader }) => {
    const input = await readBody(request, updateAccessTokenInput);
    return updateAccessToken(context, tokenReach(reader), param, input);
  },
  "DELETE access-tokens/{id}": ({ param, context, reader }) =>
    revokeAccessToken(context, tokenReach(reader), param),
  "POST access-tokens/{id}/rotate": async ({ request, param, context, reader }) => {
    const input = await readBody(request, rotateAccessTokenInput);
    return rotateAccessToken(context, tokenReach(reader), param, input);
  },
  "PATCH members/{id}/limits": async ({ request, param, context }) =>
    changeMemberLimits(context, param, await readBody(request, limitsInput)),
  "GET budgets": async ({ request, context, env, reader }) => ({
    items: await readBudgets(context, tokenReach(reader), liveHolds(request.headers, env)),
  }),
  "GET budgets/check": ({ context }) => checkBudgets(context),
  "POST budgets/rebuild": ({ context }) => rebuildBudgets(context),
} satisfies AdminCalls;
