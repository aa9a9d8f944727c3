import { countKeyStates, type ProviderKeyCounts } from "../../db/keys/provider-keys";
import type { ManageContext } from "../manage-context";
import { allProviders } from "./known-provider";

export interface ProviderSummary extends ProviderKeyCounts {
  /** The name people know. */
  readonly label: string;
}

/** Providers to which keys can be added, and the statuses of existing keys. Both sorted by label. */
export async function summarizeProviderKeys(context: ManageContext): Promise<{
  readonly withKeys: readonly ProviderSummary[];
  readonly withoutKeys: readonly { readonly provider: string; readonly label: string }[];
}> {
  const [providers, counts] = await Promise.all([
    allProviders(context),
    countKeyStates(context.db, context.nowMs(), undefined, context.shownTo),
  ]);
  const labels = new Map(providers.map(({ slug, label }) => [slug, label]));
  const withKeys = counts.map((each) => ({
    ...each,
    label: labels.get(each.provider) ?? each.provider,
  }));
  for (const { provider } of counts) labels.delete(provider);
  const byLabel = (a: { label: string }, b: { label: string }) => a.label.localeCompare(b.label);
  return {
    withKeys: withKeys.toSorted(byLabel),
    withoutKeys: [...labels].map(([provider, label]) => ({ provider, label })).toSorted(byLabel),
  };
}
