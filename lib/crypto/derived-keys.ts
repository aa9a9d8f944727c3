/**
 * The keys derived from one master secret by HKDF-SHA256 (RFC 5869), each for one purpose only. Derived once per secret
 * and kept, because importing is more expensive than encrypting.
 * @module
 */
import { toBase64Url } from "./base64url";

export interface DerivedKeys {
  /** Identifies the secret in encrypted texts without revealing anything about it: 8 base64url characters. */
  readonly keyId: string;
  /** AES-256-GCM. */
  readonly sealing: CryptoKey;
  /** HMAC-SHA256. */
  readonly fingerprinting: CryptoKey;
}

const known = new Map<string, DerivedKeys>();

/** Secrets in use at once: the current one and, during a rotation, the previous one. Tests use a few more. */
const KNOWN_MAX = 16;

export async function deriveKeys(secret: string): Promise<DerivedKeys> {
  const cached = known.get(secret);
  if (cached !== undefined) return cached;
  const root = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    "HKDF",
    false,
    ["deriveKey", "deriveBits"],
  );
  const [keyId, sealing, fingerprinting] = await Promise.all([
    crypto.subtle.deriveBits(hkdf("key id"), root, 48),
    crypto.subtle.deriveKey(hkdf("seal"), root, { name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]),
    crypto.subtle.deriveKey(
      hkdf("fingerprint"),
      root,
      { name: "HMAC", hash: "SHA-256", length: 256 },
      false,
      ["sign"],
    ),
  ]);
  const keys = { keyId: toBase64Url(new Uint8Array(keyId)), sealing, fingerprinting };
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(secret, keys);
  return keys;
}

function hkdf(purpose: string) {
  return {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: new TextEncoder().encode(`one-balance/v1/${purpose}`),
  };
}
