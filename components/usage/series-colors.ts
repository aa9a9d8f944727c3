import type { Outcome } from "@/lib/usage/types";
import type { ChartMark } from "./chart-data";

/** Outcomes look the same everywhere, and like the states of keys with the same meaning. */
export const OUTCOME_COLORS: Readonly<Record<Outcome, string>> = {
  ok: "var(--ready-fill)",
  client_error: "var(--chart-5)",
  limited: "var(--cooling-fill)",
  upstream_error: "var(--blocked-fill)",
  aborted: "var(--disabled-fill)",
  denied: "var(--chart-6)",
};

export const OTHER_COLOR = "var(--disabled-fill)";

/** The color of a series by its rank, from 0. */
export function rankColor(rank: number): string {
  return `var(--chart-${(rank % 8) + 1})`;
}

/** What stands on a chart beside its figures, the most telling first. */
const MARK_KINDS = ["incident", "deployment", "change"] as const;

export const MARK_COLORS: Readonly<Record<ChartMark["kind"], string>> = {
  incident: "var(--blocked-fill)",
  deployment: "var(--brand)",
  change: "var(--muted-foreground)",
};

/** The color of several marks in one place. */
export function markColor(marks: readonly Pick<ChartMark, "kind">[]): string {
  return MARK_COLORS[
    MARK_KINDS.find((kind) => marks.some((mark) => mark.kind === kind)) ?? "change"
  ];
}
