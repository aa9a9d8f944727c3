/**
 * The guard of the admin API: an unrestricted, unexpired token of `AUTH_KEY` is an admin token. So is a service token of
 * Cloudflare Access with the role of an admin; with another role it may read. A member's token for the admin API acts as
 * the member.
 * @module
 */
import { hashToken } from "../crypto/hash-token";
import type { Database } from "../db/open-database";
import { isOlderSchema } from "../db/state/read-older-state";
import type { Actor } from "../db/team/audit-log";
import { findOwnerForAdminApi } from "../db/tokens/access-tokens";
import { envAccessTokens } from "../db/tokens/env-access-tokens";
import type { Env } from "../env";
import { type AccessEnv, accessIdentity, serviceRole } from "./cloudflare-access";
import type { Role } from "./member";
import { whereFrom } from "./where-from";

export class NotAdminError extends Error {
  override readonly name = "NotAdminError";
}

/** A service token wants to change something, and may only read. */
export class ReadOnlyError extends Error {
  override readonly name = "ReadOnlyError";
}

/** Who calls the admin API. */
export interface ApiCaller {
  readonly actor: Actor;
  /** The member whose rights count; null for someone who may make this call. */
  readonly member: { readonly id: string; readonly role: Role } | null;
}

/**
 * The caller of the admin API, by a token or by what Cloudflare Access says. Persons have no access to it by Access: a
 * browser adds their cookie to the requests of any site.
 * @throws {NotAdminError} if it has neither; {ReadOnlyError} if it may not make this request.
 */
export async function apiCaller(
  { headers, method }: Pick<Request, "headers" | "method">,
  env: AccessEnv & Pick<Env, "AUTH_KEY">,
  db: Database,
  nowMs: number,
): Promise<ApiCaller> {
  const credential = credentialIn(headers);
  if (credential !== null) {
    const member = await memberByCredential(db, credential, nowMs);
    if (member !== undefined) {
      const { id, email, role } = member;
      const actor = { kind: "user", id, name: email, role, ...whereFrom(headers) } as const;
      return { actor, member: { id, role } };
    }
  }
  const hasToken = headers.has("authorization") || headers.has("x-api-key");
  const identity = hasToken ? null : await accessIdentity(headers, env, nowMs);
  if (identity?.kind !== "service") {
    return { actor: await requireAdmin(headers, env.AUTH_KEY ?? "", nowMs), member: null };
  }
  const { clientId } = identity;
  const role = serviceRole(env, clientId);
  if (role === null) throw new NotAdminError("this service token has no role here");
  if (role !== "admin" && method !== "GET" && method !== "HEAD") {
    throw new ReadOnlyError("this service token may only read");
  }
  const name = clientId.slice(0, MOST_NAME_CHARS);
  const actor = { kind: "token", id: `access:${name}`, name, ...whereFrom(headers) } as const;
  return { actor, member: null };
}

/** Tokens that we make begin so; tokens of `AUTH_KEY` cost no read. */
const OWN_TOKEN = /^ob-/;

async function memberByCredential(db: Database, credential: string, nowMs: number) {
  if (!OWN_TOKEN.test(credential)) return undefined;
  try {
    return await findOwnerForAdminApi(db, await hashToken(credential), nowMs);
  } catch (error) {
    if (isOlderSchema(error)) return undefined;
    throw error;
  }
}

/** By `Authorization: Bearer` or `x-api-key`; null for none. */
function credentialIn(headers: Headers): string | null {
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(headers.get("authorization") ?? "")?.[1];
  return bearer ?? headers.get("x-api-key");
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
  const credential = credentialIn(headers);
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
