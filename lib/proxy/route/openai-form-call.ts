/**
 * OpenAI's API format at the entry points that several providers share.
 * @module
 */

import { ProxyError } from "../proxy-error";
import { findBodyField } from "../request/body-field";
import type { SharedFacts } from "../request/request-facts";
import type { RequestScope } from "../request-scope";
import { namesNoModel, openAiCall } from "./compat-call";
import { convertedCall, convertWhole, openAiForm, sentAs } from "./converted-call";
import type { ProxyCall } from "./proxy-call";
import { resolveModel } from "./resolve-model";
import { openAiEndpoint } from "./shared-form";

/** @throws {ProxyError} `model_required`, `model_not_found`, `unknown_provider`, `not_convertible`. */
export async function openAiFormCall(facts: SharedFacts, scope: RequestScope): Promise<ProxyCall> {
  const { request, path, url, body, token } = facts;
  const named = findBodyField(body, scope.headers, "model");
  if (named === null) throw namesNoModel(request, path, body);
  const resolving = resolveModel(named.value, facts, scope);
  const { provider, model } = resolving instanceof Promise ? await resolving : resolving;
  const endpoint = openAiEndpoint(path);
  const from = openAiForm(endpoint);
  const to = from && sentAs(from, { provider, model }, false);
  if (from !== null && to !== null && to !== from) {
    return convertWhole(body, token.id, (whole) =>
      convertedCall(facts, [from, to], { provider, model }, named.value, whole, scope),
    );
  }
  const openAi = provider.openAiCompatible;
  if (openAi === null) {
    throw new ProxyError(
      "unknown_provider",
      `${provider.label} has no OpenAI-compatible API; call /api/${provider.slug}/ instead.`,
    );
  }
  const target = { provider, openAi, model };
  return openAiCall(request, endpoint, url.search, target, body, named, scope);
}
