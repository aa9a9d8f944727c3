"use server";

import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { CredentialsSignin } from "next-auth";
import { z } from "zod";
import { entranceAction } from "@/app/entrance-action";
import { nextPath } from "@/app/next-path";
import { INVITE_COOKIE, SlowedSignIn, signIn } from "@/lib/auth/auth";
import { isHttps } from "@/lib/auth/public-origin";
import { signInInput } from "@/lib/manage/team/team-schemas";

export type SignInVerdict =
  | { readonly kind: "ok" }
  | { readonly kind: "wrong" }
  | { readonly kind: "slowed"; readonly untilMs: number };

export const signInWithPassword = entranceAction(
  signInInput,
  async ({ input, context }): Promise<SignInVerdict> => {
    try {
      await signIn("credentials", { ...input, redirect: false });
      return { kind: "ok" };
    } catch (error) {
      if (error instanceof SlowedSignIn) {
        return { kind: "slowed", untilMs: context.nowMs() + error.retryAfterMs };
      }
      if (error instanceof CredentialsSignin) return { kind: "wrong" };
      throw error;
    }
  },
);

const INVITE_COOKIE_S = 600;

const serviceInput = z.strictObject({
  service: z.enum(["access", "github", "google", "oidc"]),
  next: z.string().max(2_000).optional(),
  /** The invitation that the visitor accepts in this way. */
  inviteToken: z.string().max(100).optional(),
});

/** Sends the browser to another service, which returns it signed in. */
export const signInWithService = entranceAction(
  serviceInput,
  async ({ headers, input: { service, next, inviteToken } }) => {
    if (inviteToken !== undefined) {
      (await cookies()).set(INVITE_COOKIE, inviteToken, {
        httpOnly: true,
        secure: isHttps(headers),
        sameSite: "lax",
        path: "/api/auth",
        maxAge: INVITE_COOKIE_S,
      });
    }
    try {
      await signIn(service, { redirectTo: nextPath(next) });
    } catch (error) {
      if (!(error instanceof CredentialsSignin)) throw error;
      // Access vouches for no one who is a member.
      redirect("/login?error=no-member");
    }
  },
);
