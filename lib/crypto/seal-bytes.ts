/**
 * Encryption of larger data that is kept for a short time outside the database: AES-256-GCM under the key for provider
 * keys, as the random bits of the start and the ciphertext.
 * @module
 */
import { deriveKeys } from "./derived-keys";

const IV_BYTES = 12;

/** @param purpose What the data is: it can't be decrypted as anything else. */
export async function sealBytes(
  bytes: Uint8Array<ArrayBuffer>,
  secret: string,
  purpose: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { sealing } = await deriveKeys(secret);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const ciphertext = await crypto.subtle.encrypt(parameters(iv, purpose), sealing, bytes);
  const sealed = new Uint8Array(IV_BYTES + ciphertext.byteLength);
  sealed.set(iv);
  sealed.set(new Uint8Array(ciphertext), IV_BYTES);
  return sealed;
}

/** @throws {DOMException} `OperationError` if it was encrypted with another secret or for another purpose, or changed. */
export async function openBytes(
  sealed: Uint8Array<ArrayBuffer>,
  secret: string,
  purpose: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { sealing } = await deriveKeys(secret);
  const iv = sealed.subarray(0, IV_BYTES);
  const ciphertext = sealed.subarray(IV_BYTES);
  return new Uint8Array(await crypto.subtle.decrypt(parameters(iv, purpose), sealing, ciphertext));
}

function parameters(iv: Uint8Array<ArrayBuffer>, purpose: string): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(purpose) };
}
