import type { SourceKey } from "../../moving-in/source-key";
import { providerByAddress } from "../../providers/provider-by-address";
import { providerByHint, providerByShape } from "../../providers/provider-hint";
import type { Provider } from "../../providers/types";

/** What people decided about keys with an unknown or missing service. */
export interface ChosenProviders {
  /** By the name of the service, as in `Place`. */
  readonly named: ReadonlyMap<string, Provider>;
  /** For keys whose provider can't be recognized. */
  readonly rest: Provider | undefined;
}

export type Place =
  | { readonly provider: Provider }
  /** A service that One Balance doesn't know: its host, or its name; empty if there is neither. */
  | { readonly unknown: string };

/**
 * The provider of a key. An address alone decides: a relay's key looks like any other, and must not be sent to the
 * provider it looks like. So does a service's name, if the source has one.
 */
export function placeSourceKey(
  { text, baseUrl, service, hint }: Pick<SourceKey, "text" | "baseUrl" | "service" | "hint">,
  providers: readonly Provider[],
  { named, rest }: ChosenProviders,
): Place {
  const name = baseUrl === null ? (service ?? "") : hostOf(baseUrl);
  const provider =
    named.get(name) ??
    (baseUrl !== null
      ? providerByAddress(baseUrl, providers)
      : service !== null
        ? providerByName(service, providers)
        : (providerByHint(hint ?? "", providers) ?? rest ?? providerByShape(text, providers)));
  return provider === undefined ? { unknown: name } : { provider };
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

function providerByName(name: string, providers: readonly Provider[]): Provider | undefined {
  const wanted = name.toLowerCase();
  return providers.find(({ slug, label }) => slug === wanted || label.toLowerCase() === wanted);
}
