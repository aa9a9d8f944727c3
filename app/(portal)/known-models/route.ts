/** What the pool can serve, for the model pickers. */
import { getCloudflareContext } from "@opennextjs/cloudflare";
import { portalRead } from "@/app/portal-read";
import { fetchDecoded } from "@/lib/runtime/fetch-decoded";
import { isolateProxy } from "@/lib/runtime/isolate-proxy";
import { knownModels } from "@/lib/runtime/known-models";
import { misconfigured } from "@/lib/runtime/misconfigured";

export async function GET(request: Request): Promise<Response> {
  const { env } = await portalRead("member");
  const { ctx } = getCloudflareContext();
  try {
    const proxy = await isolateProxy(env, fetchDecoded);
    const providers = await knownModels(proxy, request);
    const upkeep = proxy.ports.state.afterResponse();
    if (upkeep !== null) ctx.waitUntil(upkeep);
    return Response.json({ providers }, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    return misconfigured(error);
  }
}
