import { hashToken } from "../../crypto/hash-token";
import { maskKey } from "../../crypto/mask-key";
import { newAccessToken } from "../../crypto/new-access-token";
import { newRowId } from "../../db/new-row-id";
import { auditChange } from "../../db/team/audit-log";
import {
  getAccessToken,
  type TokenReach,
  rotateAccessToken as writeRotation,
} from "../../db/tokens/access-tokens";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import type { RotateAccessTokenInput } from "../schemas";
import type { CreatedAccessToken } from "./create-access-token";
import { assertRotatesOwn } from "./for-admin-api";

export interface RotatedAccessToken extends CreatedAccessToken {
  /** When the previous token stops working, in epoch milliseconds. */
  readonly oldExpiresAt: number;
}

/**
 * Creates a token with the settings of another, which keeps working for the overlap, so that apps can switch one by
 * one.
 * @throws {ManageError} `not_found`; `conflict` if it is revoked, expired or already rotated.
 */
export async function rotateAccessToken(
  { db, nowMs, actor }: ManageContext,
  reach: TokenReach,
  id: string,
  { overlapSeconds }: RotateAccessTokenInput,
): Promise<RotatedAccessToken> {
  const old = await getAccessToken(db, reach, id);
  if (old === undefined) throw new ManageError("not_found", "no such access token");
  assertRotatesOwn(old, actor.id);
  const token = newAccessToken();
  const atMs = nowMs();
  const overlapUntilMs = atMs + overlapSeconds * 1_000;
  const oldExpiresAt = Math.min(old.expiresAtMs ?? overlapUntilMs, overlapUntilMs);
  const successor = {
    id: newRowId("at", atMs),
    tokenHash: await hashToken(token),
    masked: maskKey(token),
    createdBy: actor.id,
    overlapUntilMs,
  };
  const entry = {
    action: "access-token.rotate",
    subject: { kind: "access-token", id, name: old.name },
    before: { masked: old.masked, expiresAt: old.expiresAtMs },
    after: { masked: successor.masked, rotatedTo: successor.id, oldExpiresAt },
  };
  const audit = auditChange(actor, entry, atMs);
  if (!(await writeRotation(db, reach, id, successor, audit, atMs))) {
    throw new ManageError("conflict", "the access token is revoked, expired or rotated already");
  }
  return { id: successor.id, token, oldExpiresAt };
}
