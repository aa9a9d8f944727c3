/**
 * Cloudflare Access in front of the portal and the admin API: it adds an assertion to each request that it lets through,
 * which says who asks. Only its signature is believed: a request that reaches the Worker by another way can have the
 * header too.
 * @see https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/application-token/
 * @module
 */
import { fromBase64Url } from "../crypto/base64url";
import type { Env } from "../env";
import { AccessKeys, ALGORITHM } from "./access-keys";
import { ADDRESS } from "./account-address";
import { parseGroupRoles } from "./group-roles";
import type { Role } from "./member";

export const ASSERTION_HEADER = "cf-access-jwt-assertion";

/** Clocks don't differ by more. */
const SKEW_S = 60;
const MAX_CHARS = 16_384;

export type AccessEnv = Pick<Env, "ACCESS_TEAM" | "ACCESS_AUD" | "ACCESS_SERVICE_TOKENS">;

/** Whom an assertion is from. */
export type AccessIdentity =
  | {
      readonly kind: "person";
      /** Of the person in the team: someone who is removed and added again gets another. */
      readonly sub: string;
      /** Verified by the identity provider. */
      readonly email: string;
    }
  /** @property clientId Such as `e367826f93b8d711.access`. */
  | { readonly kind: "service"; readonly clientId: string };

interface AccessTeam {
  /** `https://acme.cloudflareaccess.com` */
  readonly issuer: string;
  /** Tags of the applications whose assertions count. */
  readonly audiences: readonly string[];
}

/** Null unless the team and at least one audience tag are set. */
export function accessTeam({ ACCESS_TEAM, ACCESS_AUD }: AccessEnv): AccessTeam | null {
  const issuer = issuerOf(ACCESS_TEAM ?? "");
  const audiences = (ACCESS_AUD ?? "")
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  return issuer === null || audiences.length === 0 ? null : { issuer, audiences };
}

/** From a team's name, its domain or its address. Only an issuer on this machine may be without TLS. */
function issuerOf(team: string): string | null {
  const name = team.trim().replace(/\/+$/, "");
  if (/^[a-z0-9-]+$/i.test(name)) return `https://${name.toLowerCase()}.cloudflareaccess.com`;
  const address = name.includes("://") ? name : `https://${name}`;
  if (!URL.canParse(address)) return null;
  const { protocol, hostname, origin } = new URL(address);
  const isSafe = protocol === "https:" || (protocol === "http:" && hostname === "127.0.0.1");
  return isSafe ? origin : null;
}

/** The role of a service token, by its client id; null if it has none here. */
export function serviceRole(env: AccessEnv, clientId: string): Role | null {
  // No name stands for all tokens: `*` is none.
  return clientId === "*"
    ? null
    : (parseGroupRoles(env.ACCESS_SERVICE_TOKENS)?.get(clientId) ?? null);
}

/** The keys of the team that was asked for last: an isolate serves one. */
let known: { readonly issuer: string; readonly keys: AccessKeys } | null = null;

/** Whom a request's assertion is from; null if there is none that counts. */
export async function accessIdentity(
  headers: Headers,
  env: AccessEnv,
  nowMs: number,
): Promise<AccessIdentity | null> {
  const team = accessTeam(env);
  const assertion = headers.get(ASSERTION_HEADER);
  if (team === null || assertion === null) return null;
  const { issuer } = team;
  if (known?.issuer !== issuer) known = { issuer, keys: new AccessKeys(issuer, fetch) };
  return readAssertion(assertion, team, known.keys, nowMs);
}

/** @returns Null if the signature isn't the team's, or the assertion is for another application or time. */
export async function readAssertion(
  assertion: string,
  { issuer, audiences }: AccessTeam,
  keys: Pick<AccessKeys, "find">,
  nowMs: number,
): Promise<AccessIdentity | null> {
  if (assertion.length > MAX_CHARS) return null;
  const [head = "", body = "", signature = "", ...more] = assertion.split(".");
  if (more.length > 0) return null;
  const header = jsonIn(head);
  const signed = bytesIn(signature);
  // The algorithm is ours to choose, not the sender's.
  if (header?.alg !== "RS256" || typeof header.kid !== "string" || signed === null) return null;
  const key = await keys.find(header.kid, nowMs);
  if (key === undefined) return null;
  const text = new TextEncoder().encode(`${head}.${body}`);
  if (!(await crypto.subtle.verify(ALGORITHM.name, key, signed, text))) return null;
  const claims = jsonIn(body);
  if (claims === null) return null;
  const { iss, aud, type, exp, nbf } = claims;
  const tags = Array.isArray(aud) ? aud : [aud];
  const nowS = nowMs / 1_000;
  const isForUs = iss === issuer && type === "app" && audiences.some((tag) => tags.includes(tag));
  const isNow =
    typeof exp === "number" &&
    exp > nowS - SKEW_S &&
    (nbf === undefined || (typeof nbf === "number" && nbf <= nowS + SKEW_S));
  return isForUs && isNow ? identityIn(claims) : null;
}

function identityIn(claims: Claims): AccessIdentity | null {
  const { sub, email, common_name: clientId } = claims;
  if (typeof clientId === "string" && clientId !== "" && email === undefined) {
    return { kind: "service", clientId };
  }
  if (typeof sub !== "string" || sub === "") return null;
  return typeof email === "string" && ADDRESS.test(email) ? { kind: "person", sub, email } : null;
}

type Claims = Readonly<Record<string, unknown>>;

function jsonIn(part: string): Claims | null {
  const bytes = bytesIn(part);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && value !== null ? (value as Claims) : null;
  } catch {
    return null;
  }
}

function bytesIn(part: string): Uint8Array<ArrayBuffer> | null {
  try {
    return fromBase64Url(part);
  } catch {
    return null;
  }
}
