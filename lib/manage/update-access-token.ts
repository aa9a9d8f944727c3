import { getAccessToken, updateAccessToken as writeAccessToken } from "../db/access-tokens";
import type { AccessTokenRow, Changes } from "../db/schema";
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
  id: string,
  { expiresAt, ...fields }: UpdateAccessTokenInput,
): Promise<void> {
  await knownProviders(context, fields.providers ?? []);
  const changes = { ...fields, expiresAtMs: expiresAt };
  await changeAccessToken(context, id, changes);
}

/** Revoking is for good. @throws {ManageError} `not_found`; `conflict` if it is revoked already. */
export async function changeAccessToken(
  { db, nowMs }: ManageContext,
  id: string,
  changes: Changes<AccessTokenRow>,
): Promise<void> {
  if (await writeAccessToken(db, id, changes, nowMs())) return;
  if (await getAccessToken(db, id))
    throw new ManageError("conflict", "the access token is revoked");
  throw new ManageError("not_found", "no such access token");
}
