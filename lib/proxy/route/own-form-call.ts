/**
 * Anthropic's and Google's API format at the entry points that several providers share: the call goes to a provider
 * that supports the format itself, and only the model's name is changed.
 * @module
 */
import { providersWith } from "../../providers/registry";
import type { Provider } from "../../providers/types";
import { ProxyError } from "../proxy-error";
import { findBodyField } from "../request/body-field";
import type { SharedFacts } from "../request/request-facts";
import { poolFor, type RequestScope } from "../request-scope";
import { namesNoModel, renameField } from "./compat-call";
import { convertedCall, convertWhole, ownForm, sentAs } from "./converted-call";
import { nativeCall } from "./native-call";
import type { ProxyCall } from "./proxy-call";
import { type ResolvedModel, resolveModel } from "./resolve-model";
import { FORM_OWNERS, pathAt, speaksForm } from "./shared-form";

/** @throws {ProxyError} `model_required`, `model_not_found`, `unknown_provider`, `no_route_target`. */
export async function ownFormCall(
  facts: SharedFacts,
  form: "anthropic" | "google",
  scope: RequestScope,
): Promise<ProxyCall> {
  const { request, path, body, token } = facts;
  const inBody = findBodyField(body, scope.headers, "model");
  const inPath = form === "google" ? modelInPath(path) : null;
  const name = inPath?.name ?? inBody?.value ?? null;
  if (name === null) {
    const only = onlyProvider(form, scope);
    if (only === null) throw namesNoModel(request, path, body);
    return nativeCall({ ...facts, provider: only }, scope);
  }
  const resolving = resolveModel(name, facts, scope);
  const { provider, model } = resolving instanceof Promise ? await resolving : resolving;
  if (!speaksForm(provider, form)) {
    const from = ownForm(form, path);
    const to = from && sentAs(from, { provider, model }, false);
    if (from === null || to === null) throw speaksAnother(form, { provider, model });
    return convertWhole(body, token.id, (whole) =>
      convertedCall(facts, [from, to], { provider, model }, name, whole, scope),
    );
  }
  const renamed = inBody?.value === name ? renameField(body, inBody, model) : body;
  const namedPath = inPath === null ? path : inPath.withName(model);
  const there = { ...facts, provider, path: pathAt(provider, namedPath), body: renamed };
  return nativeCall(there, scope);
}

/** `models/{model}:{method}`, in which the model may contain a slash of ours. */
const MODEL_IN_PATH = /^((?:upload\/)?(?:v1(?:beta|alpha)?\/)?models\/)(.+?)((?::|%3A)[a-z]+)$/i;

function modelInPath(path: string) {
  const [, before, name, after] = MODEL_IN_PATH.exec(path) ?? [];
  if (before === undefined || name === undefined || after === undefined) return null;
  return {
    name: decoded(name),
    withName: (model: string) => before + encodeURIComponent(model) + after,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The only provider with keys that supports a format: a request that names no model can only be meant for it. */
function onlyProvider(form: "anthropic" | "google", scope: RequestScope) {
  const { state } = scope.ports;
  const [only, ...others] = providersWith(state.customProviders()).filter(
    ({ slug, protocol }: Provider) => protocol === form && poolFor(slug, scope).size > 0,
  );
  return only === undefined || others.length > 0 ? null : only;
}

function speaksAnother(
  form: "anthropic" | "google",
  { provider, model }: ResolvedModel,
): ProxyError {
  return new ProxyError(
    "no_route_target",
    `${model} is served by ${provider.label}, which does not speak the API of ${FORM_OWNERS[form].label}: ask for it in the form of another door.`,
  );
}
