import type { PortalRead } from "@/app/portal-read";
import { listTendedGroups } from "@/lib/manage/groups/group-access";
import type { GroupChoice } from "@/lib/manage/groups/list-group-choices";

/** Whom new keys may serve. */
export interface Served {
  /** The groups to choose from. */
  readonly groups: readonly GroupChoice[];
  /** Chosen at first: the group of the URL, or the only one of a group's admin. */
  readonly chosen: readonly string[];
  /** For a group's admin, who adds no keys for everyone. */
  readonly mustChoose: boolean;
}

/** @param wanted The group in the URL; undefined for none. */
export async function readServed(
  { context, member }: PortalRead,
  wanted: string | undefined,
): Promise<Served> {
  const groups = await listTendedGroups(context, member);
  const mustChoose = member.role !== "admin";
  const [only] = mustChoose && groups.length === 1 ? groups : [];
  const first = groups.find(({ id }) => id === wanted) ?? only;
  return { groups, chosen: first === undefined ? [] : [first.id], mustChoose };
}
