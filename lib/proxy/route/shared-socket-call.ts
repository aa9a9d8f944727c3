/**
 * WebSockets at the entry points that several providers share. Each service has its own protocol there. Those in
 * OpenAI's format (Realtime, Responses) are OpenAI's, and the model may be named only in a frame.
 * @module
 */
import { providerNamed, providersWith } from "../../providers/registry";
import type { Provider } from "../../providers/types";
import { ProxyError } from "../proxy-error";
import type { SharedFacts } from "../request/request-facts";
import { poolFor, type RequestScope } from "../request-scope";
import { nativeCall } from "./native-call";
import type { ProxyCall } from "./proxy-call";
import { openAiEndpoint } from "./shared-form";
import { queryParameter, queryWith } from "./upstream-url";

const MODEL = "model";

/** @throws {ProxyError} `unknown_provider` if no pool has such sockets, or several do. */
export function sharedSocketCall(facts: SharedFacts, scope: RequestScope): ProxyCall {
  const { path, url } = facts;
  const named = inQuery(queryParameter(url, MODEL), scope);
  const provider = named?.provider ?? socketOwner(scope);
  if (provider === undefined) {
    throw new ProxyError(
      "unknown_provider",
      "No pool, or more than one, has WebSockets of OpenAI's form: open them at /api/{provider}/.",
    );
  }
  const renamed = new URL(url);
  if (named !== null) renamed.search = queryWith(url.search, MODEL, named.model);
  return nativeCall({ ...facts, provider, path: openAiEndpoint(path), url: renamed }, scope);
}

/** `openai/gpt-realtime` in the query; null for a bare model name, and for none. */
function inQuery(name: string | null, { ports: { state } }: RequestScope) {
  const slash = name?.indexOf("/") ?? -1;
  if (name === null || slash < 1) return null;
  const provider = providerNamed(name.slice(0, slash), (slug) => state.customProvider(slug));
  return provider === undefined ? null : { provider, model: name.slice(slash + 1) };
}

/** The only provider with keys whose sockets are OpenAI's; Azure's belong to a resource and name a deployment. */
export function socketOwner(scope: RequestScope): Provider | undefined {
  const { state } = scope.ports;
  const [only, ...others] = providersWith(state.customProviders()).filter(
    ({ slug, model, webSocket }) =>
      webSocket?.protocol === "openai" &&
      model.socketQuery === MODEL &&
      poolFor(slug, scope).size > 0,
  );
  return others.length === 0 ? only : undefined;
}
