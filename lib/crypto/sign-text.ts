/**
 * Signs texts that are sent out and come back, such as cookies: HMAC-SHA256 under a key derived from a secret for one
 * purpose (HKDF, RFC 5869), in base64url.
 * @module
 */
import { fromBase64Url, toBase64Url } from "./base64url";

const encode = (text: string) => new TextEncoder().encode(text);

/** @param purpose Identifies the use: a signature for one is invalid for another. */
export async function signText(text: string, secret: string, purpose: string): Promise<string> {
  const key = await signingKey(secret, purpose);
  return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", key, encode(text))));
}

/** In constant time, whatever differs. */
export async function isSigned(
  text: string,
  signature: string,
  secret: string,
  purpose: string,
): Promise<boolean> {
  if (!/^[\w-]{43}$/.test(signature)) return false;
  const key = await signingKey(secret, purpose);
  return crypto.subtle.verify("HMAC", key, fromBase64Url(signature), encode(text));
}

async function signingKey(secret: string, purpose: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey("raw", encode(secret), "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: encode(`one-balance/v1/${purpose}`),
    },
    root,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
}
