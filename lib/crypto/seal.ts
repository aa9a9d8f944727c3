/**
 * Encryption of stored provider keys: AES-256-GCM under a key derived from `KEY_ENCRYPTION_SECRET`, written as
 * `v2.<keyId>.<iv>.<ciphertext>` in base64url. `keyId` identifies the secret, so that after a rotation texts encrypted
 * with the previous secret can still be decrypted.
 *
 * An encrypted text is bound to its row: in another row, or at another provider, it can't be decrypted. So no one who
 * can write to the database can have a key sent to an address of their own. Older texts (`v1.…`) aren't bound; they can
 * be decrypted, and maintenance replaces them.
 * @module
 */
import { fromBase64Url, toBase64Url } from "./base64url";
import { deriveKeys } from "./derived-keys";

/** The secrets of a deployment. */
export interface SealingSecrets {
  /** Encrypts and decrypts. */
  readonly current: string;
  /** Decrypts what was encrypted before the last rotation; null outside of a rotation. */
  readonly previous: string | null;
}

/** The row that contains an encrypted text. */
export interface SealedPlace {
  /** `pk_…` */
  readonly id: string;
  /** The provider's slug. */
  readonly provider: string;
}

/** An encrypted text that can't be decrypted. The message contains neither key nor secret. */
export class SealError extends Error {
  override readonly name = "SealError";
}

/** NIST SP 800-38D, 8.2.2: with 96 random bits, one key is safe for 2^32 encryptions. */
const IV_BYTES = 12;

export async function sealKey(text: string, secret: string, place: SealedPlace): Promise<string> {
  const { keyId, sealing } = await deriveKeys(secret);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: boundTo(place) },
    sealing,
    new TextEncoder().encode(text),
  );
  return `v2.${keyId}.${toBase64Url(iv)}.${toBase64Url(new Uint8Array(ciphertext))}`;
}

/** @throws {SealError} if the text is damaged, belongs to another row, or was encrypted with neither secret. */
export async function openSealed(
  sealed: string,
  secrets: SealingSecrets,
  place: SealedPlace,
): Promise<string> {
  const [version, sealedKeyId, iv, ciphertext, ...rest] = sealed.split(".");
  const isBound = version === "v2";
  if ((version !== "v1" && !isBound) || !sealedKeyId || !iv || !ciphertext || rest.length > 0) {
    throw new SealError("not a sealed key of a known version");
  }
  for (const secret of [secrets.current, secrets.previous]) {
    if (secret === null) continue;
    const { keyId, sealing } = await deriveKeys(secret);
    if (keyId !== sealedKeyId) continue;
    try {
      const opened = await crypto.subtle.decrypt(
        {
          name: "AES-GCM",
          iv: fromBase64Url(iv),
          ...(isBound && { additionalData: boundTo(place) }),
        },
        sealing,
        fromBase64Url(ciphertext),
      );
      return new TextDecoder().decode(opened);
    } catch {
      // The cause says nothing more, and might contain the text.
      throw new SealError("the sealed key is damaged, or was sealed for another row");
    }
  }
  throw new SealError(
    `the key was sealed under another KEY_ENCRYPTION_SECRET (${sealedKeyId}); ` +
      "give that secret as KEY_ENCRYPTION_SECRET_PREVIOUS",
  );
}

/** As JSON, so that no two rows have the same text. */
function boundTo({ provider, id }: SealedPlace): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(["one-balance/v2/provider-key", provider, id]));
}
