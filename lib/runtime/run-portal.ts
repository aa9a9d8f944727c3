/**
 * Runs the portal where this is called: in its object, or in the Worker where no object is bound.
 * @module
 */
import type { Env } from "../env";
import { sharedState } from "./shared-state";

/** The exports of `portal.ts`. */
export interface PortalModule {
  /** The answer has headers of its own, which may be changed. */
  answerPortal(
    request: Request,
    env: Env,
    host: Pick<ExecutionContext, "waitUntil">,
  ): Promise<Response>;
}

/** Beside `worker.js`. Not written where it is imported: no bundler shall follow it. */
const PORTAL = "./portal.js";

export async function runPortal(
  request: Request,
  env: Env,
  host: Pick<ExecutionContext, "waitUntil">,
): Promise<Response> {
  // Made before Next is loaded, so that it keeps the platform's own clock.
  sharedState(env);
  const portal: PortalModule = await import(/* @vite-ignore */ PORTAL);
  return portal.answerPortal(request, env, host);
}
