import type { Env } from "../env";
import { ConfigError, readProxyConfig } from "../proxy/config";

/** Which variable's value cannot be used, and why; null where all can. */
export function configProblem(env: Env): string | null {
  try {
    readProxyConfig(env, null);
    return null;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
