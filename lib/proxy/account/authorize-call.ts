/**
 * Checks that the token may use what the request asks for: every model that any parser could find in it.
 * @module
 */

import type { AccessToken } from "../ports";
import { ProxyError } from "../proxy-error";
import { hasMoneyBudget } from "../request/limited-token";
import { modelName } from "../request/model-name";
import { type RequestedModels, requestedModels } from "../request/requested-models";
import type { ProxyCall } from "../route/proxy-call";
import { assertQueryAllowed, assertReadable, isModelLimited } from "../sockets/socket-access";
import { tokenAllows } from "./token-allows";

/**
 * @param call As it will be sent.
 * @throws {ProxyError} `access_denied`, `model_ambiguous`, `model_required`.
 */
export function authorizeCall(token: AccessToken, call: ProxyCall): void {
  const { provider, model, method } = call;
  if (!tokenAllows(token, provider.slug, model, method)) {
    const target = model === null ? provider.label : `${model} of ${provider.label}`;
    throw new ProxyError("access_denied", `This access token may not use ${target}.`);
  }
  if (call.isWebSocket) {
    assertReadable(token, call);
    assertQueryAllowed(token, call);
  }
  authorizeModels(token, call);
}

/**
 * @param call As it will be sent; its own model is already allowed.
 * @throws {ProxyError} `access_denied`, `model_ambiguous`, `model_required`.
 */
export function authorizeModels(token: AccessToken, call: ProxyCall): void {
  // Most tokens have neither restriction, and cost nothing here.
  if (token.scopes === null && token.limitHolders === undefined) return;
  const isLimited = isModelLimited(token, call.provider.slug);
  if (!isLimited && !hasMoneyBudget(token)) return;
  const asked = requestedModels({
    provider: call.provider,
    path: call.path,
    search: searchOf(call.url),
    headers: call.headers(),
    body: call.body.kind === "kept" ? call.body.bytes : null,
    isSocket: call.isWebSocket,
    prefix: call.provider.compatSlug === null ? "" : `${call.provider.compatSlug}/`,
  });
  if (isLimited) authorizeAll(token, call, asked);
  if (asked.contradiction !== null) {
    throw new ProxyError(
      "model_ambiguous",
      `What this request asks for is not clear: ${asked.contradiction}. An access token with limits needs one model, named once.`,
    );
  }
}

function authorizeAll(token: AccessToken, call: ProxyCall, asked: RequestedModels): void {
  const { provider, method } = call;
  for (const name of asked.models) {
    const model = modelName(name);
    if (model === call.model || tokenAllows(token, provider.slug, model, method)) continue;
    throw new ProxyError(
      "access_denied",
      `This access token may not use ${name.slice(0, 256)} of ${provider.label}, which the request names too.`,
    );
  }
  // A WebSocket's frames name the model (`socket-session.ts`); services whose frames can't be read were rejected
  // before.
  const onlyReads = method === "GET" || method === "HEAD";
  if (asked.hidden === null || onlyReads) return;
  throw new ProxyError(
    "access_denied",
    `This access token is limited to models, and what this request uses is unknown: ${asked.hidden}.`,
  );
}

function searchOf(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? "" : url.slice(start);
}
