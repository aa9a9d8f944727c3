/**
 * The Worker's entry. Proxied requests go straight to the handler, except WebSockets, which an object handles if one is
 * bound. Everything else is for the portal and goes to its object, or if none is bound to `portal.ts`, which is loaded
 * only then.
 * @module
 */
import type { Env } from "./lib/env";
import { handleProxyRequest } from "./lib/proxy/handle-request";
import { type ProxyPath, splitProxyPath } from "./lib/proxy/request/proxy-path";
import { health } from "./lib/runtime/health";
import { isolateProxy, knownProxy } from "./lib/runtime/isolate-proxy";
import { misconfigured } from "./lib/runtime/misconfigured";
import { answerInObject } from "./lib/runtime/objects/socket-object";
import { platform } from "./lib/runtime/platform";
import { answerPortal } from "./lib/runtime/portal-door";
import { isUpkeepDue, upkeepAfter, upkeepByCron } from "./lib/runtime/upkeep";
import { warmUp } from "./lib/runtime/warm-up";

export { LeaseObject } from "./lib/runtime/lease-object";
export { PortalObject } from "./lib/runtime/portal-object";

// All of it is done before the first request: it waits for nothing.
void warmUp();

export default {
  // Not async, because what it calls is: every additional promise around a proxied request has a cost.
  fetch(request, env, context) {
    const response = answer(request, env, context);
    if (isUpkeepDue(env)) context.waitUntil(upkeepAfter(response, env));
    return response;
  },
  scheduled(_event, env) {
    return upkeepByCron(env);
  },
} satisfies ExportedHandler<Env>;

function answer(
  request: Request<unknown, IncomingRequestCfProperties>,
  env: Env,
  context: ExecutionContext,
): Promise<Response> {
  const url = new URL(request.url);
  const path = splitProxyPath(url.pathname);
  if (url.pathname === "/api/health") return Promise.resolve(health());
  if (path === null) return answerPortal(request, env, context);
  const here = () => answerProxied(request, url, path, env, context);
  return answerInObject(request, env, context, here) ?? here();
}

function answerProxied(
  request: Request,
  url: URL,
  path: ProxyPath,
  env: Env,
  context: ExecutionContext,
): Promise<Response> {
  const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
  const proxy = knownProxy(env);
  return proxy === undefined
    ? answerFirst(request, url, path, env, waitUntil)
    : handleProxyRequest(request, url, path, proxy, waitUntil);
}

/** The isolate's first proxied request: assembles the proxy. */
async function answerFirst(
  request: Request,
  url: URL,
  path: ProxyPath,
  env: Env,
  waitUntil: (work: Promise<unknown>) => void,
): Promise<Response> {
  try {
    const proxy = await isolateProxy(env, platform.fetch);
    return handleProxyRequest(request, url, path, proxy, waitUntil);
  } catch (error) {
    return misconfigured(error);
  }
}
