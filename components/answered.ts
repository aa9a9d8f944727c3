import { unstable_isUnrecognizedActionError, unstable_rethrow } from "next/navigation";
import type { ActionResult } from "@/app/action-result";

/**
 * Why an action has no result, and none is needed.
 * - `offline`: nothing was sent
 * - `lost`: it was sent, and no response came: it may have been done
 * - `outdated`: the page and the server have different versions; nothing was done
 * - `signed_out`: the session has ended; nothing was done
 */
export type ActionTrouble = "offline" | "lost" | "outdated" | "signed_out";

/** `ActionTroubles` listens to it, and informs people. */
export const TROUBLE_EVENT = "one-balance:action-trouble";

/**
 * A server action's result; null if there is none that a form could use. The reader then sees what is known and what
 * to do, and the caller leaves everything that was typed unchanged.
 *
 *     const result = await answered(() => createToken(input));
 *     if (result === null) return;
 */
export async function answered<Data>(
  call: () => Promise<ActionResult<Data>>,
): Promise<ActionResult<Data> | null> {
  if (!navigator.onLine) return report("offline");
  try {
    const result = await call();
    return !result?.ok && result?.code === "signed_out" ? report("signed_out") : result;
  } catch (error) {
    // A redirect by the action isn't an error.
    unstable_rethrow(error);
    return report(unstable_isUnrecognizedActionError(error) ? "outdated" : "lost");
  }
}

function report(trouble: ActionTrouble): null {
  window.dispatchEvent(new CustomEvent<ActionTrouble>(TROUBLE_EVENT, { detail: trouble }));
  return null;
}
