"use server";

import { z } from "zod";
import { portalAction } from "@/app/portal-action";
import { readFields } from "@/lib/manage/assert-unchanged";
import { createAccessToken } from "@/lib/manage/create-access-token";
import { revokeAccessToken } from "@/lib/manage/revoke-access-token";
import { rotateAccessToken } from "@/lib/manage/rotate-access-token";
import {
  createAccessTokenInput,
  rotateAccessTokenInput,
  updateAccessTokenInput,
} from "@/lib/manage/schemas";
import { newTokenOwner, tokenReach } from "@/lib/manage/token-reach";
import { updateAccessToken } from "@/lib/manage/update-access-token";

export const createToken = portalAction(
  "member",
  createAccessTokenInput.extend({ owner: z.enum(["me", "team"]) }),
  ({ context, member, input: { owner, ...token } }) =>
    createAccessToken(context, tokenReach(member), newTokenOwner(member, owner), token),
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
