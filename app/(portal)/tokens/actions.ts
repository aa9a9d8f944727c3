"use server";

import { z } from "zod";
import { portalAction } from "@/app/portal-action";
import { readFields } from "@/lib/manage/assert-unchanged";
import {
  createAccessTokenInput,
  rotateAccessTokenInput,
  updateAccessTokenInput,
} from "@/lib/manage/schemas";
import { createAccessToken } from "@/lib/manage/tokens/create-access-token";
import { revokeAccessToken } from "@/lib/manage/tokens/revoke-access-token";
import { rotateAccessToken } from "@/lib/manage/tokens/rotate-access-token";
import { tokenReach } from "@/lib/manage/tokens/token-reach";
import { updateAccessToken } from "@/lib/manage/tokens/update-access-token";

export const createToken = portalAction(
  "member",
  createAccessTokenInput,
  ({ context, member, input }) => createAccessToken(context, tokenReach(member), member.id, input),
);

export const updateToken = portalAction(
  "member",
  z.strictObject({ id: z.string(), changes: updateAccessTokenInput, was: readFields }),
  ({ context, member, input }) =>
    updateAccessToken(context, tokenReach(member), input.id, input.changes, input.was),
);

export const rotateToken = portalAction(
  "member",
  rotateAccessTokenInput.extend({ id: z.string() }),
  ({ context, member, input: { id, ...rotation } }) =>
    rotateAccessToken(context, tokenReach(member), id, rotation),
);

export const revokeToken = portalAction(
  "member",
  z.strictObject({ id: z.string() }),
  ({ context, member, input }) => revokeAccessToken(context, tokenReach(member), input.id),
);
