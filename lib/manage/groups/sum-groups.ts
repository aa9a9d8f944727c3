import { isOlderSchema } from "../../db/state/read-older-state";
import { listGroupNames } from "../../db/team/groups";
import { findSharedBudgets } from "../../db/tokens/access-tokens";
import { sumCells } from "../../db/usage/read-usage-cells";
import type { CellRange } from "../../db/usage/usage-cells";
import type { ManageContext } from "../manage-context";

export interface GroupSum {
  readonly name: string;
  readonly requests: number;
  readonly costNanoUsd: number;
}

/** The most groups that are returned, those with the most requests. */
const MAX_GROUPS = 100;

/** What the tokens of each group used. Nothing more than the groups' names is read while there are none. */
export async function sumGroups(
  { db }: ManageContext,
  range: CellRange,
): Promise<readonly GroupSum[]> {
  const groups = await listGroupNames(db).catch((error: unknown) => {
    if (isOlderSchema(error)) return [];
    throw error;
  });
  if (groups.length === 0) return [];
  const [cells = []] = await sumCells(db, [
    { ...range, by: ["subjectId"], measures: ["requests", "costNanoUsd"] },
  ]);
  const shared = await findSharedBudgets(
    db,
    cells.map(({ subjectId }) => subjectId),
  );
  const ofGroup = Map.groupBy(cells, ({ subjectId }) => shared.get(subjectId)?.groupId ?? null);
  const sums = groups.map(({ id, name }): GroupSum => {
    const own = ofGroup.get(id) ?? [];
    const sum = (measure: "requests" | "costNanoUsd") =>
      own.reduce((total, { values }) => total + values[measure], 0);
    return { name, requests: sum("requests"), costNanoUsd: sum("costNanoUsd") };
  });
  return sums.toSorted((one, other) => other.requests - one.requests).slice(0, MAX_GROUPS);
}
