/**
 * Input and output of the verbs for groups, as JSON (see `schemas.ts`).
 * @module
 */
import { z } from "zod";
import { atLeastOneField } from "../at-least-one-field";
import { limitFields } from "../limits/limit-schemas";
import { name } from "../schemas";

const fields = {
  usesCommonKeys: z.boolean().optional().meta({
    description: "Whether its tokens are also served by the common keys, after its own",
  }),
  weight: z.int().min(1).max(100).optional().meta({
    description: "Its share of common keys when the quota is scarce",
  }),
  ...limitFields,
};

/** Limits are for all tokens of the group together. */
export const addGroupInput = z.strictObject({ name, ...fields });
export type AddGroupInput = z.output<typeof addGroupInput>;

export const changeGroupInput = z
  .strictObject({ name: name.optional(), ...fields })
  .refine(atLeastOneField, "nothing to change");
export type ChangeGroupInput = z.output<typeof changeGroupInput>;

const groupRole = z.enum(["admin", "member"]);

export const putGroupMemberInput = z.strictObject({
  userId: name,
  role: groupRole.nullable().meta({
    description: "Null removes the member from the group and revokes their tokens of it",
  }),
});
export type PutGroupMemberInput = z.output<typeof putGroupMemberInput>;

const epochMs = z.int();

export const groupList = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      usesCommonKeys: z.boolean(),
      weight: z.int(),
      rpm: z.int().nullable(),
      tpm: z.int().nullable(),
      concurrentRequests: z.int().nullable(),
      dailyRequests: z.int().nullable(),
      dailyTokens: z.int().nullable(),
      dailyCostUsd: z.number().nullable(),
      monthlyCostUsd: z.number().nullable(),
      tokens: z.int().meta({ description: "Its access tokens that aren't revoked" }),
      keys: z.int().meta({ description: "Provider keys that serve it" }),
      members: z.array(
        z.strictObject({
          id: z.string(),
          name: z.string(),
          email: z.string(),
          role: groupRole,
        }),
      ),
      createdAt: epochMs,
    }),
  ),
});

export const addedGroup = z.strictObject({ id: z.string() });

export const changedGroupMember = z.strictObject({
  revokedTokens: z.int().meta({ description: "Of a member who was removed from the group" }),
});
