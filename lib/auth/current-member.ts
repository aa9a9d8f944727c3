import { cache } from "react";
import { auth } from "./auth";
import type { Member } from "./member";

export type { Member };

/** Who is signed in; null for nobody. Read once in the rendering of a page. */
export const currentMember = cache(async (): Promise<Member | null> => {
  const session = await auth();
  return session?.user ?? null;
});
