/**
 * OpenAI's API format over every provider: `/api/compat/{path}`, or `/v1/{path}` at the root.
 *
 * AI Gateway's own compat endpoint supports chat completions of some providers; everything else goes to the provider's
 * own OpenAI-compatible endpoint, through the gateway or directly.
 * @module
 */
import { asBearer } from "../../providers/place-key";
import type { OpenAiCompatible, Provider } from "../../providers/types";
import { ProxyError } from "../proxy-error";
import type { BodyField } from "../request/find-json-field";
import { type RequestBody, replaceInBody } from "../request/request-body";
import type { RequestScope } from "../request-scope";
import { whereToPutIt } from "./native-call";
import { outgoingHeaders, outgoingQuery } from "./outgoing-headers";
import type { ProxyCall } from "./proxy-call";
import { gatewayFor, upstreamUrl } from "./upstream-url";

export const CHAT_COMPLETIONS = "chat/completions";

/** A request that names no model names no provider either: files, batches and the like belong to one provider. */
export function namesNoModel({ method }: Request, path: string, body: RequestBody): ProxyError {
  if (method !== "POST") {
    return new ProxyError(
      "unknown_provider",
      `${method} /${path.slice(0, 200)} names no model, and so no provider: call it at /api/{provider}/.`,
    );
  }
  return new ProxyError(
    "model_required",
    `No model was found: "model" must be "{provider}/{model}", an alias, or a name that one pool serves. ${whereToPutIt(body)}`,
  );
}

/**
 * A call in OpenAI's format to a provider's own endpoint for it.
 * @param endpoint What follows OpenAI's base URL: `chat/completions`.
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
    headers: () => outgoingHeaders(scope.headers, route, credential),
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

/** The path of a provider's OpenAI endpoint: next to its chat completions. */
function openAiPath(openAi: OpenAiCompatible, endpoint: string): string {
  if (endpoint === "embeddings" && openAi.embeddings !== undefined) return openAi.embeddings;
  return openAi.chatCompletions.slice(0, -CHAT_COMPLETIONS.length) + endpoint;
}

/** The body with another value in a field. */
export function renameField(body: RequestBody, field: BodyField, value: string): RequestBody {
  return value === field.value ? body : replaceInBody(body, field, field.encode(value));
}
