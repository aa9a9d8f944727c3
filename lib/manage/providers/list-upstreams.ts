import { countKeysByProvider } from "../../db/keys/count-provider-keys";
import { listCustomProviders } from "../../db/keys/custom-providers";
import { readSettings } from "../../db/team/settings";
import type { Route } from "../../providers/types";
import { allProviders } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";

export interface UpstreamItem {
  readonly slug: string;
  readonly label: string;
  readonly isCustom: boolean;
  /** If not, it is called at its own address, whatever the settings. */
  readonly isAtGateway: boolean;
  /** How many keys its pool has, whatever their status. */
  readonly keys: number;
  /** Its own route; null for the default. */
  readonly route: Route | null;
}

/** Every provider and its route: those with keys first, then by name. */
export async function listUpstreams(context: ManageContext): Promise<readonly UpstreamItem[]> {
  const [providers, own, keysOf, { settings }] = await Promise.all([
    allProviders(context),
    listCustomProviders(context.db),
    countKeysByProvider(context.db),
    readSettings(context.db),
  ]);
  const ownSlugs = new Set(own.map(({ slug }) => slug));
  return providers
    .map(({ slug, label, isAtGateway }) => ({
      slug,
      label,
      isCustom: ownSlugs.has(slug),
      isAtGateway,
      keys: keysOf.get(slug) ?? 0,
      route: settings.upstream.providers[slug] ?? null,
    }))
    .sort(
      (one, other) =>
        Number(other.keys > 0) - Number(one.keys > 0) || one.label.localeCompare(other.label, "en"),
    );
}
