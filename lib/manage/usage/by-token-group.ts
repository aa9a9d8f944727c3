import type { Database } from "../../db/open-database";
import { findSharedBudgets } from "../../db/tokens/access-tokens";
import type { CellSum } from "../../db/usage/read-usage-cells";

/**
 * Cells of tokens with the groups of these as subjects; empty for tokens without one. Exact whatever the time, because a
 * token never leaves its group.
 */
export async function byTokenGroup(
  db: Database,
  cells: readonly CellSum[],
): Promise<readonly CellSum[]> {
  const tokens = [...new Set(cells.map(({ subjectId }) => subjectId))];
  const shared = await findSharedBudgets(db, tokens);
  return cells.map((cell) => ({ ...cell, subjectId: shared.get(cell.subjectId)?.groupId ?? "" }));
}
