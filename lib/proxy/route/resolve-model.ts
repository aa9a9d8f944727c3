/**
 * The provider and model that a name refers to at the shared entry points: `{provider}/{model}`, split at the first
 * slash only, or a name that one pool serves. Aliases take precedence.
 * @module
 */
import { modelMatches } from "../../models/model-matches";
import { providerForCompatModel, providerNamed, providersWith } from "../../providers/registry";
import type { Provider } from "../../providers/types";
import { tokenAllows } from "../account/token-allows";
import type { ModelCatalog } from "../ports";
import { ProxyError } from "../proxy-error";
import { modelName } from "../request/model-name";
import type { SharedFacts } from "../request/request-facts";
import { poolFor, type RequestScope } from "../request-scope";
import { type BareModel, findBareModel, type ModelPool } from "./bare-model";
import { joinedModels, type ModelSource, modelSources } from "./model-sources";
import { readAndKeep } from "./served-models";
import { type SharedForm, speaksForm } from "./shared-form";

export interface ResolvedModel {
  readonly provider: Provider;
  readonly model: string;
}

/** The most characters of a name in a message. */
const MAX_SHOWN_CHARS = 256;

/** Who asks about a name, and in which API format. */
type Asking = Pick<SharedFacts, "form" | "token">;

/** @throws {ProxyError} `model_required`, `model_not_found`, `unknown_provider`. */
export function resolveModel(
  name: string,
  asking: Asking,
  scope: RequestScope,
): ResolvedModel | Promise<ResolvedModel> {
  const { state } = scope.ports;
  const own = (slug: string) => state.customProvider(slug);
  const slash = name.indexOf("/");
  const prefix = slash < 1 ? "" : name.slice(0, slash);
  const model = modelName(name.slice(slash + 1));
  const named =
    prefix === "" || prefix === "models" || model === null
      ? undefined
      : (providerForCompatModel(prefix, own) ?? providerNamed(prefix, own));
  if (named === undefined || model === null) return findElsewhere(name, null, asking, scope);
  const asNamed = { provider: named, model };
  // If the provider has no keys, another service may use the name for its model (`openai/gpt-oss-20b`).
  return poolFor(named.slug, scope).size > 0
    ? asNamed
    : findElsewhere(name, asNamed, asking, scope);
}

/** @param asNamed What it refers to if no pool has the whole name. */
async function findElsewhere(
  name: string,
  asNamed: ResolvedModel | null,
  { form, token }: Asking,
  scope: RequestScope,
): Promise<ResolvedModel> {
  if (modelName(name) === null || name.startsWith("/") || name.endsWith("/")) {
    throw namesNothing(name);
  }
  const pools = await modelPools(form, scope);
  const allowed = pools.filter(({ provider }) => tokenAllows(token, provider.slug, name, "POST"));
  const found = preferred(findBareModel(name, allowed), () => findBareModel(name, pools));
  const isListed = found.kind === "found" && listed(pools, found).has(found.model);
  if (asNamed !== null) return isListed ? found : asNamed;
  // A slash precedes the model of a provider: which one isn't guessed.
  const isBare = !name.includes("/") || name.startsWith("models/");
  if (found.kind === "found" && (isListed || isBare)) return found;
  if (found.kind === "found" || (found.kind === "nowhere" && !isBare)) throw noSuchProvider(name);
  if (found.kind === "several") throw severalServe(name, found.providers);
  throw unservedModel(name, allowed);
}

/**
 * Prefers what the token may use; anything else is returned only if there is nothing better, so that the rejection
 * names it.
 */
function preferred(found: BareModel, among: () => BareModel): BareModel {
  return found.kind === "nowhere" ? among() : found;
}

function listed(
  pools: readonly ModelPool[],
  { provider }: Pick<ResolvedModel, "provider">,
): ReadonlySet<string> {
  return pools.find((pool) => pool.provider === provider)?.models ?? new Set();
}

/** A list that couldn't be read isn't requested again by every request. */
const SILENCE_MS = 60_000;
const silentUntilMs = new WeakMap<ModelCatalog, Map<string, number>>();

/** Every provider with keys that supports any of the shared formats. */
async function modelPools(form: SharedForm, scope: RequestScope): Promise<readonly ModelPool[]> {
  const { catalog, ports } = scope;
  const { state } = ports;
  await state.whole(scope.keep);
  const lists = await catalog.lists();
  let silent = silentUntilMs.get(catalog);
  if (silent === undefined) {
    silent = new Map();
    silentUntilMs.set(catalog, silent);
  }
  const held = silent;
  const providers = providersWith(state.customProviders()).filter(
    (provider) =>
      poolFor(provider.slug, scope).size > 0 &&
      (provider.openAiCompatible !== null || provider.protocol !== null),
  );
  return Promise.all(
    providers.map(async (provider) => {
      const hasList = provider.openAiCompatible?.models !== undefined;
      const read = async (source: ModelSource) => {
        const stored = lists.get(source.name) ?? null;
        const isDue = hasList && (held.get(source.name) ?? 0) <= ports.nowMs();
        if (stored !== null || !isDue) return stored;
        const list = await readAndKeep(provider, source);
        if (list === null) held.set(source.name, ports.nowMs() + SILENCE_MS);
        return list;
      };
      const known = joinedModels(await Promise.all(modelSources(provider.slug, scope).map(read)));
      return {
        provider,
        speaks: speaksForm(provider, form),
        models: servedBy(provider, known ?? [], scope),
        isUnknown: hasList && known === null,
      };
    }),
  );
}

/** Models in the list that active keys may serve, and those to which keys are restricted by name. */
function servedBy(
  { slug }: Provider,
  known: readonly string[],
  scope: RequestScope,
): ReadonlySet<string> {
  const keys = [...poolFor(slug, scope).keys()].filter(({ status }) => status === "active");
  const ofKeys = keys.flatMap(({ models }) => models ?? []).filter((name) => !name.includes("*"));
  const isServed = (model: string) => keys.some(({ models }) => modelMatches(models, model));
  return new Set([...known.filter(isServed), ...ofKeys]);
}

function severalServe(name: string, providers: readonly Provider[]): ProxyError {
  const names = providers.map(({ slug }) => `${slug}/${name}`);
  return new ProxyError(
    "model_not_found",
    `${JSON.stringify(name.slice(0, MAX_SHOWN_CHARS))} is served by several pools. Name one: ${names.join(", ")}.`,
  );
}

function noSuchProvider(name: string): ProxyError {
  const prefix = name.slice(0, name.indexOf("/")).slice(0, MAX_SHOWN_CHARS);
  return new ProxyError(
    "unknown_provider",
    `Unknown provider ${JSON.stringify(prefix)} in "model", and no pool is known to serve a model of the whole name.`,
  );
}

function unservedModel(name: string, pools: readonly ModelPool[]): ProxyError {
  const shown = JSON.stringify(name.slice(0, MAX_SHOWN_CHARS));
  const places = pools.map(({ provider }) => provider.slug).join(", ");
  const has = places === "" ? "There is no pool that this token may use." : `Pools: ${places}.`;
  return new ProxyError(
    "model_not_found",
    `No pool is known to serve ${shown}. "model" is "{provider}/{model}", an alias, or a name that one pool serves; GET /v1/models lists them. ${has}`,
  );
}

function namesNothing(name: string): ProxyError {
  return new ProxyError(
    "model_required",
    `"model" must be "{provider}/{model}", an alias, or a name that one pool serves, not ${JSON.stringify(name)}.`,
  );
}
