/**
 * What people can do about a response of Cloudflare or an error of wrangler.
 * @module
 */

/** The permissions that an API token needs; `wrangler login` includes all but AI Gateway. */
export const TOKEN_PERMISSIONS =
  "Account: Workers Scripts Edit, D1 Edit, AI Gateway Edit, Cloudflare Pages Edit (for Pages), " +
  "Account Settings Read; User: User Details Read, Memberships Read";

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /fetch failed|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|connectivity issue/,
    "Cloudflare's API cannot be reached. Check the network, a proxy (HTTPS_PROXY) and a firewall, then run the same command again.",
  ],
  [
    /code: (?:10000|9109|10001)\b|Authentication error|Unauthorized to access|Forbidden/,
    `The login lacks a permission. Make an API token at https://dash.cloudflare.com/profile/api-tokens (${TOKEN_PERMISSIONS}), set it as CLOUDFLARE_API_TOKEN, and run the same command again.`,
  ],
  [
    /workers\.dev subdomain|code: 10063/,
    "The account has no workers.dev subdomain yet. Open https://dash.cloudflare.com/?to=/:account/workers once, which makes one, and run the same command again.",
  ],
  [
    /code: 10027|script.*too large|exceeded the size limit/i,
    "The Worker is larger than the account's plan allows.",
  ],
  [
    /code: 7406|maximum number of databases|d1.*limit/i,
    "The account has as many D1 databases as its plan allows. Delete one at https://dash.cloudflare.com/?to=/:account/workers/d1, then run the same command again.",
  ],
];

/** A separate line, with the line break before it; empty if nothing is known. */
export function adviceFor(output: string): string {
  const known = ADVICE.find(([pattern]) => pattern.test(output));
  return known === undefined ? "" : `\n${known[1]}`;
}
