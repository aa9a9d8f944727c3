/**
 * `GET /api/compat/models`: what the pool's keys can serve, from the providers' own model lists.
 * @module
 */
import type { ModelAlias, RouteTarget } from "../models/model-alias";
import { modelMatches } from "../models/model-matches";
import { providersWith } from "../providers/registry";
import type { Provider } from "../providers/types";
import { gatewayFor } from "./gateway-for";
import { knownProvider } from "./known-provider";
import type { AccessToken } from "./ports";
import type { ProxyCall } from "./proxy-call";
import { ProxyError } from "./proxy-error";
import { HOUSE_CLAIM } from "./quota-claim";
import type { RequestScope } from "./request-scope";
import { RESPONSE_HEADERS } from "./response-headers";
import { tokenAllowsTarget } from "./route-targets";
import { serveFromPool } from "./serve-from-pool";
import { rejoin } from "./stream-head";
import { tokenAllows } from "./token-allows";
import { upstreamUrl } from "./upstream-url";

/** Model lists change by the week; the upkeep reads them anew before. A failed look-up keeps the last list. */
const FRESH_MS = 3 * 3_600_000;

export interface ModelList {
  readonly models: readonly string[];
  readonly readAtMs: number;
}

/** Where model lists are kept. */
export interface ModelCatalog {
  /** As last read, by the provider's slug. */
  lists(): Promise<ReadonlyMap<string, ModelList>>;
  keep(slug: string, list: ModelList): Promise<void>;
}

/** An OpenAI model list with `{provider}/{model}` names, less what the token may not use. */
export async function compatModels(
  token: AccessToken,
  catalog: ModelCatalog,
  scope: RequestScope,
): Promise<Response> {
  const data = await listedModels(token, catalog, scope);
  return answerOf({ object: "list", data }, scope);
}

/**
 * One of the list, for `GET /api/compat/models/{id}`.
 * @throws {ProxyError} `model_not_found` for what the list does not hold.
 */
export async function compatModel(
  name: string,
  token: AccessToken,
  catalog: ModelCatalog,
  scope: RequestScope,
): Promise<Response> {
  const listed = await listedModels(token, catalog, scope);
  const model = listed.find(({ id }) => id === name);
  if (model === undefined) {
    throw new ProxyError(
      "model_not_found",
      `The model ${JSON.stringify(name.slice(0, MAX_SHOWN_CHARS))} is not in the list of GET /api/compat/models.`,
    );
  }
  return answerOf(model, scope);
}

/** Of a name in a message. */
const MAX_SHOWN_CHARS = 200;

/** As OpenAI describes a model. */
interface ListedModel {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly owned_by: string;
}

function answerOf(body: unknown, { requestId }: RequestScope): Response {
  const headers = {
    [RESPONSE_HEADERS.requestId]: requestId,
    "x-content-type-options": "nosniff",
  };
  return Response.json(body, { headers });
}

async function listedModels(
  token: AccessToken,
  catalog: ModelCatalog,
  scope: RequestScope,
): Promise<readonly ListedModel[]> {
  await scope.ports.state.whole(scope.keep);
  const served = await servableModels(catalog, scope);
  const data = served.flatMap(({ provider: { slug }, models }) =>
    models
      .filter((model) => tokenAllows(token, slug, model, "POST"))
      .map((model) => listedModel(`${slug}/${model}`, slug)),
  );
  const aliases = [...scope.ports.state.modelAliases().values()]
    .filter((alias) => alias.targets.some((target) => canLead(alias, target, token, scope)))
    .map(({ name }) => listedModel(name, "one-balance"));
  return [...aliases, ...data];
}

function listedModel(id: string, owner: string): ListedModel {
  return { id, object: "model", created: 0, owned_by: owner };
}

/** Whether an alias may lead the token there, and there is a pool that speaks the OpenAI form. */
function canLead(
  alias: ModelAlias,
  target: RouteTarget,
  token: AccessToken,
  scope: RequestScope,
): boolean {
  const provider = knownProvider(target.provider, scope);
  return (
    provider !== undefined &&
    provider.openAiCompatible !== null &&
    canServe(provider, target.model, scope) &&
    tokenAllowsTarget(token, alias, target)
  );
}

/** The models that active keys may serve, of every provider that has keys; empty where they are not known. */
export async function servableModels(
  catalog: ModelCatalog,
  scope: RequestScope,
): Promise<{ readonly provider: Provider; readonly models: readonly string[] }[]> {
  const lists = await catalog.lists();
  return Promise.all(
    servedProviders(scope).map(async (provider) => {
      const known = lists.get(provider.slug);
      const isFresh = known !== undefined && scope.ports.nowMs() - known.readAtMs < FRESH_MS;
      const models = isFresh ? known.models : await readAndKeep(provider, catalog, scope);
      const listed = models ?? known?.models ?? [];
      return { provider, models: listed.filter((model) => canServe(provider, model, scope)) };
    }),
  );
}

/**
 * Reads lists anew that are older than `maxAgeMs`, the oldest first, `limit` at most.
 * @returns How many were read.
 */
export async function refreshModelLists(
  catalog: ModelCatalog,
  scope: RequestScope,
  { maxAgeMs, limit }: { readonly maxAgeMs: number; readonly limit: number },
): Promise<number> {
  const lists = await catalog.lists();
  const readAtMs = ({ slug }: Provider) => lists.get(slug)?.readAtMs ?? 0;
  const due = servedProviders(scope)
    .filter(({ openAiCompatible }) => openAiCompatible?.models !== undefined)
    .filter((provider) => scope.ports.nowMs() - readAtMs(provider) >= maxAgeMs)
    .sort((one, other) => readAtMs(one) - readAtMs(other))
    .slice(0, limit);
  const read = await Promise.all(due.map((provider) => readAndKeep(provider, catalog, scope)));
  return read.filter((models) => models !== null).length;
}

function servedProviders({ ports: { state } }: RequestScope): readonly Provider[] {
  return providersWith(state.customProviders()).filter(({ slug }) => state.pool(slug).size > 0);
}

function canServe({ slug }: Provider, model: string, { ports }: RequestScope): boolean {
  return ports.state
    .pool(slug)
    .keys()
    .some((key) => key.status === "active" && modelMatches(key.models, model));
}

async function readAndKeep(
  provider: Provider,
  catalog: ModelCatalog,
  scope: RequestScope,
): Promise<readonly string[] | null> {
  const models = await readModels(provider, scope);
  if (models !== null) {
    await catalog.keep(provider.slug, { models, readAtMs: scope.ports.nowMs() });
  }
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
    path: openAi.models,
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
