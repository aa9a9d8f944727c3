/**
 * `GET /api/compat/models`: what the pool's keys can serve, from the providers' own model lists.
 * @module
 */
import { modelMatches } from "../pool/model-matches";
import { providers } from "../providers/registry";
import type { Provider } from "../providers/types";
import { gatewayFor } from "./gateway-for";
import type { AccessToken } from "./ports";
import type { ProxyCall } from "./proxy-call";
import { HOUSE_CLAIM } from "./quota-claim";
import type { RequestScope } from "./request-scope";
import { RESPONSE_HEADERS } from "./response-headers";
import { serveFromPool } from "./serve-from-pool";
import { rejoin } from "./stream-head";
import { tokenAllows } from "./token-allows";
import { upstreamUrl } from "./upstream-url";

/** Model lists change by the week; a failed look-up keeps the last list. */
const FRESH_MS = 10 * 60 * 1000;

interface ModelList {
  readonly models: readonly string[];
  readonly readAtMs: number;
}

/** Model names of each provider (by slug), as last read. */
export type ModelCatalog = Map<string, ModelList>;

/** An OpenAI model list with `{provider}/{model}` names, less what the token may not use. */
export async function compatModels(
  token: AccessToken,
  catalog: ModelCatalog,
  scope: RequestScope,
): Promise<Response> {
  const served = await servableModels(catalog, scope);
  const data = served.flatMap(({ provider: { slug }, models }) =>
    models
      .filter((model) => tokenAllows(token, slug, model, "POST"))
      .map((model) => ({
        id: `${slug}/${model}`,
        object: "model",
        created: 0,
        owned_by: slug,
      })),
  );
  return Response.json(
    { object: "list", data },
    { headers: { [RESPONSE_HEADERS.requestId]: scope.requestId } },
  );
}

/** The models that active keys may serve, of every provider that has keys; empty where they are not known. */
export function servableModels(
  catalog: ModelCatalog,
  scope: RequestScope,
): Promise<{ readonly provider: Provider; readonly models: readonly string[] }[]> {
  const { state } = scope.ports;
  const served = [...providers, ...state.customProviders()].filter(
    ({ slug }) => state.pool(slug).size > 0,
  );
  return Promise.all(
    served.map(async (provider) => {
      const models = await modelsOf(provider, catalog, scope);
      return { provider, models: models.filter((model) => canServe(provider, model, scope)) };
    }),
  );
}

function canServe({ slug }: Provider, model: string, { ports }: RequestScope): boolean {
  return ports.state
    .pool(slug)
    .keys()
    .some((key) => key.status === "active" && modelMatches(key.models, model));
}

async function modelsOf(
  provider: Provider,
  catalog: ModelCatalog,
  scope: RequestScope,
): Promise<readonly string[]> {
  const known = catalog.get(provider.slug);
  const nowMs = scope.ports.nowMs();
  if (known !== undefined && nowMs - known.readAtMs < FRESH_MS) return known.models;
  const models = await readModels(provider, scope);
  if (models === null) return known?.models ?? [];
  catalog.set(provider.slug, { models, readAtMs: nowMs });
  return models;
}

/** Asks the provider through the pool like any client; null where it has no list or does not give it. */
async function readModels(
  provider: Provider,
  scope: RequestScope,
): Promise<readonly string[] | null> {
  const openAi = provider.openAiCompatible;
  if (openAi?.models === undefined) return null;
  const gatewayUrl = gatewayFor(provider, scope);
  const call: ProxyCall = {
    provider,
    route: gatewayUrl === null ? "direct" : "gateway",
    model: null,
    method: "GET",
    url: upstreamUrl(provider, openAi.models, gatewayUrl),
    headers: () => new Headers({ accept: "application/json", "user-agent": "one-balance" }),
    body: { kind: "none" },
    isWebSocket: false,
    preferredKeyId: null,
    placeKey: openAi.placeKey ?? provider.placeKey,
  };
  try {
    const { answer } = await serveFromPool(call, HOUSE_CLAIM, { ...scope, attempts: 0 });
    if (answer.verdict.meaning !== "ok") return null;
    return modelNames(await new Response(rejoin(answer.body)).json());
  } catch {
    // One provider that cannot be asked must not hide the models of the others.
    return null;
  }
}

/** Reads `{data: [{id}]}` (OpenAI, Anthropic) and `{models: [{name}]}` (Google, Cohere). */
function modelNames(list: unknown): readonly string[] | null {
  if (typeof list !== "object" || list === null) return null;
  const entries = "data" in list ? list.data : "models" in list ? list.models : null;
  if (!Array.isArray(entries)) return null;
  return entries.flatMap((entry: { id?: unknown; name?: unknown } | null) => {
    const name = entry?.id ?? entry?.name;
    return typeof name === "string" ? [name.replace(/^models\//, "")] : [];
  });
}
