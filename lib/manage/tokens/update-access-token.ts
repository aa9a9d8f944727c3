import type { AccessTokenRow, Changes } from "../../db/schema/schema";
import { auditChange } from "../../db/team/audit-log";
import {
  getAccessToken,
  type ListedAccessToken,
  type TokenReach,
  updateAccessToken as writeAccessToken,
} from "../../db/tokens/access-tokens";
import { assertUnchanged, type Fields } from "../assert-unchanged";
import { withGroups } from "../groups/with-groups";
import { knownProviders } from "../keys/known-provider";
import { assertBelowCeilings, ceilingsAfter } from "../limits/limit-ceilings";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import type { UpdateAccessTokenInput } from "../schemas";
import { auditedChange } from "./audited-token";
import { assertStaysForAdminApi } from "./for-admin-api";
import { assertJoinsOnce, assertMayJoin } from "./token-group";
import { assertMayOwn, withOwner } from "./token-owner";
import { assertMayShare } from "./token-share";

/**
 * Pauses, resumes or edits a token, or gives it to another owner; null clears a limit. What an admin sets is a ceiling
 * for the owner.
 * @param was What the caller knows of these fields; another's change in the meantime stays, and is reported.
 * @throws {ManageError} `not_found`; `conflict` if it is revoked, or was changed by someone else in the meantime;
 * `invalid_input` for an unknown provider or group, an owner who can have none, a limit above an admin's, or a share that only admins may set.
 */
export async function updateAccessToken(
  context: ManageContext,
  reach: TokenReach,
  id: string,
  { expiresAt, group, owner, ...fields }: UpdateAccessTokenInput,
  was?: Fields,
): Promise<void> {
  if (typeof group === "string") await assertMayJoin(context, reach, group);
  if (owner !== undefined) await assertMayOwn(context, reach, owner);
  await knownProviders(context, fields.providers ?? []);
  const changes = { ...fields, groupId: group, ownerId: owner, expiresAtMs: expiresAt };
  await changeAccessToken(context, reach, id, "access-token.update", (token) => {
    const { groupId, ownerId, expiresAtMs } = token;
    const current = { ...token, group: groupId, owner: ownerId, expiresAt: expiresAtMs };
    assertUnchanged(current, { ...fields, group, owner, expiresAt }, was);
    assertStaysForAdminApi(token, { ...fields, group, owner });
    assertJoinsOnce(token.groupId, group);
    // None is none: null would be all.
    const kept = token.forAdminApi ? { ...changes, providers: token.providers } : changes;
    if (reach === "everyone") return { ...kept, limitCeilings: ceilingsAfter(token, kept) };
    assertBelowCeilings(token.limitCeilings, kept);
    assertMayShare(reach, token, kept);
    return kept;
  });
}

/**
 * Revoking is permanent.
 * @param changesOf The changes to the current token; not written if it has changed by then.
 * @throws {ManageError} `not_found`; `conflict` if it is revoked, or was changed by someone else in the meantime.
 */
export async function changeAccessToken(
  { db, nowMs, actor }: ManageContext,
  reach: TokenReach,
  id: string,
  action: "access-token.update" | "access-token.revoke",
  changesOf: (token: ListedAccessToken) => Changes<AccessTokenRow>,
): Promise<void> {
  const token = await getAccessToken(db, reach, id);
  if (token === undefined) throw new ManageError("not_found", "no such access token");
  const changes = changesOf(token);
  const atMs = nowMs();
  const subject = { kind: "access-token", id, name: token.name };
  const audit = auditChange(actor, { action, subject, ...auditedChange(token, changes) }, atMs);
  const written = writeAccessToken(db, reach, token, changes, audit, atMs);
  if (await withOwner(withGroups(written))) return;
  throw new ManageError("conflict", "the access token is revoked, or was changed meanwhile");
}
