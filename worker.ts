/**
 * The Worker's entry. Proxied requests go straight to the handler; everything else goes to the worker
 * that OpenNext generated, which is loaded only then.
 * @module
 */
import type { Env } from "./lib/env";
import { handleProxyRequest } from "./lib/proxy/handle-request";
import { splitProxyPath } from "./lib/proxy/proxy-path";
import { isolateProxy } from "./lib/runtime/isolate-proxy";

const fetchUpstream = (request: Request) => fetch(request);

export default {
  async fetch(request, env, context) {
    const path = splitProxyPath(new URL(request.url).pathname);
    if (path !== null) {
      const proxy = await isolateProxy(env, fetchUpstream);
      return handleProxyRequest(request, path, proxy, (work) => context.waitUntil(work));
    }
    const next = await import("#open-next");
    const response = await next.default.fetch(request, env, context);
    // A change made in the portal or the admin API holds for the very next proxied request.
    if (request.method !== "GET") (await isolateProxy(env, fetchUpstream)).expireState();
    return response;
  },
} satisfies ExportedHandler<Env>;
