import type { ProviderKeyFilterInput } from "@/lib/manage/keys/provider-key-schemas";
import type { ProviderKeyTarget } from "@/lib/manage/schemas";

/** The filter of a provider's page; always names the provider. */
export type KeyFilter = ProviderKeyFilterInput & { readonly provider: string };

/** Keys to do something to, and how many they are. */
export interface ChosenKeys {
  readonly target: ProviderKeyTarget;
  readonly count: number;
}
