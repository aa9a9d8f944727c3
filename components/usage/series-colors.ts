import type { Outcome } from "@/lib/usage/types";

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

/** What stands on a chart beside its figures. */
export const MARK_COLORS = {
  incident: "var(--blocked-fill)",
  change: "var(--muted-foreground)",
} as const;
