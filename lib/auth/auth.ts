/**
 * Auth.js: sessions are encrypted cookies that contain a user's id and session version, and the session's own id. Each
 * use reads the rows of both, so that a change of the member, and signing out, takes effect on the very next request.
 * @module
 */
import { getCloudflareContext } from "@opennextjs/cloudflare";
import { cookies, headers } from "next/headers";
import NextAuth, {
  AuthError,
  CredentialsSignin,
  customFetch,
  type NextAuthConfig,
} from "next-auth";
import type { JWT } from "next-auth/jwt";
import type { Provider } from "next-auth/providers";
import Credentials from "next-auth/providers/credentials";
import { newLinkSecret } from "../crypto/new-link-secret";
import { type Database, openDatabase } from "../db/open-database";
import { rootCause } from "../db/root-cause";
import type { UserRow } from "../db/schema/team-schema";
import { runBatch } from "../db/state/state-version";
import { auditEvent } from "../db/team/audit-log";
import {
  endSession,
  findSession,
  insertSession,
  type LiveSession,
  type SessionClaims,
} from "../db/team/sessions";
import {
  findUserByAccount,
  findUserById,
  isSeenStale,
  listLinkedAccounts,
  markSeen,
} from "../db/team/users";
import type { Env } from "../env";
import { accountOf } from "./account-address";
import { accessIdentity, accessTeam } from "./cloudflare-access";
import { issuerFetch } from "./issuer";
import {
  browserCookieName,
  KNOWN_BROWSER_MAX_AGE_S,
  newKnownBrowser,
  readKnownBrowser,
} from "./known-browser";
import type { Member } from "./member";
import { isHttps } from "./public-origin";
import { signInEnv } from "./sign-in-env";
import {
  allowsPasswords,
  claimsOf,
  directoryOf,
  placesByGroups,
  roleByGroups,
  serviceProviders,
  verifiedEmail,
} from "./sign-in-services";
import { signInWithAccount } from "./sign-in-with-account";
import { signInWithPassword } from "./sign-in-with-password";
import { whereFrom } from "./where-from";

declare module "next-auth" {
  interface Session {
    user: Member;
  }
}

/** Carries an invitation's token through the visit to another service. */
export const INVITE_COOKIE = "one-balance-invitation";

/** Session lifetime in seconds; only signing in starts a new one. */
const SESSION_MAX_AGE_S = 30 * 24 * 3_600;

/** Too many wrong passwords. */
export class SlowedSignIn extends CredentialsSignin {
  override code = "slowed";
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super();
    this.retryAfterMs = retryAfterMs;
  }
}

/** Sessions alone, which each page reads: no service is asked. */
export const { auth, signOut } = NextAuth(() => configOf(false));

export const { handlers, signIn } = NextAuth(() => configOf(true));

/** @param isSigningIn Whether the services are needed, some of which are in the store. */
async function configOf(isSigningIn: boolean): Promise<NextAuthConfig> {
  // Bindings exist only inside a request; lib/env.ts declares them, OpenNext knows only its own.
  const { env: bindings, ctx } = getCloudflareContext();
  const variables = bindings as unknown as Env;
  const env = isSigningIn ? await signInEnv(variables) : variables;
  const secret = env.AUTH_SECRET ?? "";
  if (secret === "") throw new Error("AUTH_SECRET is not set: no one can sign in");
  const requestHeaders = await headers();
  const db = openDatabase(env.DB);
  const isSecure = isHttps(requestHeaders);
  /** The session of this request; the callbacks below run one after the other. */
  let current: LiveSession | undefined;

  /** The id under which this browser has signed in to an account before. */
  async function knownBrowser(email: string): Promise<string | null> {
    const cookie = (await cookies()).get(await browserCookieName(email, isSecure))?.value;
    return readKnownBrowser(cookie, email, secret, Date.now());
  }

  /** Starts a session of this browser, which the account knows from now on. */
  async function beginSession({ id: userId, email }: UserRow) {
    const createdAtMs = Date.now();
    const browser = await newKnownBrowser(await knownBrowser(email), email, secret, createdAtMs);
    (await cookies()).set(await browserCookieName(email, isSecure), browser.cookie, {
      httpOnly: true,
      secure: isSecure,
      sameSite: "lax",
      path: "/",
      maxAge: KNOWN_BROWSER_MAX_AGE_S,
    });
    const expiresAtMs = createdAtMs + SESSION_MAX_AGE_S * 1_000;
    const session = {
      id: newLinkSecret(),
      userId,
      browserId: browser.id,
      createdAtMs,
      expiresAtMs,
    };
    await insertSession(db, session);
    return session;
  }

  return {
    secret,
    basePath: "/api/auth",
    trustHost: true,
    useSecureCookies: isSecure,
    session: { strategy: "jwt", maxAge: SESSION_MAX_AGE_S },
    pages: { signIn: "/login", error: "/login" },
    providers: [
      Credentials({
        credentials: { email: {}, password: {} },
        async authorize({ email, password }) {
          if (typeof email !== "string" || typeof password !== "string") return null;
          if (!allowsPasswords(env)) return null;
          const from = whereFrom(requestHeaders);
          const browserId = await knownBrowser(accountOf(email));
          const asked = { email, password, from, browserId };
          const verdict = await signInWithPassword(db, asked, Date.now());
          if (verdict.kind === "slowed") throw new SlowedSignIn(verdict.retryAfterMs);
          if (verdict.kind === "wrong" || (await isOfDirectory(db, env, verdict.user.id)))
            return null;
          return { id: verdict.user.id };
        },
      }),
      Credentials({
        id: "access",
        credentials: {},
        async authorize() {
          const identity = await accessIdentity(requestHeaders, env, Date.now());
          const issuer = accessTeam(env)?.issuer;
          if (identity?.kind !== "person" || issuer === undefined) return null;
          const providerAccountId = `${issuer} ${identity.sub}`;
          const isMember = await signInWithAccount(
            db,
            {
              ...{ provider: "access", providerAccountId, verifiedEmail: identity.email },
              // Access says who it is; the portal, or a directory, what they may do.
              ...{ role: undefined, directory: directoryOf(env), name: null, image: null },
              inviteToken: (await cookies()).get(INVITE_COOKIE)?.value ?? null,
              from: whereFrom(requestHeaders),
            },
            Date.now(),
          );
          const user = isMember && (await findUserByAccount(db, "access", providerAccountId));
          return user ? { id: user.id } : null;
        },
      }),
      ...(isSigningIn ? serviceProviders(env).map(withSafeFetch) : []),
    ],
    callbacks: {
      async signIn({ account, profile, user }) {
        if (!account || account.type === "credentials") return true;
        const { provider, id_token: idToken } = account;
        const claims = claimsOf(profile ?? {}, provider === "oidc" ? idToken : undefined);
        const isMember = await signInWithAccount(
          db,
          {
            provider,
            providerAccountId: account.providerAccountId,
            verifiedEmail: verifiedEmail(claims),
            role: roleByGroups(env, provider, claims),
            places: placesByGroups(env, provider, claims),
            directory: directoryOf(env),
            name: user.name ?? null,
            image: user.image ?? null,
            inviteToken: (await cookies()).get(INVITE_COOKIE)?.value ?? null,
            from: whereFrom(requestHeaders),
          },
          Date.now(),
        );
        return isMember || "/login?error=no-member";
      },
      async jwt({ token, user, account }) {
        if (!account) {
          const claims = sessionClaims(token);
          current = claims && (await findSession(db, claims, Date.now()));
          return current === undefined ? null : token;
        }
        const signedIn =
          account.type === "credentials"
            ? await findUserById(db, user?.id ?? "")
            : await findUserByAccount(db, account.provider, account.providerAccountId);
        if (signedIn === undefined) return null;
        const { id, browserId } = await beginSession(signedIn);
        current = { user: signedIn, browserId };
        return { sub: signedIn.id, sessionVersion: signedIn.sessionVersion, sessionId: id };
      },
      session({ session }) {
        if (current === undefined) throw new Error("a session without its user");
        const { user } = current;
        if (isSeenStale(user, Date.now())) ctx.waitUntil(markSeen(db, user.id, Date.now()));
        return { expires: session.expires, user: toMember(current) };
      },
    },
    events: {
      async signOut(message) {
        const claims =
          "token" in message && message.token ? sessionClaims(message.token) : undefined;
        if (claims !== undefined) await endSession(db, claims);
      },
      async signIn({ account }) {
        if (current === undefined) return;
        const { id, email } = current.user;
        const actor = { kind: "user", id, name: email, ...whereFrom(requestHeaders) } as const;
        const subject = { kind: "member", id, name: email };
        const after = { by: account?.provider ?? "credentials" };
        await runBatch(db, [
          auditEvent(actor, { action: "member.sign-in", subject, after }, Date.now()),
        ]);
      },
    },
    logger: {
      // A wrong password, or a cookie encrypted with another secret, isn't a server error.
      error(error) {
        // By `type`: the build shortens the names of classes.
        const type = error instanceof AuthError ? error.type : error.name;
        if (type === "CredentialsSignin" || type === "JWTSessionError") return;
        const cause = error instanceof AuthError ? error.cause?.err : error.cause;
        console.error("sign-in:", type, rootCause(cause ?? error));
      },
    },
  };
}

/** Issuers are asked with TLS only, whatever addresses their documents name. */
function withSafeFetch(provider: Provider): Provider {
  const isIssuer = typeof provider === "object" && provider.type === "oidc";
  return isIssuer ? { ...provider, [customFetch]: issuerFetch(fetch) } : provider;
}

/** Whether groups decide over a member, who then signs in by their directory only: it must be able to say no. */
async function isOfDirectory(db: Database, env: Env, userId: string): Promise<boolean> {
  const directory = directoryOf(env);
  if (directory === null) return false;
  const linked = await listLinkedAccounts(db, userId);
  return linked.some(({ provider }) => provider === directory);
}

function sessionClaims({ sub, sessionVersion, sessionId }: JWT): SessionClaims | undefined {
  if (sub === undefined || typeof sessionVersion !== "number") return undefined;
  const id = typeof sessionId === "string" ? sessionId : null;
  return { id, userId: sub, version: sessionVersion };
}

function toMember({ user: { id, email, name, image, role }, browserId }: LiveSession): Member {
  return { id, email, name, image, role, browserId };
}
