import type { UsageGroup } from "@/lib/manage/usage/read-usage-board";
import { modelHref } from "./model-href";

/** The page of what a row of a breakdown is about; null if it has none, or the reader can't open it. */
export function pageOf(
  groupBy: UsageGroup,
  id: string,
  { provider, isAdmin }: { readonly provider: string | undefined; readonly isAdmin: boolean },
): string | null {
  const name = encodeURIComponent(id);
  switch (groupBy) {
    case "model":
      return modelHref(id, provider);
    case "provider":
      return `/keys/${name}`;
    case "token":
      // Those of the environment have no page.
      return id.startsWith("at_") ? `/tokens/${name}` : null;
    case "key":
      // A key's page is below its provider's.
      return provider === undefined ? null : `/keys/${encodeURIComponent(provider)}/${name}`;
    case "user":
      return isAdmin ? `/team/${name}` : null;
    case "group":
      return isAdmin ? `/team/groups/${name}` : null;
    default:
      return null;
  }
}
