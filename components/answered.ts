import { unstable_isUnrecognizedActionError, unstable_rethrow } from "next/navigation";
import type { ActionResult } from "@/app/action-result";

/**
 * Why nobody knows, or need know, more of an action's call.
 * - `offline`: nothing was sent
 * - `lost`: it was sent, and no answer came: it may have been done
 * - `outdated`: the page is of another version than the server; nothing was done
 * - `signed_out`: the session has ended; nothing was done
 */
export type ActionTrouble = "offline" | "lost" | "outdated" | "signed_out";

/** Heard by the one who tells people (`ActionTroubles`). */
export const TROUBLE_EVENT = "one-balance:action-trouble";

/**
 * What a server action answered; null where there is no answer that a form could use. Then the reader was told
 * what is known and the way on, and the caller leaves everything that was typed as it is.
 *
 *     const result = await answered(() => createToken(input));
 *     if (result === null) return;
 */
export async function answered<Data>(
  call: () => Promise<ActionResult<Data>>,
): Promise<ActionResult<Data> | null> {
  if (!navigator.onLine) return tell("offline");
  try {
    const result = await call();
    return !result?.ok && result?.code === "signed_out" ? tell("signed_out") : result;
  } catch (error) {
    // A redirect of the action is no trouble.
    unstable_rethrow(error);
    return tell(unstable_isUnrecognizedActionError(error) ? "outdated" : "lost");
  }
}

function tell(trouble: ActionTrouble): null {
  window.dispatchEvent(new CustomEvent<ActionTrouble>(TROUBLE_EVENT, { detail: trouble }));
  return null;
}
