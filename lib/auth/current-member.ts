import { cache } from "react";
import { auth } from "./auth";
import type { Member } from "./member";

export type { Member };

/** The signed-in member; null for none. Read once while a page is rendered. */
export const currentMember = cache(async (): Promise<Member | null> => {
  const session = await auth();
  return session?.user ?? null;
});
