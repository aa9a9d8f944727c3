import { envAccessTokens } from "../db/tokens/env-access-tokens";
import { readFirstSteps as readSteps } from "../db/usage/first-steps";
import type { ManageContext } from "./manage-context";

/** What a new instance needs before apps can use it, and whether it is done. */
export interface FirstStepsDone {
  readonly keys: boolean;
  /** One in `AUTH_KEY` counts too. */
  readonly token: boolean;
  readonly playground: boolean;
}

/** @param hasKeys Whether there are provider keys, which the caller knows. */
export async function readFirstSteps(
  { db, authKey = "" }: ManageContext,
  hasKeys: boolean,
): Promise<FirstStepsDone> {
  const [{ hasToken, hasRequest }, fromEnv] = await Promise.all([
    readSteps(db),
    envAccessTokens(authKey),
  ]);
  return { keys: hasKeys, token: hasToken || fromEnv.size > 0, playground: hasRequest };
}
