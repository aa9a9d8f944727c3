/**
 * Browsers that have signed in to an account before. Each has a signed cookie for each such account, and wrong
 * passwords typed in it are counted separately: whatever strangers type elsewhere, the owner's own browser isn't locked
 * out. The cookie signs no one in.
 *
 * @see https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 * @module
 */
import { hashToken } from "../crypto/hash-token";
import { newLinkSecret } from "../crypto/new-link-secret";
import { isSigned, signText } from "../crypto/sign-text";

const PURPOSE = "known browser";
const NAME = "one-balance-browser";

/** How long a browser is known after it last signed in, in seconds. */
export const KNOWN_BROWSER_MAX_AGE_S = 365 * 24 * 3_600;

/** One cookie per account. Its name reveals the address only to those who already know it. */
export async function browserCookieName(email: string, isSecure: boolean): Promise<string> {
  const account = (await hashToken(`account:${email}`)).slice(0, 16);
  return `${isSecure ? "__Host-" : ""}${NAME}-${account}`;
}

/** @returns The browser's id; null if it isn't known for this account. */
export async function readKnownBrowser(
  cookie: string | undefined,
  email: string,
  secret: string,
  nowMs: number,
): Promise<string | null> {
  const [id = "", issuedS = "", signature = "", ...rest] = cookie?.split(".") ?? [];
  if (rest.length > 0 || !/^\d{1,12}$/.test(issuedS)) return null;
  const ageS = nowMs / 1_000 - Number(issuedS);
  if (ageS > KNOWN_BROWSER_MAX_AGE_S) return null;
  return (await isSigned(signedText(email, id, issuedS), signature, secret, PURPOSE)) ? id : null;
}

/** @param id The known id; null for a new one. */
export async function newKnownBrowser(
  id: string | null,
  email: string,
  secret: string,
  nowMs: number,
): Promise<{ readonly id: string; readonly cookie: string }> {
  const browserId = id ?? newLinkSecret();
  const issuedS = String(Math.floor(nowMs / 1_000));
  const signature = await signText(signedText(email, browserId, issuedS), secret, PURPOSE);
  return { id: browserId, cookie: `${browserId}.${issuedS}.${signature}` };
}

function signedText(email: string, id: string, issuedS: string): string {
  return JSON.stringify([email, id, issuedS]);
}
