/**
 * The Worker's entry. Proxied requests go straight to the handler; everything else goes to the worker
 * that OpenNext generated, which is loaded only then.
 * @module
 */
import type { Env } from "./lib/env";
import { newNonce, securePage, withNonce, withoutSniffing } from "./lib/http/page-security";
import { handleProxyRequest } from "./lib/proxy/handle-request";
import { type ProxyPath, splitProxyPath } from "./lib/proxy/proxy-path";
import { isolateProxy, knownProxy } from "./lib/runtime/isolate-proxy";
import { withLeftBody } from "./lib/runtime/left-body";
import { misconfigured } from "./lib/runtime/misconfigured";
import { nextRequest } from "./lib/runtime/next-request";
import { platform } from "./lib/runtime/platform";
import { sharedState } from "./lib/runtime/shared-state";
import { isUpkeepDue, upkeepAfter, upkeepByCron } from "./lib/runtime/upkeep";

export default {
  // Not async, as what it calls is: on the proxy's way each promise around another costs.
  fetch(request, env, context) {
    const response = answer(request, env, context);
    if (isUpkeepDue()) context.waitUntil(upkeepAfter(response, env));
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
  if (path === null) return answerPortal(request, url, env, context);
  const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
  const proxy = knownProxy(env);
  return proxy === undefined
    ? answerFirst(request, url, path, env, waitUntil)
    : handleProxyRequest(request, url, path, proxy, waitUntil);
}

/** The isolate's first proxied request: puts the proxy together. */
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

async function answerPortal(
  request: Request<unknown, IncomingRequestCfProperties>,
  url: URL,
  env: Env,
  context: ExecutionContext,
): Promise<Response> {
  // Made before Next is loaded, so that it keeps the platform's own clock.
  sharedState(env);
  const next = await import("#open-next");
  const asked = nextRequest(request, url);
  if (url.pathname.startsWith("/api/")) {
    return withoutSniffing(withLeftBody(await next.default.fetch(asked, env, context)));
  }
  const nonce = newNonce();
  const page = withLeftBody(await next.default.fetch(withNonce(asked, nonce), env, context));
  return securePage(page, nonce, url.protocol === "https:");
}
