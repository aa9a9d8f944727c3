/**
 * Provider keys at rest: AES-256-GCM under a key derived from `KEY_ENCRYPTION_SECRET`, written as
 * `v2.<keyId>.<iv>.<ciphertext>` in base64url. `keyId` names the secret, so that after a rotation
 * texts sealed under the previous secret still open.
 *
 * A seal is bound to the row that it was made for: in another one, or at another provider, it does not open.
 * So nobody who can write the database can have a key sent to an address of their own. Seals of before
 * (`v1.…`) are bound to nothing; they open, and the upkeep replaces them.
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

/** The row that a seal stands in. */
export interface SealedPlace {
  /** `pk_…` */
  readonly id: string;
  /** Slug. */
  readonly provider: string;
}

/** A sealed text that cannot be opened. The message holds neither key nor secret. */
export class SealError extends Error {
  override readonly name = "SealError";
}

/** NIST SP 800-38D, 8.2.2: 96 random bits keep one key safe for 2^32 sealings. */
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

/** @throws {SealError} if the text is damaged, of another row, or was sealed under neither secret. */
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
      // The cause says nothing more, and might carry the text.
      throw new SealError("the sealed key is damaged, or was sealed for another row");
    }
  }
  throw new SealError(
    `the key was sealed under another KEY_ENCRYPTION_SECRET (${sealedKeyId}); ` +
      "give that secret as KEY_ENCRYPTION_SECRET_PREVIOUS",
  );
}

/** As JSON, so that no two places are written alike. */
function boundTo({ provider, id }: SealedPlace): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(["one-balance/v2/provider-key", provider, id]));
}
