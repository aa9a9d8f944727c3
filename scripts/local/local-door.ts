/**
 * What Cloudflare does around the Worker, for `npm start`: the asset rule of wrangler.toml (`run_worker_first =
 * ["/api/*"]`), compression of pages and files, and a request's origin. Miniflare's own chain of entry, proxy and
 * router Workers serves assets at a tenth of the requests per second.
 * @module
 */
import { acceptedCoding } from "./content-coding.ts";
import { isProxiedUrl } from "./is-proxied.ts";
import { packedAsset } from "./packed-asset.ts";
import { packedPage } from "./packed-page.ts";
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
    const coding = acceptedCoding(request.headers.get("accept-encoding"));
    const isRead = request.method === "GET" || request.method === "HEAD";
    const asset = isRead ? await env.ASSETS.fetch(request) : null;
    if (asset === null || asset.status === 404) {
      return packedPage(await worker.fetch(request, env, context), coding);
    }
    const read = () => env.ASSETS.fetch(new Request(request, { method: "GET" }));
    return packedAsset(request, asset, coding, read);
  }
  return {
    // Not async: every additional promise around a proxied request has a cost.
    fetch(request, env, context) {
      const { url } = request;
      if (isProxiedUrl(url)) return worker.fetch(request, env, context);
      const asked = withOrigin(request, originHeader);
      return API.test(url) ? worker.fetch(asked, env, context) : assetOrPage(asked, env, context);
    },
  };
}
