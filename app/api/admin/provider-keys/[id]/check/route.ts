import { checkProviderKey } from "@/lib/manage/check-provider-key";
import { fetchDecoded } from "@/lib/runtime/fetch-decoded";
import { isolateProxy } from "@/lib/runtime/isolate-proxy";
import { platform } from "@/lib/runtime/platform";
import { adminRoute } from "../../../admin-route";

export const POST = adminRoute<{ id: string }>(async ({ params, context, env }) => {
  const { config } = await isolateProxy(env, fetchDecoded);
  return checkProviderKey(context, params.id, {
    fetch: platform.fetch,
    gatewayUrl: config.gatewayUrl,
    gatewayToken: config.gatewayToken,
  });
});
