/**
 * What the Worker does with a portal request: it passes it unchanged to where the portal runs, with its streams,
 * cookies and headers. The client's address and country are in headers that Cloudflare sets itself, whatever the client
 * wrote there.
 * @module
 */
import type { Env } from "../env";
import { withLiveFigures } from "./live-figures";
import { portalObject } from "./portal-stub";
import { objectTrouble, troubleAnswer } from "./portal-trouble";
import { runPortal } from "./run-portal";
import { sharedState } from "./shared-state";

/** On the object's response: the state was changed. Removed by the Worker. */
export const CHANGED_HEADER = "x-one-balance-changed";

export async function answerPortal(
  request: Request,
  env: Env,
  host: Pick<ExecutionContext, "waitUntil">,
): Promise<Response> {
  const enriched = withLiveFigures(request, env);
  if (env.PORTAL === undefined) return runPortal(enriched, env, host);
  try {
    const answer = await askObject(enriched, env);
    if (!answer.headers.has(CHANGED_HEADER)) return answer;
    // A change made there applies to the very next proxied request of this isolate.
    sharedState(env).expire();
    const clean = new Response(answer.body, answer);
    clean.headers.delete(CHANGED_HEADER);
    return clean;
  } catch (error) {
    const trouble = objectTrouble(error);
    console.error(`portal: its object does not answer (${trouble}):`, error);
    return troubleAnswer(request, trouble, Date.now());
  }
}

/** Calls once more if the object disappeared during a request that only reads: a deployment resets it. */
async function askObject(request: Request, env: Env): Promise<Response> {
  const ask = async () => {
    const object = portalObject(env);
    if (object === null) throw new Error("no object is bound");
    return object.fetch(request);
  };
  const isRead = request.method === "GET" || request.method === "HEAD";
  try {
    return await ask();
  } catch (error) {
    if (isRead && objectTrouble(error) === "away") return ask();
    throw error;
  }
}
