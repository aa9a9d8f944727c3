/** The worker that OpenNext generates into `.open-next/`, as `portal.ts` uses it. */
import type { Env } from "./lib/env";

declare const worker: {
  fetch(
    request: Request,
    env: Env,
    context: Pick<ExecutionContext, "waitUntil" | "passThroughOnException">,
  ): Promise<Response>;
};
export default worker;
