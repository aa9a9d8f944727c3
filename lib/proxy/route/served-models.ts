/**
 * What the pool's keys can serve, from the providers' own model lists.
 * @module
 */
import { modelMatches } from "../../models/model-matches";
import { providersWith } from "../../providers/registry";
import type { Provider } from "../../providers/types";
import { rejoin } from "../answer/stream-head";
import type { ModelList } from "../ports";
import { poolFor, type RequestScope } from "../request-scope";
import { OWN_CLAIM } from "../serve/quota-claim";
import { serveFromPool } from "../serve/serve-from-pool";
import { joinedModels, type ModelSource, modelSources } from "./model-sources";
import type { ProxyCall } from "./proxy-call";
import { gatewayFor, upstreamUrl } from "./upstream-url";

/**
 * Model lists change by the week; maintenance refreshes them earlier than this. A failed refresh keeps the last list.
 */
const FRESH_MS = 3 * 3_600_000;

/** The models that active keys may serve, for every provider that has keys; empty if unknown. */
export async function servableModels(
  scope: RequestScope,
): Promise<{ readonly provider: Provider; readonly models: readonly string[] }[]> {
  const stored = await scope.catalog.lists();
  return Promise.all(
    servedProviders(scope).map(async (provider) => {
      const lists = await Promise.all(
        modelSources(provider.slug, scope).map(async (source) => {
          const known = stored.get(source.name) ?? null;
          const isFresh = known !== null && scope.ports.nowMs() - known.readAtMs < FRESH_MS;
          return isFresh ? known : ((await readAndKeep(provider, source)) ?? known);
        }),
      );
      const listed = joinedModels(lists) ?? [];
      return { provider, models: listed.filter((model) => canServe(provider, model, scope)) };
    }),
  );
}

/**
 * Refreshes lists that are older than `maxAgeMs`, the oldest first, at most `limit`.
 * @returns How many were read.
 */
export async function refreshModelLists(
  scope: RequestScope,
  { maxAgeMs, limit }: { readonly maxAgeMs: number; readonly limit: number },
): Promise<number> {
  const lists = await scope.catalog.lists();
  const readAtMs = ({ slug }: Provider) => lists.get(slug)?.readAtMs ?? 0;
  const due = servedProviders(scope)
    .filter(({ openAiCompatible }) => openAiCompatible?.models !== undefined)
    .filter((provider) => scope.ports.nowMs() - readAtMs(provider) >= maxAgeMs)
    .sort((one, other) => readAtMs(one) - readAtMs(other))
    .slice(0, limit);
  const read = await Promise.all(
    due.flatMap((provider) =>
      modelSources(provider.slug, scope).map((source) => readAndKeep(provider, source)),
    ),
  );
  return read.filter((list) => list !== null).length;
}

function servedProviders(scope: RequestScope): readonly Provider[] {
  const own = scope.ports.state.customProviders();
  return providersWith(own).filter(({ slug }) => poolFor(slug, scope).size > 0);
}

export function canServe({ slug }: Provider, model: string, scope: RequestScope): boolean {
  return poolFor(slug, scope)
    .keys()
    .some((key) => key.status === "active" && modelMatches(key.models, model));
}

/** Requests the list from the provider and stores it; null if that fails. */
export async function readAndKeep(
  provider: Provider,
  { name, scope }: ModelSource,
): Promise<ModelList | null> {
  const models = await readModels(provider, scope);
  if (models === null) return null;
  const list = { models, readAtMs: scope.ports.nowMs() };
  await scope.catalog.keep(name, list);
  return list;
}

/** Requests the list through the pool like any client; null if the provider has none or doesn't return it. */
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
    path: openAi.models,
    url: upstreamUrl(provider, openAi.models, gatewayUrl),
    headers: () => new Headers({ accept: "application/json", "user-agent": "one-balance" }),
    body: { kind: "none" },
    isWebSocket: false,
    preferredKeyId: null,
    placeKey: openAi.placeKey ?? provider.placeKey,
  };
  try {
    const { answer } = await serveFromPool(call, OWN_CLAIM, { ...scope, attempts: 0 });
    if (answer.verdict.meaning !== "ok") return null;
    return modelNames(await new Response(rejoin(answer.body)).json());
  } catch {
    // A provider that can't be reached must not hide the models of the others.
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
