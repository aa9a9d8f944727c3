/**
 * What Cloudflare does around the Worker, for `npm start`: the asset rule of wrangler.toml
 * (`run_worker_first = ["/api/*"]`), and where a request comes from. Miniflare's own chain of entry, proxy and router
 * Workers serves assets at a tenth of the requests per second.
 * @module
 */
import { isProxiedUrl } from "./is-proxied.ts";
import { withOrigin } from "./with-origin.ts";

interface LocalEnv {
  readonly ASSETS: { fetch(request: Request): Promise<Response> };
}

interface LocalWorker<Env, Context> {
  fetch(request: Request, env: Env, context: Context): Promise<Response> | Response;
}

const API = /^https?:\/\/[^/]+\/api\//;

/** @param originHeader see `newOriginHeader` */
export function localDoor<Env extends LocalEnv, Context>(
  worker: LocalWorker<Env, Context>,
  originHeader: string,
): LocalWorker<Env, Context> {
  async function assetOrPage(request: Request, env: Env, context: Context): Promise<Response> {
    const asset = await env.ASSETS.fetch(request);
    return asset.status === 404 ? worker.fetch(request, env, context) : asset;
  }
  return {
    // Not async: on the proxy's way each promise around another costs.
    fetch(request, env, context) {
      const { url, method } = request;
      if (isProxiedUrl(url)) return worker.fetch(request, env, context);
      const asked = withOrigin(request, originHeader);
      const isRead = method === "GET" || method === "HEAD";
      return !isRead || API.test(url)
        ? worker.fetch(asked, env, context)
        : assetOrPage(asked, env, context);
    },
  };
}
