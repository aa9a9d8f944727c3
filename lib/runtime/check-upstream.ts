import type { Env } from "../env";
import type { CheckUpstream } from "../providers/check-request";
import type { ProxyPorts } from "../proxy/ports";
import { fetchDecoded } from "./fetch-decoded";
import { isolateProxy } from "./isolate-proxy";
import { platform } from "./platform";
import { sharedState } from "./shared-state";

/**
 * The way to the providers, as the proxy of this isolate takes it.
 * @param proxyFetch How that proxy asks upstreams; Next's way unless said otherwise.
 * @throws {ConfigError} if a variable cannot be used.
 */
export async function checkUpstream(
  env: Env,
  proxyFetch: ProxyPorts["fetch"] = fetchDecoded,
): Promise<CheckUpstream> {
  const { config } = await isolateProxy(env, proxyFetch);
  const state = sharedState(env);
  await state.ready();
  return {
    fetch: platform.fetch,
    gatewayUrl: config.gatewayUrl,
    gatewayToken: config.gatewayToken,
    goesDirect: (slug) => state.goesDirect(slug),
  };
}
