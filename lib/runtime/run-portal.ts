/**
 * Runs the portal where this is called: in its object, or in the Worker if no object is bound.
 * @module
 */
import type { Env } from "../env";
import { sharedState } from "./shared-state";

/** The exports of `portal.ts`. */
export interface PortalModule {
  /** The response has its own headers, which may be changed. */
  answerPortal(
    request: Request,
    env: Env,
    host: Pick<ExecutionContext, "waitUntil">,
  ): Promise<Response>;
}

/** Next to `worker.js`. Not a literal in the import, so that no bundler follows it. */
const PORTAL = "./portal.js";

export async function runPortal(
  request: Request,
  env: Env,
  host: Pick<ExecutionContext, "waitUntil">,
): Promise<Response> {
  // Created before Next is loaded, so that it keeps the platform's own clock.
  sharedState(env);
  const portal: PortalModule = await import(/* @vite-ignore */ PORTAL);
  return portal.answerPortal(request, env, host);
}
