/**
 * Provider keys at rest: AES-256-GCM under a key derived from `KEY_ENCRYPTION_SECRET`, written as
 * `v1.<keyId>.<iv>.<ciphertext>` in base64url. `keyId` names the secret, so that after a rotation
 * texts sealed under the previous secret still open.
 * @module
 */
import { fromBase64Url, toBase64Url } from "./base64url";
import { deriveKeys } from "./derived-keys";

/** The secrets a deployment knows. */
export interface SealingSecrets {
  /** Seals and opens. */
  readonly current: string;
  /** Opens what was sealed before the last rotation; null when not rotating. */
  readonly previous: string | null;
}

/** A sealed text that cannot be opened. The message holds neither key nor secret. */
export class SealError extends Error {
  override readonly name = "SealError";
}

/** NIST SP 800-38D, 8.2.2: 96 random bits keep one key safe for 2^32 sealings. */
const IV_BYTES = 12;

export async function sealKey(text: string, secret: string): Promise<string> {
  const { keyId, sealing } = await deriveKeys(secret);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv },
    sealing,
    new TextEncoder().encode(text),
  );
  return `v1.${keyId}.${toBase64Url(iv)}.${toBase64Url(new Uint8Array(ciphertext))}`;
}

/** @throws {SealError} if the text is damaged, or was sealed under neither secret. */
export async function openSealed(sealed: string, secrets: SealingSecrets): Promise<string> {
  const [version, sealedKeyId, iv, ciphertext, ...rest] = sealed.split(".");
  if (version !== "v1" || !sealedKeyId || !iv || !ciphertext || rest.length > 0) {
    throw new SealError("not a sealed key of a known version");
  }
  for (const secret of [secrets.current, secrets.previous]) {
    if (secret === null) continue;
    const { keyId, sealing } = await deriveKeys(secret);
    if (keyId !== sealedKeyId) continue;
    try {
      const opened = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: fromBase64Url(iv) },
        sealing,
        fromBase64Url(ciphertext),
      );
      return new TextDecoder().decode(opened);
    } catch {
      // The cause says nothing more, and might carry the text.
      throw new SealError("the sealed key is damaged");
    }
  }
  throw new SealError(
    `the key was sealed under another KEY_ENCRYPTION_SECRET (${sealedKeyId}); ` +
      "give that secret as KEY_ENCRYPTION_SECRET_PREVIOUS",
  );
}
