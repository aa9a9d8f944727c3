import type { ProviderKeyFilterInput } from "@/lib/manage/keys/provider-key-schemas";
import type { ProviderKeyTarget } from "@/lib/manage/schemas";

/** The filter of a provider's page; always includes the provider. */
export type KeyFilter = ProviderKeyFilterInput & { readonly provider: string };

/** Selected keys, and their number. */
export interface ChosenKeys {
  readonly target: ProviderKeyTarget;
  readonly count: number;
}
