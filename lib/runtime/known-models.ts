import { servableModels } from "../proxy/compat-models";
import type { ProxyInstance } from "../proxy/handle-request";
import type { UsageSink } from "../proxy/ports";
import { RequestMeter } from "../proxy/request-meter";

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

const UNCOUNTED: UsageSink = { add: () => {}, flush: () => null };

/** What the pool can serve, for choosing from. Asks providers through the pool, as `GET /api/compat/models` does. */
export async function knownModels(
  { config, ports, catalog }: ProxyInstance,
  request: Request,
): Promise<readonly KnownModels[]> {
  await ports.state.ready();
  const requestId = ports.newRequestId();
  // No call of a client's: it is not counted as one.
  const meter = new RequestMeter(request, requestId, { ...ports, usage: UNCOUNTED }, () => {});
  const served = await servableModels(catalog, {
    requestId,
    request,
    config: { ...config, firstByteTimeoutMs: Math.min(config.firstByteTimeoutMs, PATIENCE_MS) },
    ports,
    attempts: 0,
    meter,
  });
  return served.map(({ provider, models }) => ({
    slug: provider.slug,
    label: provider.label,
    isOpenAiCompatible: provider.openAiCompatible !== null,
    models,
  }));
}
