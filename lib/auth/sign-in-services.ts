/**
 * Other services by which members sign in: those whose app is configured in the environment.
 * @module
 */
import type { Provider } from "next-auth/providers";
import GitHub from "next-auth/providers/github";
import Google from "next-auth/providers/google";
import { fromBase64Url } from "../crypto/base64url";
import type { Env } from "../env";
import { ADDRESS } from "./account-address";
import { accessTeam } from "./cloudflare-access";
import { type GroupPlaces, placesOf } from "./group-places";
import { parseGroupRoles, roleOfGroups } from "./group-roles";
import { type IssuerApp, isSafeAddress } from "./issuer";
import type { Role } from "./member";

export type ServiceId = "access" | "github" | "google" | "oidc";

export interface SignInService {
  readonly id: ServiceId;
  /** As the service spells it. */
  readonly name: string;
}

/** The configured services, in the order of their buttons. */
export function signInServices(env: Env): readonly SignInService[] {
  const services: SignInService[] = [];
  if (accessTeam(env) !== null) services.push({ id: "access", name: "Cloudflare Access" });
  const app = issuerApp(env);
  if (app !== null) services.push({ id: "oidc", name: env.OIDC_NAME || hostOf(app.issuer) });
  if (env.GITHUB_ID && env.GITHUB_SECRET) services.push({ id: "github", name: "GitHub" });
  if (env.GOOGLE_ID && env.GOOGLE_SECRET) services.push({ id: "google", name: "Google" });
  return services;
}

/** Null unless all of it is set, and the issuer has an address of TLS. */
export function issuerApp({ OIDC_ISSUER, OIDC_ID, OIDC_SECRET }: Env): IssuerApp | null {
  if (!OIDC_ISSUER || !OIDC_ID || !OIDC_SECRET || !isSafeAddress(OIDC_ISSUER)) return null;
  return { issuer: OIDC_ISSUER, clientId: OIDC_ID, clientSecret: OIDC_SECRET };
}

/** Whether members sign in by password: always if there is no other way. */
export function allowsPasswords(env: Env): boolean {
  return env.PASSWORDS !== "off" || signInServices(env).length === 0;
}

function hostOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer;
}

const GITHUB_API = "https://api.github.com";

export function serviceProviders(env: Env): Provider[] {
  const { GITHUB_ID, GITHUB_SECRET, GOOGLE_ID, GOOGLE_SECRET } = env;
  const providers: Provider[] = [];
  if (GITHUB_ID && GITHUB_SECRET) providers.push(gitHub(GITHUB_ID, GITHUB_SECRET));
  if (GOOGLE_ID && GOOGLE_SECRET) {
    providers.push(Google({ clientId: GOOGLE_ID, clientSecret: GOOGLE_SECRET }));
  }
  const app = issuerApp(env);
  if (app !== null) providers.push(openIdConnect(app));
  return providers;
}

/**
 * Auth.js checks issuer, audience, nonce, time and subject of the ID token, which comes from the issuer itself
 * (`issuer.ts`). What an
 * issuer says about a person is in that token, in its userinfo, or in both.
 */
function openIdConnect({ issuer, clientId, clientSecret }: IssuerApp): Provider {
  return {
    id: "oidc",
    name: "OpenID Connect",
    type: "oidc",
    issuer,
    clientId,
    clientSecret,
    checks: ["pkce", "state", "nonce"],
    idToken: false,
    profile: ({ sub, name, picture }) => ({
      // Another issuer may have the same subject.
      id: `${issuer.replace(/\/+$/, "")} ${sub}`,
      name: typeof name === "string" ? name.slice(0, MOST_NAME_CHARS) : null,
      image: typeof picture === "string" && isPicture(picture) ? picture : null,
    }),
  };
}

/** As for names that people enter. */
const MOST_NAME_CHARS = 100;
const MOST_PICTURE_CHARS = 500;

function isPicture(address: string): boolean {
  return address.length <= MOST_PICTURE_CHARS && URL.parse(address)?.protocol === "https:";
}

/** The issuer in an account's id; empty for services that have but one. */
export function issuerOf(accountId: string): string {
  return accountId.slice(0, Math.max(0, accountId.indexOf(" ")));
}

/**
 * What a service says about the person: for an OpenID Connect issuer, its userinfo and the claims of its ID token.
 * @param idToken As checked by Auth.js; undefined for other services.
 */
export function claimsOf(
  profile: Readonly<Record<string, unknown>>,
  idToken: string | undefined,
): Readonly<Record<string, unknown>> {
  const [, payload] = idToken?.split(".") ?? [];
  if (payload === undefined) return profile;
  const claims: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(payload)));
  const ofToken = claims as Readonly<Record<string, unknown>>;
  // Whether an address is verified is said of the address beside it, not of the one in the other.
  const { email, email_verified } = "email" in profile ? profile : ofToken;
  return { ...ofToken, ...profile, email, email_verified };
}

/** The role that the issuer's groups give; undefined if groups give none to anyone. */
export function roleByGroups(
  env: Env,
  service: string,
  claims: Readonly<Record<string, unknown>>,
): Role | null | undefined {
  const roles = service === "oidc" ? parseGroupRoles(env.OIDC_ROLES) : null;
  if (roles === null) return undefined;
  return roleOfGroups(roles, claims[groupsClaim(env)]);
}

/** The places in groups here that the issuer's groups give; null if they decide about none. */
export function placesByGroups(
  env: Env,
  service: string,
  claims: Readonly<Record<string, unknown>>,
): GroupPlaces | null {
  if (service !== "oidc") return null;
  const claim = groupsClaim(env);
  // Entra ID leaves out the groups of someone who has very many, who must not lose their tokens for that.
  if (Object.hasOwn(Object(claims._claim_names), claim)) return null;
  return placesOf(env.OIDC_GROUPS, claims[claim]);
}

function groupsClaim({ OIDC_GROUPS_CLAIM }: Env): string {
  return OIDC_GROUPS_CLAIM || "groups";
}

/** The service whose groups decide who is a member; null for none. */
export function directoryOf(env: Env): ServiceId | null {
  const isSet = signInServices(env).some(({ id }) => id === "oidc");
  return isSet && parseGroupRoles(env.OIDC_ROLES) !== null ? "oidc" : null;
}

function gitHub(clientId: string, clientSecret: string): Provider {
  return GitHub({
    clientId,
    clientSecret,
    userinfo: {
      url: `${GITHUB_API}/user`,
      request: ({ tokens }: { tokens: { access_token?: string } }) =>
        readGitHubProfile(tokens.access_token ?? ""),
    },
  });
}

/**
 * A GitHub profile's own address may be any text; the list of addresses says which are verified.
 * @see https://docs.github.com/en/rest/users/emails
 */
async function readGitHubProfile(accessToken: string) {
  const read = async (path: string) => {
    const response = await fetch(`${GITHUB_API}${path}`, {
      headers: { authorization: `Bearer ${accessToken}`, "user-agent": "one-balance" },
    });
    if (!response.ok) throw new Error(`GitHub answers ${response.status} for ${path}`);
    return response.json();
  };
  const [profile, emails] = await Promise.all([
    read("/user") as Promise<Record<string, unknown>>,
    read("/user/emails") as Promise<GitHubEmail[]>,
  ]);
  const verified = emails.find(({ primary, verified }) => primary && verified);
  return { ...profile, email: verified?.email ?? null, email_verified: verified !== undefined };
}

interface GitHubEmail {
  readonly email: string;
  readonly primary: boolean;
  readonly verified: boolean;
}

/** The address for which a service vouches; null if it doesn't. */
export function verifiedEmail(profile: Readonly<Record<string, unknown>>): string | null {
  const { email, email_verified: isVerified } = profile;
  return isVerified === true && typeof email === "string" && ADDRESS.test(email) ? email : null;
}
