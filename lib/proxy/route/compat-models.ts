/**
 * `GET /api/compat/models`: what the pool's keys can serve, from the providers' own model lists.
 * @module
 */
import type { ModelAlias, RouteTarget } from "../../models/model-alias";
import { modelMatches } from "../../models/model-matches";
import { providersWith } from "../../providers/registry";
import type { Provider } from "../../providers/types";
import { tokenAllows } from "../account/token-allows";
import { RESPONSE_HEADERS } from "../answer/response-headers";
import { rejoin } from "../answer/stream-head";
import type { AccessToken } from "../ports";
import { ProxyError } from "../proxy-error";
import type { RequestScope } from "../request-scope";
import { HOUSE_CLAIM } from "../serve/quota-claim";
import { serveFromPool } from "../serve/serve-from-pool";
import { gatewayFor } from "./gateway-for";
import { knownProvider } from "./known-provider";
import { type ListedModel, modelEntry, modelList } from "./model-list-forms";
import type { ProxyCall } from "./proxy-call";
import { tokenAllowsTarget } from "./route-targets";
import { type SharedForm, sharedForm, speaksForm } from "./shared-form";
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

/** What `GET models` and `GET models/{id}` ask for. */
export interface ModelsAsked {
  readonly form: SharedForm;
  /** Null: the list. */
  readonly model: string | null;
}

const MODELS = /^(?:v1(?:beta|alpha)?\/)?(?:openai\/)?models(?:\/(.*))?$/;

/**
 * Null for requests that ask for something else.
 * @param rest Below `/api/compat/` or at the root.
 */
export function modelsAsked({ method, headers }: Request, rest: string): ModelsAsked | null {
  if (method !== "GET") return null;
  const [found, model = ""] = MODELS.exec(rest) ?? [];
  if (found === undefined) return null;
  return { form: sharedForm(rest, headers), model: model === "" ? null : decoded(model) };
}

/** Names hold slashes, which some clients send as they are and others escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The models with `{provider}/{model}` names and the aliases, less what the token may not use, as a list or one of
 * them, in the form asked.
 * @throws {ProxyError} `model_not_found` for what the list does not hold.
 */
export async function compatModels(
  { form, model: name }: ModelsAsked,
  token: AccessToken,
  catalog: ModelCatalog,
  scope: RequestScope,
): Promise<Response> {
  const listed = await listedModels(form, token, catalog, scope);
  if (name === null) return answerOf(modelList(listed, form), scope);
  const model = listed.find(
    ({ id, model }) => id === name || (form === "google" && model === name),
  );
  if (model !== undefined) return answerOf(modelEntry(model, form), scope);
  throw new ProxyError(
    "model_not_found",
    `The model ${JSON.stringify(name.slice(0, MAX_SHOWN_CHARS))} is not in the list of GET /api/compat/models.`,
  );
}

/** Of a name in a message. */
const MAX_SHOWN_CHARS = 200;

function answerOf(body: unknown, { requestId }: RequestScope): Response {
  const headers = {
    [RESPONSE_HEADERS.requestId]: requestId,
    "x-content-type-options": "nosniff",
  };
  return Response.json(body, { headers });
}

async function listedModels(
  form: SharedForm,
  token: AccessToken,
  catalog: ModelCatalog,
  scope: RequestScope,
): Promise<readonly ListedModel[]> {
  await scope.ports.state.whole(scope.keep);
  const served = await servableModels(catalog, scope);
  const models = served
    .filter(({ provider }) => form !== "google" || provider.protocol === "google")
    .flatMap(({ provider: { slug }, models }) =>
      models
        .filter((model) => tokenAllows(token, slug, model, "POST"))
        .map((model) => ({ id: `${slug}/${model}`, owner: slug, model })),
    );
  const aliases = [...scope.ports.state.modelAliases().values()]
    .filter((alias) => alias.targets.some((target) => canLead(alias, target, form, token, scope)))
    .map(({ name }) => ({ id: name, owner: "one-balance", model: name }));
  return [...aliases, ...models];
}

/** Whether an alias may lead the token there, and there is a pool that speaks the form. */
function canLead(
  alias: ModelAlias,
  target: RouteTarget,
  form: SharedForm,
  token: AccessToken,
  scope: RequestScope,
): boolean {
  const provider = knownProvider(target.provider, scope);
  return (
    provider !== undefined &&
    speaksForm(provider, form) &&
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

/** Asks the provider, and keeps what it says; null where it does not. */
export async function readAndKeep(
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
