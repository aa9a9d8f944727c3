/**
 * Pass-through: `/api/{provider}/{path}`, the path as AI Gateway documents it.
 * @module
 */
import { findModel } from "../providers/find-model";
import type { Provider } from "../providers/types";
import { findBodyField } from "./body-field";
import { outgoingHeaders } from "./outgoing-headers";
import type { ProxyCall } from "./proxy-call";
import { ProxyError } from "./proxy-error";
import type { RequestBody } from "./request-body";
import { CREDENTIAL_QUERY } from "./request-credential";
import { KEY_ID_PARAMETER } from "./upload-url";
import { queryParameter, queryWithout, upstreamUrl } from "./upstream-url";
import { isWebSocket, webSocketCall } from "./web-socket-call";

/**
 * @param path Below the provider's slug, without a leading slash.
 * @param gatewayUrl From `gatewayFor`.
 * @throws {ProxyError} `model_required`.
 * @throws {ProviderPathError}
 */
export function nativeCall(
  request: Request,
  provider: Provider,
  path: string,
  url: URL,
  body: RequestBody,
  gatewayUrl: string | null,
): ProxyCall {
  const model = findModel(provider, {
    path,
    queryParameter: (name) => queryParameter(url, name),
    bodyFields: (name) => findBodyField(body, request.headers, name)?.value ?? null,
  });
  if (isWebSocket(request)) {
    return webSocketCall(request, provider, path, url.search, model, gatewayUrl);
  }
  if (model === null && request.method === "POST" && provider.needsModel.test(path)) {
    throw new ProxyError(
      "model_required",
      `No model was found: /${path} needs one, in the place ${provider.label}'s API has it. ` +
        "If the body is JSON, check that it is valid.",
    );
  }
  const preferredKeyId = queryParameter(url, KEY_ID_PARAMETER);
  const route = gatewayUrl === null ? "direct" : "gateway";
  return {
    provider,
    route,
    model,
    method: request.method,
    url: upstreamUrl(provider, path, gatewayUrl) + queryWithout(url.search, OWN_PARAMETERS),
    headers: () => outgoingHeaders(request.headers, route === "gateway"),
    body,
    isWebSocket: false,
    preferredKeyId,
    placeKey: provider.placeKey,
  };
}

const OWN_PARAMETERS = [...CREDENTIAL_QUERY, KEY_ID_PARAMETER];
