import { RequestMeter } from "../proxy/account/request-meter";
import type { ProxyInstance } from "../proxy/handle-request";
import type { UsageSink } from "../proxy/ports";
import type { RequestScope } from "../proxy/request-scope";
import { refreshModelLists, servableModels } from "../proxy/route/served-models";
import { MAX_WAIT_HEADER } from "../proxy/serve/quota-claim";

/** A provider with keys in the pool. */
export interface KnownModels {
  readonly slug: string;
  readonly label: string;
  /** Whether `/api/compat` supports it. */
  readonly isOpenAiCompatible: boolean;
  /** Models that active keys may serve; empty if the provider has no list. */
  readonly models: readonly string[];
}

/** A person waits for the list, and names can be typed too. */
const PATIENCE_MS = 8_000;
/** Other maintenance jobs wait. */
const UPKEEP_PATIENCE_MS = 4_000;
/** Per provider: a list isn't a client's request. */
const MAX_ATTEMPTS = 3;

const UNCOUNTED: UsageSink = { add: () => {}, flush: () => null };

/** What the pool can serve, to choose from. Calls providers through the pool, as `GET /api/compat/models` does. */
export async function knownModels(
  proxy: ProxyInstance,
  request: Request,
): Promise<readonly KnownModels[]> {
  const served = await servableModels(await houseScope(proxy, request, PATIENCE_MS));
  return served.map(({ provider, models }) => ({
    slug: provider.slug,
    label: provider.label,
    isOpenAiCompatible: provider.openAiCompatible !== null,
    models,
  }));
}

/** Refreshes lists that are older than `maxAgeMs`, at most `limit`. @returns How many were read. */
export async function refreshModels(
  proxy: ProxyInstance,
  bounds: { readonly maxAgeMs: number; readonly limit: number },
): Promise<number> {
  // Keys that become ready are for waiting requests.
  const headers = { [MAX_WAIT_HEADER]: "0" };
  const request = new Request("https://upkeep.invalid/", { headers });
  const scope = await houseScope(proxy, request, UPKEEP_PATIENCE_MS);
  return refreshModelLists(scope, bounds);
}

/** The scope of a call that no client made: it isn't counted as one. */
async function houseScope(
  { config, ports, catalog }: ProxyInstance,
  request: Request,
  patienceMs: number,
): Promise<RequestScope> {
  await ports.state.ready();
  const requestId = ports.newRequestId();
  return {
    requestId,
    request,
    headers: request.headers,
    config: {
      ...config,
      firstByteTimeoutMs: Math.min(config.firstByteTimeoutMs, patienceMs),
      maxAttempts: Math.min(config.maxAttempts, MAX_ATTEMPTS),
    },
    ports,
    catalog,
    credential: "",
    attempts: 0,
    meter: new RequestMeter(request, requestId, { ...ports, usage: UNCOUNTED }, () => {}),
  };
}
