/**
 * The guard of the admin API: an unrestricted, unexpired token of `AUTH_KEY` is an admin token. So is a service token of
 * Cloudflare Access with the role of an admin; with another role it may read.
 * @module
 */
import { hashToken } from "../crypto/hash-token";
import type { Actor } from "../db/team/audit-log";
import { envAccessTokens } from "../db/tokens/env-access-tokens";
import type { Env } from "../env";
import { type AccessEnv, accessIdentity, serviceRole } from "./cloudflare-access";
import { whereFrom } from "./where-from";

export class NotAdminError extends Error {
  override readonly name = "NotAdminError";
}

/** A service token wants to change something, and may only read. */
export class ReadOnlyError extends Error {
  override readonly name = "ReadOnlyError";
}

/**
 * The caller of the admin API, by a token or by what Cloudflare Access says. Persons have no access to it by Access: a
 * browser adds their cookie to the requests of any site.
 * @throws {NotAdminError} if it has neither; {ReadOnlyError} if it may not make this request.
 */
export async function apiCaller(
  { headers, method }: Pick<Request, "headers" | "method">,
  env: AccessEnv & Pick<Env, "AUTH_KEY">,
  nowMs: number,
): Promise<Actor> {
  const hasToken = headers.has("authorization") || headers.has("x-api-key");
  const identity = hasToken ? null : await accessIdentity(headers, env, nowMs);
  if (identity?.kind !== "service") return requireAdmin(headers, env.AUTH_KEY ?? "", nowMs);
  const { clientId } = identity;
  const role = serviceRole(env, clientId);
  if (role === null) throw new NotAdminError("this service token has no role here");
  if (role !== "admin" && method !== "GET" && method !== "HEAD") {
    throw new ReadOnlyError("this service token may only read");
  }
  const name = clientId.slice(0, MOST_NAME_CHARS);
  return { kind: "token", id: `access:${name}`, name, ...whereFrom(headers) };
}

const MOST_NAME_CHARS = 200;

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
