"use server";

import { entranceAction } from "@/app/entrance-action";
import { signIn } from "@/lib/auth/auth";
import { maySetUp } from "@/lib/auth/may-set-up";
import { signInEnv } from "@/lib/auth/sign-in-env";
import { allowsPasswords } from "@/lib/auth/sign-in-services";
import { ManageError } from "@/lib/manage/manage-error";
import { createFirstAdmin } from "@/lib/manage/team/create-first-admin";
import { hasAdmin } from "@/lib/manage/team/has-admin";
import { createFirstAdminInput } from "@/lib/manage/team/team-schemas";

/** Creates the first admin and signs them in. */
export const setUp = entranceAction(
  createFirstAdminInput,
  async ({ context, env, headers, input: { secret, ...person } }) => {
    // Checked before the secret, so that an old link looks the same as a wrong one.
    if (await hasAdmin(context)) throw new ManageError("conflict", "there is an admin already");
    const actor = await maySetUp(secret, env, headers, context.nowMs());
    if (actor === null) {
      const issue = { path: "secret", message: "this opens nothing" };
      throw new ManageError("invalid_input", issue.message, [issue]);
    }
    await createFirstAdmin({ ...context, actor }, person);
    // Where passwords are off, they sign in by the service that knows their address.
    if (!allowsPasswords(await signInEnv(env))) return;
    await signIn("credentials", {
      email: person.email,
      password: person.password,
      redirect: false,
    });
  },
);
