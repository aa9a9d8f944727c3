"use server";

import { signOut } from "@/lib/auth/auth";

/** Ends this browser's session. */
export async function endSession(): Promise<void> {
  await signOut({ redirectTo: "/login" });
}
