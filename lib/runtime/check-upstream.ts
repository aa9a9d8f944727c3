import type { Env } from "../env";
import type { CheckUpstream } from "../providers/check-request";
import type { ProxyPorts } from "../proxy/ports";
import { fetchDecoded } from "./fetch-decoded";
import { isolateProxy } from "./isolate-proxy";
import { platform } from "./platform";
import { sharedState } from "./shared-state";

/**
 * How to reach the providers, as this isolate's proxy does.
 * @param proxyFetch How that proxy fetches; by default Next's fetch.
 * @throws {ConfigError} if a variable is invalid.
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
