"use server";

import { entranceAction } from "@/app/entrance-action";
import { signIn } from "@/lib/auth/auth";
import { acceptInvite } from "@/lib/manage/team/accept-invite";
import { acceptInviteInput } from "@/lib/manage/team/team-schemas";

/** Makes the visitor a member and signs them in. */
export const joinTeam = entranceAction(acceptInviteInput, async ({ context, input }) => {
  await acceptInvite(context, input);
  const { email, password } = input;
  await signIn("credentials", { email, password, redirect: false });
});
