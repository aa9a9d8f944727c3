/**
 * Keys that lead to each of the proxy's own errors, one model each, so that one pool serves all cases.
 * @module
 */
import type { Stack } from "./harness.ts";

/** Variables that shorten the slow cases. */
export const QUICK_FAILURES = { MAX_ATTEMPTS: "2", FIRST_BYTE_TIMEOUT_MS: "1500" };

/** Model names by the error to which they lead. */
export const ERROR_MODELS = {
  pool_exhausted: "model-limited",
  upstream_unreachable: "model-reset",
  upstream_timeout: "model-slow",
  no_provider_keys: "model-without-key",
} as const;

export async function addErrorKeys(stack: Stack, provider: string): Promise<void> {
  const { setKey } = stack.upstream;
  const keyFor = (name: string, model: string) => ({
    key: `fake-${provider}-${name}`,
    models: [model],
  });
  setKey(`fake-${provider}-limited`, { kind: "limited", requests: 0, windowMs: 40_000 });
  setKey(`fake-${provider}-reset`, { kind: "reset" });
  setKey(`fake-${provider}-slow`, { kind: "slow-headers", delayMs: 20_000 });
  await stack.admin.addKeys(provider, [
    keyFor("limited", ERROR_MODELS.pool_exhausted),
    keyFor("reset", ERROR_MODELS.upstream_unreachable),
    keyFor("slow", ERROR_MODELS.upstream_timeout),
  ]);
}
