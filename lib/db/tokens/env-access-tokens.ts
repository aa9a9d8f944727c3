/**
 * Access tokens defined in the environment (`AUTH_KEY`) instead of the store.
 * @module
 */
import { hashToken } from "../../crypto/hash-token";
import type { AccessToken } from "../../proxy/ports";
import { parseAuthKey } from "./parse-auth-key";

/** The prefix of such tokens' ids; no row has such an id. */
export const ENV_TOKEN_PREFIX = "env_";

/** The tokens by the SHA-256 of their text (see `hashToken`). */
export async function envAccessTokens(authKey: string): Promise<ReadonlyMap<string, AccessToken>> {
  const { definitions } = parseAuthKey(authKey);
  const entries = definitions.map(async ({ text, scopes, expiresAtMs }, index) => {
    const hash = await hashToken(text);
    const id = `${ENV_TOKEN_PREFIX}${hash.slice(0, 12)}`;
    const name = `AUTH_KEY ${index + 1}`;
    const isAdmin = scopes === null;
    return [hash, { id, name, ownerId: null, scopes, expiresAtMs, isAdmin }] as const;
  });
  return new Map(await Promise.all(entries));
}
