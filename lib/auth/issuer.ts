/**
 * An OpenID Connect issuer, and how it is called. ID tokens come from its token endpoint, so they are believed for the
 * connection that they came over, as the specification allows: their signatures are not checked, and nothing is asked
 * without TLS.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation (3.1.3.7, 6)
 * @module
 */
import { textUpTo } from "../http/text-up-to";

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 256 * 1024;

/** An issuer, and the app there. */
export interface IssuerApp {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Whether an address is one of TLS, or of this machine. */
export function isSafeAddress(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname === "127.0.0.1");
}

/** `fetch` for an issuer's endpoints, whichever its discovery document names: with TLS, in time, and bounded. */
export function issuerFetch(fetcher: typeof fetch): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!isSafeAddress(url)) throw new Error(`the issuer names an address without TLS: ${url}`);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    // One that is sent elsewhere is no answer.
    const response = await fetcher(input, { ...init, redirect: "manual", signal });
    const { status, statusText, headers } = response;
    const text = await textUpTo(response, MAX_BYTES);
    const hasBody = status !== 204 && status !== 304;
    return new Response(hasBody ? text : null, { status, statusText, headers: plain(headers) });
  };
}

/** Without what described the bytes on the wire. */
function plain(headers: Headers): Headers {
  const left = new Headers(headers);
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) {
    left.delete(name);
  }
  return left;
}

/** `https://id.example.com/.well-known/openid-configuration`: behind the issuer's path, if it has one. */
function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`;
}

/**
 * Tries what signing in needs, without a person: the discovery document, and whether the issuer knows the app and its
 * secret.
 * @param redirectUri Of this portal.
 * @returns What is wrong; null if nothing is.
 */
export async function examineIssuer(
  { issuer, clientId, clientSecret }: IssuerApp,
  redirectUri: string,
  fetcher: typeof fetch,
): Promise<string | null> {
  const ask = issuerFetch(fetcher);
  const discovered = await ask(discoveryUrl(issuer));
  if (discovered.status !== 200) return `${discoveryUrl(issuer)} answers ${discovered.status}`;
  const document = objectIn(await discovered.text());
  if (document === null) return `${discoveryUrl(issuer)} is no discovery document`;
  if (withoutSlash(document.issuer) !== withoutSlash(issuer)) {
    return `the discovery document is of another issuer: ${String(document.issuer).slice(0, 200)}`;
  }
  for (const name of ["authorization_endpoint", "token_endpoint", "userinfo_endpoint"]) {
    const address = document[name];
    if (typeof address !== "string") return `the discovery document has no ${name}`;
    if (!isSafeAddress(address)) return `the ${name} is an address without TLS`;
  }
  const answer = await ask(String(document.token_endpoint), {
    method: "POST",
    headers: {
      authorization: `Basic ${btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`)}`,
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
    },
    // A code that no one was given: an issuer that knows the app rejects the code, others the app.
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: "one-balance-test",
      redirect_uri: redirectUri,
      code_verifier: "one-balance-test-one-balance-test-one-balance",
    }),
  });
  const { error } = objectIn(await answer.text()) ?? {};
  const isRefused =
    answer.status === 401 || /^(?:invalid|unauthorized)_client$/.test(String(error));
  if (isRefused) return "the issuer rejects the client id or its secret";
  return answer.status < 500 ? null : `the token endpoint answers ${answer.status}`;
}

/** As RFC 6749, 2.3.1, has it before base64. */
function formEncoded(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice("x=".length);
}

function withoutSlash(address: unknown): string {
  return String(address).replace(/\/+$/, "");
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
