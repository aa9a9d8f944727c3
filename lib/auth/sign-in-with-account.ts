/**
 * Signs in with an account at another service. Existing members and people with an invitation may sign in. Otherwise it
 * creates a member only if the service's groups give a role; then they decide at each sign-in what that role is, and
 * reject anyone who no longer has one.
 *
 * The address entered for an account proves nothing: it may be another person's. So the first service that vouches for
 * the address ends the previous password and every session, and pauses the access tokens, because they may belong to
 * someone else, who would otherwise keep access. An admin's tokens go on: an admin can create others for the team.
 * @module
 */
import { hashToken } from "../crypto/hash-token";
import { newRowId } from "../db/new-row-id";
import type { Database } from "../db/open-database";
import type { UserRow } from "../db/schema/team-schema";
import { type Actor, auditChange } from "../db/team/audit-log";
import { acceptInvite, findOpenInvite } from "../db/team/invites";
import { insertMember, updateRole } from "../db/team/members";
import {
  findUserByAccount,
  findUserByEmail,
  linkAccount,
  listLinkedAccounts,
} from "../db/team/users";
import { tokensEnd, tokensPause } from "../db/tokens/tokens-end";
import { accountOf } from "./account-address";
import { followPlaces } from "./follow-places";
import type { GroupPlaces } from "./group-places";
import type { Role } from "./member";
import { issuerOf } from "./sign-in-services";

export interface AccountSignIn {
  /** `github`, `google`, `oidc` */
  readonly provider: string;
  readonly providerAccountId: string;
  /** Null if the service doesn't vouch for it. */
  readonly verifiedEmail: string | null;
  /** By the service's groups: null for none, undefined if they decide nothing. */
  readonly role: Role | null | undefined;
  /** Places in groups here, by the service's groups; null or absent if they decide about none. */
  readonly places?: GroupPlaces | null;
  /** The service whose groups decide, null for none: its members sign in there only. */
  readonly directory: string | null;
  readonly name: string | null;
  readonly image: string | null;
  /** From the invitation link that the visitor came from; null for none. */
  readonly inviteToken: string | null;
  readonly from: Pick<Actor, "ip" | "userAgent">;
}

/** Whether the account may sign in; if so, it now belongs to a member. */
export async function signInWithAccount(
  db: Database,
  account: AccountSignIn,
  nowMs: number,
): Promise<boolean> {
  const { provider, providerAccountId, places = null } = account;
  if (!(await isAdmitted(db, account, nowMs))) return false;
  if (places === null) return true;
  const member = await findUserByAccount(db, provider, providerAccountId);
  if (member !== undefined) await followPlaces(db, member, places, account, nowMs);
  return true;
}

async function isAdmitted(db: Database, account: AccountSignIn, nowMs: number): Promise<boolean> {
  const { provider, providerAccountId, verifiedEmail, role, from } = account;
  if (role === null) return false;
  const known = await findUserByAccount(db, provider, providerAccountId);
  if (known !== undefined) {
    if (isElsewhere(account, await listLinkedAccounts(db, known.id))) return false;
    if (role !== undefined) await followGroups(db, known, role, account, nowMs);
    return true;
  }
  if (verifiedEmail === null) return false;
  const email = accountOf(verifiedEmail);
  const member = await findUserByEmail(db, email);
  if (member === undefined) {
    return role === undefined
      ? joinByInvite(db, account, email, nowMs)
      : joinByGroups(db, account, email, role, nowMs);
  }
  const subject = { kind: "member", id: member.id, name: email };
  const actor = { kind: "user", id: member.id, name: email, ...from } as const;
  const linked = await listLinkedAccounts(db, member.id);
  if (isElsewhere(account, linked) || isAnothers(account, linked)) return false;
  const proof =
    linked.length > 0 || member.passwordHash === null
      ? null
      : { tokenAudit: auditChange(actor, tokensPause(email), nowMs) };
  const after = { provider, ...(proof !== null && { passwordEnded: true }) };
  const entry = { action: "member.link-account", subject, after };
  const link = { provider, providerAccountId, userId: member.id, createdAtMs: nowMs };
  await linkAccount(db, link, proof, auditChange(actor, entry, nowMs));
  if (role !== undefined) await followGroups(db, member, role, account, nowMs);
  return true;
}

type Linked = readonly Pick<AccountSignIn, "provider" | "providerAccountId">[];

/** Whether the member signs in by a directory, which this isn't. */
function isElsewhere({ provider, directory }: AccountSignIn, linked: Linked): boolean {
  return provider !== directory && linked.some((each) => each.provider === directory);
}

/**
 * Whether the service knows the member as someone else: addresses are given to other people, accounts are not.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability
 */
function isAnothers({ provider, providerAccountId }: AccountSignIn, linked: Linked): boolean {
  const issuer = issuerOf(providerAccountId);
  return linked.some(
    (each) => each.provider === provider && issuerOf(each.providerAccountId) === issuer,
  );
}

/** The last admin remains one, whatever the groups say: someone must be able to change the settings. */
async function followGroups(
  db: Database,
  { id, email, role: from }: UserRow,
  to: Role,
  { provider, from: where }: AccountSignIn,
  nowMs: number,
): Promise<void> {
  if (from === to) return;
  const actor = { kind: "user", id, name: email, ...where } as const;
  const entry = {
    action: "member.change-role",
    subject: { kind: "member", id, name: email },
    before: { role: from },
    after: { role: to, by: provider },
  };
  const audit = auditChange(actor, entry, nowMs);
  const tokenAudit = auditChange(actor, tokensEnd(email), nowMs);
  await updateRole(db, { id, from, to, nowMs, audit, tokenAudit });
}

async function joinByGroups(
  db: Database,
  { provider, providerAccountId, name, image, from }: AccountSignIn,
  email: string,
  role: Role,
  nowMs: number,
): Promise<boolean> {
  const id = newRowId("us", nowMs);
  const user = { id, email, name: name ?? email, image, passwordHash: null, createdAtMs: nowMs };
  const entry = {
    action: "member.join",
    subject: { kind: "member", id, name: email },
    after: { name: user.name, role, provider },
  };
  const audit = auditChange({ kind: "user", id, name: email, ...from }, entry, nowMs);
  return insertMember(db, user, role, { provider, providerAccountId }, audit);
}

async function joinByInvite(
  db: Database,
  { provider, providerAccountId, name, image, inviteToken, from }: AccountSignIn,
  email: string,
  nowMs: number,
): Promise<boolean> {
  if (inviteToken === null) return false;
  const tokenHash = await hashToken(inviteToken);
  const invite = await findOpenInvite(db, tokenHash, nowMs);
  if (invite === undefined) return false;
  const id = newRowId("us", nowMs);
  const user = { id, email, name: name ?? email, image, passwordHash: null, createdAtMs: nowMs };
  const entry = {
    action: "member.join",
    subject: { kind: "member", id, name: email },
    after: { name: user.name, role: invite.role, provider },
  };
  const audit = auditChange({ kind: "user", id, name: email, ...from }, entry, nowMs);
  return acceptInvite(db, tokenHash, user, { provider, providerAccountId }, audit);
}
