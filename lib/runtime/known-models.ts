import { servableModels } from "../proxy/compat-models";
import type { ProxyInstance } from "../proxy/handle-request";

/** A provider with keys in the pool. */
export interface KnownModels {
  readonly slug: string;
  readonly label: string;
  /** Whether `/api/compat` reaches it. */
  readonly isOpenAiCompatible: boolean;
  /** Models that active keys may serve; empty where the provider gives no list. */
  readonly models: readonly string[];
}

/** A person waits for the list, and names can be typed too. */
const PATIENCE_MS = 8_000;

/** What the pool can serve, for choosing from. Asks providers through the pool, as `GET /api/compat/models` does. */
export async function knownModels(
  { config, ports, catalog }: ProxyInstance,
  request: Request,
): Promise<readonly KnownModels[]> {
  await ports.state.ready();
  const served = await servableModels(catalog, {
    requestId: ports.newRequestId(),
    request,
    config: { ...config, firstByteTimeoutMs: Math.min(config.firstByteTimeoutMs, PATIENCE_MS) },
    ports,
    attempts: 0,
  });
  return served.map(({ provider, models }) => ({
    slug: provider.slug,
    label: provider.label,
    isOpenAiCompatible: provider.openAiCompatible !== null,
    models,
  }));
}
