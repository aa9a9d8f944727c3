import type { Provider } from "../../providers/types";
import type { RequestScope } from "../request-scope";

/** AI Gateway's base for requests to this provider, without a trailing slash; null to go straight there. */
export function gatewayFor(
  { slug }: Provider,
  { config, ports }: Pick<RequestScope, "config" | "ports">,
): string | null {
  return config.gatewayUrl === null || ports.state.goesDirect(slug) ? null : config.gatewayUrl;
}
