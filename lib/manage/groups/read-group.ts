import { countGroupKeys } from "../../db/team/group-parts";
import { allProviders } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { type GroupItem, listGroups } from "./list-groups";

/** How many keys of a provider serve a group. */
export interface GroupProvider {
  readonly slug: string;
  readonly label: string;
  readonly keys: number;
}

export interface GroupDetail {
  readonly group: GroupItem;
  readonly providers: readonly GroupProvider[];
}

/** One group, with its keys by provider. @throws {ManageError} `not_found`. */
export async function readGroup(context: ManageContext, id: string): Promise<GroupDetail> {
  const [[group], counts, known] = await Promise.all([
    listGroups(context, id),
    countGroupKeys(context.db, id),
    allProviders(context),
  ]);
  if (group === undefined) throw new ManageError("not_found", "no such group");
  const labels = new Map(known.map(({ slug, label }) => [slug, label]));
  return {
    group,
    providers: counts.map(({ provider, keys }) => ({
      slug: provider,
      label: labels.get(provider) ?? provider,
      keys,
    })),
  };
}
