/**
 * Input of the verbs about members. Small enough for the browser, whose forms use the same validation.
 * @module
 */
import { z } from "zod";

const role = z.enum(["admin", "member", "viewer"]);

/** NIST SP 800-63B: length counts, and there are no composition rules. */
export const PASSWORD_MIN_LENGTH = 10;
const PASSWORD_MAX_LENGTH = 200;

const newPassword = z.string().min(PASSWORD_MIN_LENGTH).max(PASSWORD_MAX_LENGTH);
const personName = z.string().trim().min(1).max(100);
const emailAddress = z.string().trim().toLowerCase().pipe(z.email().max(254));
const id = z.string().min(1).max(100);

/** A stored password may be older than today's rules. */
const givenPassword = z.string().min(1).max(PASSWORD_MAX_LENGTH);

export const signInInput = z.strictObject({
  email: z.string().trim().min(1).max(254),
  password: givenPassword,
});

const newPerson = z.strictObject({
  name: personName,
  email: emailAddress,
  password: newPassword,
});

export const createFirstAdminInput = newPerson.extend({
  /** The set-up link's secret, or an unrestricted token of `AUTH_KEY`. */
  secret: z.string().trim().min(1).max(500),
});
export type CreateFirstAdminInput = z.output<typeof createFirstAdminInput>;

export const INVITE_DAYS = [1, 7, 30] as const;

export const inviteMemberInput = z.strictObject({
  role,
  email: emailAddress.nullish(),
  expiresInDays: z.int().min(1).max(30),
});
/** The same for the form, in which no address is an empty field. */
export const inviteFormInput = inviteMemberInput.extend({
  email: z.union([z.literal(""), emailAddress]),
});
export type InviteMemberInput = z.output<typeof inviteMemberInput>;

export const acceptInviteInput = newPerson.extend({ token: z.string().min(1).max(100) });
export type AcceptInviteInput = z.output<typeof acceptInviteInput>;

export const changeRoleInput = z.strictObject({ id, role });
export type ChangeRoleInput = z.output<typeof changeRoleInput>;

/** Identifies one row. */
export const byIdInput = z.strictObject({ id });

export const removeMemberInput = byIdInput.extend({
  /** Who gets the member's access tokens; null for the team. Absent: they are revoked. */
  tokensTo: id.nullable().optional(),
});
export type RemoveMemberInput = z.output<typeof removeMemberInput>;

/** Ends one of the acting member's sessions. */
export const endSessionInput = z.strictObject({ handle: z.string().min(1).max(100) });

export const renameMemberInput = z.strictObject({ name: personName });

export const changePasswordInput = z.strictObject({
  /** Absent for a member who has none yet. */
  currentPassword: givenPassword.optional(),
  newPassword,
});
export type ChangePasswordInput = z.output<typeof changePasswordInput>;

export const noInput = z.undefined();
