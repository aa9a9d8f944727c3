/**
 * The guard of the admin API: an unrestricted, unexpired token of `AUTH_KEY` is an admin token.
 * @module
 */
import { hashToken } from "../crypto/hash-token";
import type { Actor } from "../db/team/audit-log";
import { envAccessTokens } from "../db/tokens/env-access-tokens";
import { whereFrom } from "./where-from";

export class NotAdminError extends Error {
  override readonly name = "NotAdminError";
}

/**
 * The caller, by `Authorization: Bearer` or `x-api-key`.
 * @throws {NotAdminError} if the request has no admin token.
 */
export async function requireAdmin(
  headers: Headers,
  authKey: string,
  nowMs: number,
): Promise<Actor> {
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(headers.get("authorization") ?? "")?.[1];
  const credential = bearer ?? headers.get("x-api-key");
  if (!credential) throw new NotAdminError("this needs an admin token");
  return { ...(await adminByCredential(credential, authKey, nowMs)), ...whereFrom(headers) };
}

/**
 * The admin to whom a credential belongs.
 * @throws {NotAdminError} if it isn't an admin token.
 */
export async function adminByCredential(
  credential: string,
  authKey: string,
  nowMs: number,
): Promise<Pick<Actor, "kind" | "id" | "name">> {
  const tokens = await envAccessTokens(authKey);
  const token = tokens.get(await hashToken(credential));
  if (token === undefined) throw new NotAdminError("unknown admin token");
  if (token.scopes !== null)
    throw new NotAdminError("a restricted access token is not an admin token");
  if (token.expiresAtMs !== null && token.expiresAtMs <= nowMs) {
    throw new NotAdminError("the admin token has expired");
  }
  return { kind: "token", id: token.id, name: token.name };
}
