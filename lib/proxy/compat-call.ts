/**
 * The OpenAI form over every provider: `/api/compat/{path}`, `model` is `{provider}/{model}`.
 *
 * AI Gateway's own compat endpoint knows chat completions of some providers; everything else goes to
 * the provider's own OpenAI-compatible endpoint, through the gateway or straight.
 * @module
 */
import { asBearer } from "../providers/place-key";
import { providerForCompatModel } from "../providers/registry";
import type { OpenAiCompatible, Provider } from "../providers/types";
import { type BodyField, findBodyField } from "./body-field";
import { gatewayFor } from "./gateway-for";
import { modelName } from "./model-name";
import { whereToPutIt } from "./native-call";
import { outgoingHeaders, outgoingQuery } from "./outgoing-headers";
import type { ProxyCall } from "./proxy-call";
import { ProxyError } from "./proxy-error";
import { type RequestBody, replaceInBody } from "./request-body";
import type { RequestScope } from "./request-scope";
import { upstreamUrl } from "./upstream-url";

const CHAT_COMPLETIONS = "chat/completions";

/**
 * @param path Below `/api/compat/`; a leading `v1/` is accepted, as in any OpenAI base URL.
 * @throws {ProxyError} `model_required`, `unknown_provider`.
 */
export function compatCall(
  request: Request,
  path: string,
  { search }: URL,
  body: RequestBody,
  scope: RequestScope,
): ProxyCall {
  const named = findBodyField(body, request.headers, "model");
  if (named === null) {
    throw new ProxyError(
      "model_required",
      `No model was found: /api/compat needs "model": "{provider}/{model}". ${whereToPutIt(body)}`,
    );
  }
  const target = compatTarget(named.value, scope);
  return openAiCall(request, path.replace(/^v1\//, ""), search, target, body, named, scope);
}

/**
 * A call in the OpenAI form to a provider's own endpoint for it.
 * @param endpoint As OpenAI's base URL is followed by: `chat/completions`.
 * @param named Where the body names the model.
 */
export function openAiCall(
  request: Request,
  endpoint: string,
  search: string,
  { provider, openAi, model }: OpenAiTarget,
  body: RequestBody,
  named: BodyField,
  scope: RequestScope,
): ProxyCall {
  const gatewayUrl = gatewayFor(provider, scope);
  const throughCompat =
    gatewayUrl !== null && provider.compatSlug !== null && endpoint === CHAT_COMPLETIONS;
  const path = openAiPath(openAi, endpoint);
  const url = throughCompat
    ? `${gatewayUrl}/compat/${CHAT_COMPLETIONS}`
    : upstreamUrl(provider, path, gatewayUrl);
  const upstreamModel = throughCompat ? `${provider.compatSlug}/${model}` : model;
  const route = gatewayUrl === null ? "direct" : "gateway";
  const { credential } = scope;
  return {
    provider,
    route,
    model,
    method: request.method,
    path,
    url: url + outgoingQuery(search, credential),
    headers: () => outgoingHeaders(request.headers, route, credential),
    body: renameField(body, named, upstreamModel),
    isWebSocket: false,
    preferredKeyId: null,
    placeKey: throughCompat ? asBearer : (openAi.placeKey ?? provider.placeKey),
  };
}

/** A model of a provider that has an OpenAI-compatible API. */
export interface OpenAiTarget {
  readonly provider: Provider;
  readonly openAi: OpenAiCompatible;
  readonly model: string;
}

/** Splits at the first slash only: `openrouter/meta-llama/llama-3` names OpenRouter's `meta-llama/llama-3`. */
function compatTarget(name: string, { ports }: RequestScope): OpenAiTarget {
  const slash = name.indexOf("/");
  const model = modelName(name.slice(slash + 1));
  if (slash < 1 || model === null) {
    throw new ProxyError(
      "model_required",
      `"model" must be "{provider}/{model}" or an alias, not ${JSON.stringify(name.slice(0, 256))}.`,
    );
  }
  const prefix = name.slice(0, slash);
  const provider = providerForCompatModel(prefix, (slug) => ports.state.customProvider(slug));
  const openAi = provider?.openAiCompatible ?? null;
  if (provider === undefined || openAi === null) {
    throw new ProxyError(
      "unknown_provider",
      provider === undefined
        ? `Unknown provider ${JSON.stringify(prefix)} in "model".`
        : `${provider.label} has no OpenAI-compatible API; call /api/${provider.slug}/ instead.`,
    );
  }
  return { provider, openAi, model };
}

/** Where the provider keeps an OpenAI endpoint: beside its chat completions. */
function openAiPath(openAi: OpenAiCompatible, endpoint: string): string {
  if (endpoint === "embeddings" && openAi.embeddings !== undefined) return openAi.embeddings;
  return openAi.chatCompletions.slice(0, -CHAT_COMPLETIONS.length) + endpoint;
}

/** The body with another value in a field. */
export function renameField(body: RequestBody, field: BodyField, value: string): RequestBody {
  return value === field.value ? body : replaceInBody(body, field, field.encode(value));
}
