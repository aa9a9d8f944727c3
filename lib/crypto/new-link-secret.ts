import { toBase64Url } from "./base64url";

/** The secret of a link that can't be guessed: 256 random bits in base64url. Stored as its `hashToken`. */
export function newLinkSecret(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}
