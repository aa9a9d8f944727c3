/**
 * The list prices of `@pydantic/genai-prices`; a provider's are parsed when the first of its models is requested.
 * `scripts/generate-prices.ts` creates the files and explains why.
 * @module
 */
import type { ModelInfo, Provider } from "@pydantic/genai-prices";
import { calcPrice as calculate } from "./genai-prices/calculation.js";
import { PROVIDERS } from "./genai-prices/providers";

const parsed = new Map<string, Provider>();

/**
 * Like the package's own, for a provider by its id there.
 * @returns Null for a provider or model that isn't in the list.
 */
export const calcPrice: typeof calculate = (usage, model, options) => {
  const provider = options?.providerId === undefined ? undefined : providerOf(options.providerId);
  return provider === undefined ? null : calculate(usage, model, { ...options, provider });
};

/** Including the models of providers whose prices it shares. */
function providerOf(id: string): Provider | undefined {
  const known = parsed.get(id);
  if (known !== undefined) return known;
  const own = parse(id);
  if (own === undefined) return undefined;
  const others = own.fallback_model_providers ?? [];
  const models = [own, ...others.map(parse)].flatMap((each) => each?.models ?? []);
  const provider = { ...own, models };
  parsed.set(id, provider);
  return provider;
}

/** As `generate-prices.ts` writes them: a model without `match` is found by its id alone. */
interface StoredProvider extends Omit<Provider, "models"> {
  readonly models: readonly (Omit<ModelInfo, "match"> & Partial<Pick<ModelInfo, "match">>)[];
}

function parse(id: string): Provider | undefined {
  const text = Object.hasOwn(PROVIDERS, id) ? PROVIDERS[id] : undefined;
  if (text === undefined) return undefined;
  const { models, ...provider } = JSON.parse(text) as StoredProvider;
  return {
    ...provider,
    models: models.map((model) => ({ match: { equals: model.id }, ...model })),
  };
}
