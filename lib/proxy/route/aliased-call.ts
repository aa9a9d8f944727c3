/**
 * Calls whose model is an alias: the same call can be made for each target that supports the request's API. Only the
 * model in the body or the path is replaced.
 *
 * Providers share three API formats: OpenAI's (at `/api/compat`, and at every provider that has OpenAI-compatible
 * endpoints), Anthropic's and Google's own.
 * @module
 */
import type { ModelAlias, RouteTarget } from "../../models/model-alias";
import { findModel } from "../../providers/find-model";
import type { Provider } from "../../providers/types";
import { findBodyField } from "../request/body-field";
import type { BodyField } from "../request/find-json-field";
import type { RequestBody } from "../request/request-body";
import type { RequestFacts } from "../request/request-facts";
import { isWebSocket } from "../request/web-socket-handshake";
import type { RequestScope } from "../request-scope";
import { type OpenAiTarget, openAiCall, renameField } from "./compat-call";
import { convertedCall, openAiForm, ownForm, sentAs } from "./converted-call";
import { knownProvider } from "./known-provider";
import { nativeCall } from "./native-call";
import type { ProxyCall } from "./proxy-call";
import { FORM_OWNERS, openAiEndpoint, pathAt, speaksForm } from "./shared-form";
import { socketOwner } from "./shared-socket-call";
import { queryParameter, queryWith } from "./upstream-url";

export interface AliasedCall {
  readonly alias: ModelAlias;
  /** As the client sent it. */
  readonly body: RequestBody;
  /** Whether the target's provider is known, and supports the request's API or one that it can be converted to. */
  speaks(target: RouteTarget): boolean;
  /** Whether the request would have to be converted for it; absent if none is converted. */
  converts?(target: RouteTarget): boolean;
  /**
   * The call for a target that supports its API.
   * @throws {ProviderPathError}
   */
  callTo(target: RouteTarget): ProxyCall;
}

/** Endpoints of OpenAI's API that take a model, after the prefixes that providers and clients write. */
const OPENAI_ENDPOINT =
  /^(?:(?:openai|inference|api|beta|compatibility|v\d[a-z\d]*)\/)*((?:chat\/)?completions|responses|embeddings|moderations|audio\/(?:speech|transcriptions|translations)|images\/(?:generations|edits|variations))\/?$/;

/** Null if the request names no alias, or its API is supported by only one provider. */
export function aliasedCall(facts: RequestFacts, scope: RequestScope): AliasedCall | null {
  const { request, provider, path, body } = facts;
  if (isWebSocket(request)) return inQuery(facts, scope);
  if (request.method !== "POST") return null;
  const named = findBodyField(body, scope.headers, "model");
  const form = provider === undefined ? facts.form : "openai";
  if (form !== "openai") return inOwnForm(facts, FORM_OWNERS[form], named, scope);
  const endpoint =
    provider === undefined || provider.openAiCompatible !== null
      ? OPENAI_ENDPOINT.exec(path)?.[1]
      : undefined;
  if (endpoint !== undefined) return inOpenAiForm(facts, endpoint, named, scope);
  return provider?.protocol ? inOwnForm(facts, provider, named, scope) : null;
}

function inOpenAiForm(
  facts: RequestFacts,
  endpoint: string,
  named: BodyField | null,
  scope: RequestScope,
): AliasedCall | null {
  const { request, url, body } = facts;
  const alias = named && scope.ports.state.modelAliases().get(named.value);
  if (named === null || !alias) return null;
  const from = openAiForm(endpoint);
  const find = (target: RouteTarget) => {
    const provider = knownProvider(target.provider, scope);
    const openAi = provider?.openAiCompatible;
    return provider && openAi ? { provider, openAi, model: target.model } : null;
  };
  /** Null if it isn't converted. */
  const toOf = (there: OpenAiTarget, isPreferred: boolean) => {
    const to = from && sentAs(from, there, isPreferred);
    return to === from ? null : to;
  };
  const converts = (target: RouteTarget) => {
    const there = find(target);
    return there !== null && toOf(there, false) !== null;
  };
  return {
    alias,
    body,
    speaks: (target) =>
      find(target) !== null && (alias.conversion !== "never" || !converts(target)),
    converts,
    callTo(target) {
      const there = found(find(target), target);
      const to = toOf(there, alias.conversion === "preferred");
      return from === null || to === null
        ? openAiCall(request, endpoint, url.search, there, body, named, scope)
        : convertedCall(facts, [from, to], there, alias.name, body, scope);
    },
  };
}

function inOwnForm(
  facts: RequestFacts,
  { protocol, model: places }: Provider,
  named: BodyField | null,
  scope: RequestScope,
): AliasedCall | null {
  const { path, body } = facts;
  // A name with a slash in the path isn't an alias, and the body's name doesn't replace it.
  if (protocol === "google" && hasSlashInModel(path)) return null;
  const name = findModel(
    { model: places },
    {
      isSocket: false,
      path,
      queryParameter: () => null,
      bodyFields: (field) => (field === "model" ? (named?.value ?? null) : null),
    },
  );
  const alias = name === null ? undefined : scope.ports.state.modelAliases().get(name);
  if (alias === undefined) return null;
  const from = protocol === null ? null : ownForm(protocol, path);
  const find = ({ provider: slug }: RouteTarget) => {
    const provider = knownProvider(slug, scope);
    if (provider === undefined || protocol === null) return null;
    // Second doors have only this call.
    const isSpoken =
      from === "messages" ? speaksForm(provider, protocol) : provider.protocol === protocol;
    return isSpoken ? provider : null;
  };
  const findOther = (target: RouteTarget) => {
    const { model } = target;
    const provider = knownProvider(target.provider, scope);
    if (alias.conversion === "never" || from === null || !provider || find(target)) return null;
    const to = sentAs(from, { provider, model }, alias.conversion === "preferred");
    return to === null ? null : { provider, model, forms: [from, to] as const };
  };
  return {
    alias,
    body,
    speaks: (target) => find(target) !== null || findOther(target) !== null,
    converts: (target) => findOther(target) !== null,
    callTo(target) {
      const other = findOther(target);
      if (other !== null) {
        return convertedCall(facts, other.forms, other, alias.name, body, scope);
      }
      const provider = found(find(target), target);
      const there = {
        ...facts,
        provider,
        path: pathAt(provider, renameInPath(path, places.path, target.model)),
        body: renameInBody(body, named, alias, target.model),
      };
      return nativeCall(there, scope);
    },
  };
}

/**
 * WebSockets have no body in which to name a model. Each service has its own protocol, so targets must belong to the
 * same provider.
 */
function inQuery(facts: RequestFacts, scope: RequestScope): AliasedCall | null {
  const { url, body } = facts;
  const provider = facts.provider ?? socketOwner(scope);
  const parameter = provider?.model.socketQuery ?? provider?.model.query;
  if (provider === undefined || parameter === undefined) return null;
  const name = queryParameter(url, parameter);
  const alias = name === null ? undefined : scope.ports.state.modelAliases().get(name);
  if (alias === undefined) return null;
  return {
    alias,
    body,
    speaks: (target) => target.provider === provider.slug,
    callTo({ model }) {
      const renamed = new URL(url);
      renamed.search = queryWith(url.search, parameter, model);
      const path = facts.provider === undefined ? openAiEndpoint(facts.path) : facts.path;
      return nativeCall({ ...facts, provider, path, url: renamed }, scope);
    },
  };
}

function found<Found>(value: Found | null, { provider }: RouteTarget): Found {
  if (value === null) throw new TypeError(`${provider} does not speak the API of this request`);
  return value;
}

/** Whether a path has the form `models/{provider}/{model}:{method}`. */
function hasSlashInModel(path: string): boolean {
  const [before = "", after] = path.split(/:|%3A/i, 2);
  if (after === undefined) return false;
  const [, name] = before.split(/(?:^|\/)models\//i, 2);
  return name?.includes("/") ?? false;
}

/** @param place Its first group is the model. */
function renameInPath(path: string, place: RegExp | undefined, model: string): string {
  const range = place && new RegExp(place, `${place.flags}d`).exec(path)?.indices?.[1];
  if (!range) return path;
  return path.slice(0, range[0]) + encodeURIComponent(model) + path.slice(range[1]);
}

/** For some calls, Google's clients repeat the path's model in the body, as `models/{model}`. */
function renameInBody(
  body: RequestBody,
  named: BodyField | null,
  { name }: ModelAlias,
  model: string,
): RequestBody {
  if (named?.value === name) return renameField(body, named, model);
  if (named?.value === `models/${name}`) return renameField(body, named, `models/${model}`);
  return body;
}
