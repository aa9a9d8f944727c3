const GATEWAY_URL = /^https:\/\/gateway\.ai\.cloudflare\.com\/v1\/([^/]+)\/([^/]+)\/?$/;

/** How a deployment names its AI Gateway: by its address, or by account and name. */
export interface GatewayVariables {
  readonly AI_GATEWAY_URL?: string;
  readonly CLOUDFLARE_ACCOUNT_ID?: string;
  readonly AI_GATEWAY?: string;
}

/** The page of an AI Gateway's own log in Cloudflare's dashboard; null if unknown. */
export function gatewayLogsUrl(variables: GatewayVariables): string | null {
  const [, account = variables.CLOUDFLARE_ACCOUNT_ID, gateway = variables.AI_GATEWAY] =
    GATEWAY_URL.exec(variables.AI_GATEWAY_URL ?? "") ?? [];
  // An explicit address takes precedence over the names.
  const isElsewhere =
    Boolean(variables.AI_GATEWAY_URL) && !GATEWAY_URL.test(variables.AI_GATEWAY_URL ?? "");
  if (isElsewhere || !account || !gateway) return null;
  return `https://dash.cloudflare.com/${account}/ai/ai-gateway/gateways/${gateway}/logs`;
}
