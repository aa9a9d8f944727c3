import { toBase64Url } from "./base64url";

/** What makes a link one that nobody guesses: 256 random bits in base64url. Stored as `hashToken` of it. */
export function newLinkSecret(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}
