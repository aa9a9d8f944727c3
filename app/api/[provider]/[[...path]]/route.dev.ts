/**
 * The proxy's entry point through Next, for `next dev` alone: on Workers the entry (`worker.ts`) handles these paths
 * before Next is loaded, and `next.config.ts` leaves this file out of builds.
 * @module
 */
import { getCloudflareContext } from "@opennextjs/cloudflare";
import type { Env } from "@/lib/env";
import { handleProxyRequest } from "@/lib/proxy/handle-request";
import { splitProxyPath } from "@/lib/proxy/request/proxy-path";
import { fetchDecoded } from "@/lib/runtime/fetch-decoded";
import { isolateProxy } from "@/lib/runtime/isolate-proxy";
import { misconfigured } from "@/lib/runtime/misconfigured";

export const dynamic = "force-dynamic";

async function handle(request: Request): Promise<Response> {
  const { env, ctx } = await getCloudflareContext<Record<string, unknown>, ExecutionContext>({
    async: true,
  });
  const url = new URL(request.url);
  const path = splitProxyPath(url.pathname);
  if (path === null) return new Response(null, { status: 404 });
  // Bindings are declared in lib/env.ts; OpenNext's own type knows only its own.
  try {
    const proxy = await isolateProxy(env as unknown as Env, fetchDecoded);
    return handleProxyRequest(request, url, path, proxy, (work) => ctx.waitUntil(work));
  } catch (error) {
    return misconfigured(error);
  }
}

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
