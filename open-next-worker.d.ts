/** The worker that OpenNext generates into `.open-next/`, as `worker.ts` uses it. */
import type { Env } from "./lib/env";

declare const worker: {
  fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response>;
};
export default worker;
