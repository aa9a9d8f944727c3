/**
 * The table of docs/deploy.md that `npm run bench -- free-plan` generates from its results.
 * @module
 */

/** One line of `bench/results/free-plan.json`. */
export interface FreePlanRow {
  readonly what: string;
  /** In addition to the bare Worker's, if there is one; its unit is `unit`. */
  readonly value: number;
  readonly bare: number | null;
  readonly most: number;
  readonly unit: string;
}

/** Precedes the table in the document. */
export const TABLE_MARK = "<!-- made by npm run bench -- free-plan -->";

export function freePlanTable(rows: readonly FreePlanRow[]): string {
  const cells = [
    ["What", "Beyond a bare Worker", "The bare Worker", "To be had"],
    ...rows.map(({ what, value, bare, most, unit }) => [
      what,
      `${value} ${unit}`,
      bare === null ? "" : `${bare} ms`,
      `${unit === "of ours" ? "at least" : "at most"} ${most} ${unit}`,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[], filler: string) =>
    `| ${widths.map((width, at) => (row[at] ?? "").padEnd(width, filler)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  return [line(head, " "), line([], "-"), ...body.map((row) => line(row, " "))].join("\n");
}

/** The document with a new table after the mark. */
export function withTable(document: string, table: string): string {
  const at = document.indexOf(TABLE_MARK);
  if (at < 0) throw new Error(`the document has no ${TABLE_MARK}`);
  const begin = at + TABLE_MARK.length + 1;
  return document.slice(0, begin) + table + document.slice(document.indexOf("\n\n", begin));
}
