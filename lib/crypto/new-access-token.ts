import { toBase64Url } from "./base64url";

/** A fresh access token: `ob-` and 256 random bits in base64url. */
export function newAccessToken(): string {
  return `ob-${toBase64Url(crypto.getRandomValues(new Uint8Array(32)))}`;
}
