/**
 * The proxy's settings, read once from the environment.
 * @module
 */
import type { Env } from "../env";

export interface ProxyConfig {
  /** AI Gateway's base without a trailing slash; null to call each provider directly. */
  readonly gatewayUrl: string | null;
  /** For `cf-aig-authorization`. */
  readonly gatewayToken: string | null;
  readonly maxAttempts: number;
  /** From reading the request to the response's first byte, over all attempts, in milliseconds. */
  readonly firstByteTimeoutMs: number;
  readonly consecutive429Threshold: number;
}

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * @param bindingGatewayUrl The `AI` binding's address, used if no variable names a gateway.
 * @throws {ConfigError} naming the variable whose value is invalid.
 */
export function readProxyConfig(
  env: Omit<Env, "DB">,
  bindingGatewayUrl: string | null,
): ProxyConfig {
  return {
    gatewayUrl: gatewayUrl(env) ?? bindingGatewayUrl?.replace(/\/+$/, "") ?? null,
    gatewayToken: env.AI_GATEWAY_TOKEN || null,
    maxAttempts: positiveInteger("MAX_ATTEMPTS", env.MAX_ATTEMPTS, 10),
    firstByteTimeoutMs: positiveInteger(
      "FIRST_BYTE_TIMEOUT_MS",
      env.FIRST_BYTE_TIMEOUT_MS,
      120_000,
    ),
    consecutive429Threshold: positiveInteger(
      "CONSECUTIVE_429_THRESHOLD",
      env.CONSECUTIVE_429_THRESHOLD,
      5,
    ),
  };
}

function gatewayUrl(env: Omit<Env, "DB">): string | null {
  if (env.AI_GATEWAY_URL) {
    const url = URL.canParse(env.AI_GATEWAY_URL) ? new URL(env.AI_GATEWAY_URL) : null;
    if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
      throw new ConfigError(
        `AI_GATEWAY_URL must be an http or https address, not "${env.AI_GATEWAY_URL}"`,
      );
    }
    return url.href.replace(/\/+$/, "");
  }
  if (env.CLOUDFLARE_ACCOUNT_ID && env.AI_GATEWAY) {
    return `https://gateway.ai.cloudflare.com/v1/${env.CLOUDFLARE_ACCOUNT_ID}/${env.AI_GATEWAY}`;
  }
  return null;
}

function positiveInteger(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ConfigError(`${name} must be a whole number above 0, not "${text}"`);
  }
  return value;
}
