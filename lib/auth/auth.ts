/**
 * Auth.js: sessions are encrypted cookies that carry a user's id and session version and nothing else. Each
 * use of one reads the user's row, so what happened to a member holds for the very next request.
 * @module
 */
import { getCloudflareContext } from "@opennextjs/cloudflare";
import { cookies, headers } from "next/headers";
import NextAuth, { AuthError, CredentialsSignin, type NextAuthConfig } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { auditEvent } from "../db/audit-log";
import { openDatabase } from "../db/open-database";
import { rootCause } from "../db/root-cause";
import { runBatch } from "../db/state-version";
import type { UserRow } from "../db/team-schema";
import { findUserByAccount, findUserById, isSeenStale, markSeen } from "../db/users";
import type { Env } from "../env";
import type { Member } from "./member";
import { serviceProviders, verifiedEmail } from "./sign-in-services";
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

/** Sessions end after this long, in seconds; only signing in begins a new one. */
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

export const { handlers, auth, signIn, signOut } = NextAuth(async (): Promise<NextAuthConfig> => {
  // Bindings exist only inside a request; lib/env.ts declares them, OpenNext knows only its own.
  const { env: bindings, ctx } = getCloudflareContext();
  const env = bindings as unknown as Env;
  if (!env.AUTH_SECRET) throw new Error("AUTH_SECRET is not set: nobody can sign in");
  const requestHeaders = await headers();
  const db = openDatabase(env.DB);
  /** Whose session this request brings; the callbacks below are called one after the other. */
  let current: UserRow | undefined;

  return {
    secret: env.AUTH_SECRET,
    basePath: "/api/auth",
    trustHost: true,
    useSecureCookies: requestHeaders.get("x-forwarded-proto") === "https",
    session: { strategy: "jwt", maxAge: SESSION_MAX_AGE_S },
    pages: { signIn: "/login", error: "/login" },
    providers: [
      Credentials({
        credentials: { email: {}, password: {} },
        async authorize({ email, password }) {
          if (typeof email !== "string" || typeof password !== "string") return null;
          const from = whereFrom(requestHeaders);
          const verdict = await signInWithPassword(db, { email, password, from }, Date.now());
          if (verdict.kind === "slowed") throw new SlowedSignIn(verdict.retryAfterMs);
          return verdict.kind === "ok" ? { id: verdict.user.id } : null;
        },
      }),
      ...serviceProviders(env),
    ],
    callbacks: {
      async signIn({ account, profile, user }) {
        if (!account || account.type === "credentials") return true;
        const isMember = await signInWithAccount(
          db,
          {
            provider: account.provider,
            providerAccountId: account.providerAccountId,
            verifiedEmail: verifiedEmail(profile ?? {}),
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
        current =
          account && account.type !== "credentials"
            ? await findUserByAccount(db, account.provider, account.providerAccountId)
            : await findUserById(db, user?.id ?? token.sub ?? "");
        if (current === undefined) return null;
        if (!account && token.sessionVersion !== current.sessionVersion) return null;
        return { sub: current.id, sessionVersion: current.sessionVersion };
      },
      session({ session }) {
        if (current === undefined) throw new Error("a session without its user");
        if (isSeenStale(current, Date.now())) ctx.waitUntil(markSeen(db, current.id, Date.now()));
        return { expires: session.expires, user: toMember(current) };
      },
    },
    events: {
      async signIn({ account }) {
        if (current === undefined) return;
        const { id, email } = current;
        const actor = { kind: "user", id, name: email, ...whereFrom(requestHeaders) } as const;
        const subject = { kind: "member", id, name: email };
        const after = { by: account?.provider ?? "credentials" };
        await runBatch(db, [
          auditEvent(actor, { action: "member.sign-in", subject, after }, Date.now()),
        ]);
      },
    },
    logger: {
      // A wrong password or a cookie of another secret is no fault of the server.
      error(error) {
        // By `type`: the names of classes are shortened in the build.
        const type = error instanceof AuthError ? error.type : error.name;
        if (type === "CredentialsSignin" || type === "JWTSessionError") return;
        const cause = error instanceof AuthError ? error.cause?.err : error.cause;
        console.error("sign-in:", type, rootCause(cause ?? error));
      },
    },
  };
});

function toMember({ id, email, name, image, role }: UserRow): Member {
  return { id, email, name, image, role };
}
