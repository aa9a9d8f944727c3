"use server";

import { portalAction } from "@/app/portal-action";
import { signIn, signOut } from "@/lib/auth/auth";
import { changePassword } from "@/lib/manage/team/change-password";
import { endOwnSession } from "@/lib/manage/team/own-sessions";
import { renameMember } from "@/lib/manage/team/rename-member";
import { signOutEverywhere } from "@/lib/manage/team/sign-out-everywhere";
import {
  changePasswordInput,
  endSessionInput,
  noInput,
  renameMemberInput,
} from "@/lib/manage/team/team-schemas";

export const rename = portalAction("viewer", renameMemberInput, ({ context, input }) =>
  renameMember(context, input),
);

export const setPassword = portalAction(
  "viewer",
  changePasswordInput,
  async ({ context, member, input }) => {
    await changePassword(context, input);
    // That ended all sessions; this browser, which just confirmed the password, gets a new one.
    const { email } = member;
    await signIn("credentials", { email, password: input.newPassword, redirect: false });
  },
);

export const endSession = portalAction("viewer", endSessionInput, ({ context, input }) =>
  endOwnSession(context, input),
);

export const endAllSessions = portalAction("viewer", noInput, async ({ context }) => {
  await signOutEverywhere(context);
  await signOut({ redirectTo: "/login" });
});
