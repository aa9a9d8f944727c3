/**
 * SHA-256 of an access token, as lower-case hex. A plain hash is enough: a token is 256 random bits, so it can't be
 * guessed. Comparing hashes instead of tokens also keeps the comparison's duration from revealing anything about a
 * token.
 */
export async function hashToken(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
