/**
 * Which pool a model's bare name refers to: the only one that serves it. Pure.
 * @module
 */
import type { Provider } from "../../providers/types";

/** A provider that has keys, and what is known about its models. */
export interface ModelPool {
  readonly provider: Provider;
  /** Whether the provider supports the request's API natively. */
  readonly speaks: boolean;
  /** The models its keys may serve. */
  readonly models: ReadonlySet<string>;
  /** It has a list of models that couldn't be read. */
  readonly isUnknown: boolean;
}

export type BareModel =
  | { readonly kind: "found"; readonly provider: Provider; readonly model: string }
  /** Several providers serve it. */
  | { readonly kind: "several"; readonly providers: readonly Provider[] }
  | { readonly kind: "nowhere" };

/** @param name As the client wrote it, without a provider; possibly with Google's prefix `models/`. */
export function findBareModel(name: string, pools: readonly ModelPool[]): BareModel {
  const model = name.startsWith("models/") ? name.slice("models/".length) : name;
  const serving = pools.filter(({ models }) => models.has(model));
  const speaking = serving.filter(({ speaks }) => speaks);
  const [only, ...others] = speaking.length > 0 ? speaking : serving;
  if (only !== undefined && others.length > 0) {
    return { kind: "several", providers: [only, ...others].map(({ provider }) => provider) };
  }
  const found = only ?? onlyOne(pools.filter(({ isUnknown }) => isUnknown)) ?? onlyOne(pools);
  if (found === undefined) return { kind: "nowhere" };
  return { kind: "found", provider: found.provider, model };
}

/** If no provider is known to serve it, only the one with unknown models can. */
function onlyOne<Entry>(entries: readonly Entry[]): Entry | undefined {
  return entries.length === 1 ? entries[0] : undefined;
}
