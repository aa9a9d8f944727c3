import { toBase64Url } from "./base64url";
import { deriveKeys } from "./derived-keys";

/**
 * Identifies equal keys of a provider without decrypting them: HMAC-SHA256 in base64url. Without the secret, a copy of
 * the database can't even confirm a guessed key.
 *
 * The secret is part of it, so a rotation changes a key's fingerprint: to find duplicates during a rotation, compute it
 * under both the current and the previous secret.
 */
export async function fingerprintKey(
  provider: string,
  key: string,
  secret: string,
): Promise<string> {
  const { fingerprinting } = await deriveKeys(secret);
  // A provider slug contains no line break, so no two pairs give the same text.
  const text = new TextEncoder().encode(`${provider}\n${key}`);
  return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", fingerprinting, text)));
}
