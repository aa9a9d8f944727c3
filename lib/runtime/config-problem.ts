import type { Env } from "../env";
import { ConfigError, readProxyConfig } from "../proxy/config";

/** Which variable's value is invalid, and why; null if all are valid. */
export function configProblem(env: Env): string | null {
  try {
    readProxyConfig(env, null);
    return null;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
