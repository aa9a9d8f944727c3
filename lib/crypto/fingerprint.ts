import { toBase64Url } from "./base64url";
import { deriveKeys } from "./derived-keys";

/**
 * Tells whether two keys of a provider are the same without opening them: HMAC-SHA256 in base64url.
 * Without the secret, a copy of the database does not even confirm a guessed key.
 *
 * The secret goes into it, so one key has another fingerprint after a rotation: to look for
 * duplicates while rotating computes it under the current and the previous secret.
 */
export async function fingerprintKey(
  provider: string,
  key: string,
  secret: string,
): Promise<string> {
  const { fingerprinting } = await deriveKeys(secret);
  // A provider slug has no line break, so no two pairs give the same text.
  const text = new TextEncoder().encode(`${provider}\n${key}`);
  return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", fingerprinting, text)));
}
