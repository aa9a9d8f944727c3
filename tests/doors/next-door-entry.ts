/**
 * The routes of `app/api` as Next calls them, on workerd: the proxy's, which only `next dev` has, and the admin API's.
 * Next itself is not there.
 */

import {
  DELETE,
  GET,
  HEAD,
  OPTIONS,
  PATCH,
  POST,
  PUT,
} from "../../app/api/[provider]/[[...path]]/route.dev";
import { GET as admin } from "../../app/api/admin/[[...path]]/route";

const ADMIN = "/api/admin/";

const proxy: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
  DELETE,
  GET,
  HEAD,
  OPTIONS,
  PATCH,
  POST,
  PUT,
};

/** Where OpenNext's `getCloudflareContext` finds what OpenNext's own entry puts there. */
const CONTEXT = Symbol.for("__cloudflare-context__");

export default {
  async fetch(request: Request, env: object, ctx: ExecutionContext): Promise<Response> {
    Object.assign(globalThis, { [CONTEXT]: { env, ctx } });
    const { pathname } = new URL(request.url);
    if (pathname.startsWith(ADMIN)) {
      // One function for all methods.
      return admin(request, {
        params: Promise.resolve({ path: pathname.slice(ADMIN.length).split("/") }),
      });
    }
    return (await proxy[request.method]?.(request)) ?? new Response(null, { status: 405 });
  },
};
