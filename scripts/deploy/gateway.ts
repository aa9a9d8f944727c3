/**
 * The AI Gateway of a deployment. Uses Cloudflare's API, because wrangler has no command for it.
 * @module
 */
import { ExpectedError } from "../expected-error.ts";
import { type CloudflareApi, CloudflareApiError } from "./cloudflare-api.ts";
import type { Journal } from "./journal.ts";

/** The fields of a gateway that are read. */
interface Gateway {
  readonly byok_only?: boolean;
  readonly authentication?: boolean;
  readonly cache_ttl?: number | null;
  readonly rate_limiting_limit?: number | null;
}

/**
 * A plain pass-through: no cache, no limits, no stored prompts; and a request without a key is rejected instead of
 * billed to the account.
 */
const NEW_GATEWAY = {
  byok_only: true,
  authentication: false,
  cache_invalidate_on_update: true,
  cache_ttl: 0,
  collect_logs: false,
  rate_limiting_interval: 0,
  rate_limiting_limit: 0,
  rate_limiting_technique: "fixed",
};

export interface GatewayOptions {
  /** Null in a dry run without a login. */
  readonly accountId: string | null;
  readonly name: string;
  /** Whether the Worker has, or gets, an `AI_GATEWAY_TOKEN`. */
  readonly hasToken: boolean;
}

/**
 * @returns The value of `AI_GATEWAY_URL`; null if Cloudflare itself builds and its token may not manage gateways: then
 * it is left unchanged.
 * @throws {ExpectedError} if there is an unsuitable gateway with that name.
 */
export async function findOrMakeGateway(
  api: CloudflareApi,
  journal: Journal,
  { accountId, name, hasToken }: GatewayOptions,
): Promise<string | null> {
  const path = `/accounts/${accountId ?? "{account}"}/ai-gateway/gateways`;
  try {
    const found = accountId === null ? null : await api.get<Gateway>(`${path}/${name}`);
    if (found === null) {
      await api.post(path, { id: name, ...NEW_GATEWAY });
      journal.note(
        `AI Gateway ${name}: requests without a key are rejected, prompts are not stored`,
      );
    } else {
      checkGateway(found, journal, name, hasToken);
    }
  } catch (error) {
    if (!(error instanceof CloudflareApiError && error.isForbidden)) throw error;
    // No one is there to choose; https://developers.cloudflare.com/workers/ci-cd/builds/configuration/
    if (process.env.WORKERS_CI !== "1") throw withoutPermission(error);
    journal.note(
      "The build's token may not manage AI Gateway. Set AI_GATEWAY_URL in the dashboard to use one.",
    );
    return null;
  }
  return `https://gateway.ai.cloudflare.com/v1/${accountId ?? "{account}"}/${name}`;
}

function checkGateway(gateway: Gateway, journal: Journal, name: string, hasToken: boolean): void {
  const another = "set AI_GATEWAY to a name that is free, and a gateway is made for One Balance";
  if (gateway.byok_only === false) {
    throw new ExpectedError(
      `AI Gateway "${name}" exists, but bills requests without a key to ` +
        `the account (byok_only is off). Turn that off in the dashboard under AI > AI Gateway, or ${another}.`,
    );
  }
  if (gateway.authentication && !hasToken) {
    throw new ExpectedError(
      `AI Gateway "${name}" asks for authentication. Set AI_GATEWAY_TOKEN to a token of it ` +
        `(dashboard, AI > AI Gateway > ${name} > Settings), or ${another}.`,
    );
  }
  journal.note(`AI Gateway ${name} is there`);
  if (gateway.cache_ttl) {
    journal.note(
      `  it caches answers for ${gateway.cache_ttl} s: the same question gets the same answer`,
    );
  }
  if (gateway.rate_limiting_limit) {
    journal.note("  it has a rate limit of its own, which the pool cannot get around");
  }
}

function withoutPermission(error: CloudflareApiError): ExpectedError {
  return new ExpectedError(
    `${error.message}
The login may not manage AI Gateway; that of \`wrangler login\` never may. One of these helps:
  - an API token with AI Gateway Edit beside the others, in CLOUDFLARE_API_TOKEN (docs/deploy.md lists them);
  - a gateway made in the dashboard, its address in AI_GATEWAY_URL;
  - \`-- --no-gateway\`: requests go straight to each provider.`,
  );
}
