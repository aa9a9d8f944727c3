/**
 * Pass-through: `/api/{provider}/{path}`, the path as AI Gateway documents it.
 * @module
 */
import { findModel } from "../../providers/find-model";
import { ProxyError } from "../proxy-error";
import { findBodyField } from "../request/body-field";
import { modelName } from "../request/model-name";
import type { RequestBody } from "../request/request-body";
import type { NamedFacts } from "../request/request-facts";
import { isWebSocket } from "../request/web-socket-handshake";
import type { RequestScope } from "../request-scope";
import { webSocketCall } from "../sockets/web-socket-call";
import { outgoingHeaders, outgoingQuery } from "./outgoing-headers";
import type { ProxyCall } from "./proxy-call";
import { isUploadPath, KEY_ID_PARAMETER } from "./upload-url";
import { gatewayFor, queryParameter, upstreamUrl } from "./upstream-url";

/**
 * @throws {ProxyError} `model_required`.
 * @throws {ProviderPathError}
 */
export function nativeCall(
  { request, provider, path, url, body }: Omit<NamedFacts, "token">,
  scope: RequestScope,
): ProxyCall {
  const { credential, headers } = scope;
  const isSocket = isWebSocket(request);
  const model = modelName(
    findModel(provider, {
      isSocket,
      path,
      queryParameter: (name) => queryParameter(url, name),
      bodyFields: (name) => findBodyField(body, headers, name)?.value ?? null,
    }),
  );
  if (isSocket) {
    return webSocketCall(request, provider, path, url.search, model, scope);
  }
  if (model === null && request.method === "POST" && provider.needsModel.test(path)) {
    throw new ProxyError(
      "model_required",
      `No model was found: /${path} needs one, in the place ${provider.label}'s API has it. ` +
        whereToPutIt(body),
    );
  }
  const gatewayUrl = gatewayFor(provider, scope);
  const preferredKeyId = isUploadPath(path) ? queryParameter(url, KEY_ID_PARAMETER) : null;
  const route = gatewayUrl === null ? "direct" : "gateway";
  return {
    provider,
    route,
    model,
    method: request.method,
    path,
    url:
      upstreamUrl(provider, path, gatewayUrl) +
      outgoingQuery(url.search, credential, OWN_PARAMETERS),
    headers: () => outgoingHeaders(headers, route, credential),
    body,
    isWebSocket: false,
    preferredKeyId,
    placeKey: provider.placeKey,
  };
}

/** @returns A sentence about what may be wrong with the body. */
export function whereToPutIt(body: RequestBody): string {
  return body.kind === "streamed"
    ? `The body's first ${Math.floor(body.head.length / 1024 / 1024)} MiB do not name it: write it before the long fields.`
    : "If the body is JSON, check that it is valid.";
}

const OWN_PARAMETERS = [KEY_ID_PARAMETER];
