import {
  getAccessToken,
  type TokenReach,
  updateAccessToken as writeAccessToken,
} from "../db/access-tokens";
import { auditChange } from "../db/audit-log";
import type { AccessTokenRow, Changes } from "../db/schema";
import { auditedChange } from "./audited-token";
import { knownProviders } from "./known-provider";
import type { ManageContext } from "./manage-context";
import { ManageError } from "./manage-error";
import type { UpdateAccessTokenInput } from "./schemas";

/**
 * Pauses, resumes or edits a token; null clears a limit.
 * @throws {ManageError} `not_found`; `conflict` if it is revoked; `invalid_input` for an unknown provider.
 */
export async function updateAccessToken(
  context: ManageContext,
  reach: TokenReach,
  id: string,
  { expiresAt, ...fields }: UpdateAccessTokenInput,
): Promise<void> {
  await knownProviders(context, fields.providers ?? []);
  const changes = { ...fields, expiresAtMs: expiresAt };
  await changeAccessToken(context, reach, id, "access-token.update", changes);
}

/** Revoking is for good. @throws {ManageError} `not_found`; `conflict` if it is revoked already. */
export async function changeAccessToken(
  { db, nowMs, actor }: ManageContext,
  reach: TokenReach,
  id: string,
  action: "access-token.update" | "access-token.revoke",
  changes: Changes<AccessTokenRow>,
): Promise<void> {
  const token = await getAccessToken(db, reach, id);
  if (token === undefined) throw new ManageError("not_found", "no such access token");
  const atMs = nowMs();
  const subject = { kind: "access-token", id, name: token.name };
  const audit = auditChange(actor, { action, subject, ...auditedChange(token, changes) }, atMs);
  if (await writeAccessToken(db, reach, id, changes, audit, atMs)) return;
  throw new ManageError("conflict", "the access token is revoked");
}
