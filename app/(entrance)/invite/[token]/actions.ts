"use server";

import { entranceAction } from "@/app/entrance-action";
import { signIn } from "@/lib/auth/auth";
import { signInEnv } from "@/lib/auth/sign-in-env";
import { allowsPasswords } from "@/lib/auth/sign-in-services";
import { ManageError } from "@/lib/manage/manage-error";
import { acceptInvite } from "@/lib/manage/team/accept-invite";
import { acceptInviteInput } from "@/lib/manage/team/team-schemas";

/** Makes the visitor a member and signs them in. */
export const joinTeam = entranceAction(acceptInviteInput, async ({ context, env, input }) => {
  if (!allowsPasswords(await signInEnv(env)))
    throw new ManageError("conflict", "members do not sign in by password");
  await acceptInvite(context, input);
  const { email, password } = input;
  await signIn("credentials", { email, password, redirect: false });
});
