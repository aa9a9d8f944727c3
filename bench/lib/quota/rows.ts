/**
 * The quota benchmark's results, line by line, and the worst of several seeds.
 * @module
 */

/** What may be measured, and which end of it is worse. */
const WORSE = {
  /** The part of what could be answered. */
  answered: "less",
  attemptsPerAnswer: "more",
  p50Ms: "more",
  p99Ms: "more",
  longestRetryAfterMs: "more",
  /** For a line that measures one thing; `atLeast` if a low value is bad. */
  value: "more",
  atLeast: "less",
} as const satisfies Record<string, "more" | "less">;

export type Figures = Partial<Record<keyof typeof WORSE, number>>;

export interface Row {
  /** Lines of one kind are grouped. */
  readonly kind: string;
  readonly name: string;
  readonly target: string;
  readonly figures: Figures;
  /** Deviations from the target, as text; empty if there are none. */
  readonly faults: readonly string[];
}

/** A line over all seeds: its worst figures, and the seeds that missed the target, with the reason. */
export interface Measured extends Omit<Row, "faults"> {
  readonly seeds: readonly number[];
  readonly missed: readonly string[];
}

export function measured(seed: number, { faults, ...row }: Row): Measured {
  return { ...row, seeds: [seed], missed: faults.map((fault) => `seed ${seed}: ${fault}`) };
}

/** Joins runs; for lines that both have, the worst figures count. */
export function joined(one: readonly Measured[], other: readonly Measured[]): Measured[] {
  const rows = new Map(one.map((row) => [`${row.kind}: ${row.name}`, row]));
  for (const row of other) {
    const name = `${row.kind}: ${row.name}`;
    const known = rows.get(name);
    rows.set(name, known === undefined ? row : worst(known, row));
  }
  return [...rows.values()];
}

function worst(one: Measured, other: Measured): Measured {
  const names = Object.keys(one.figures) as (keyof Figures)[];
  const figures = Object.fromEntries(
    names.map((name) => {
      const [a = 0, b = 0] = [one.figures[name], other.figures[name]];
      return [name, WORSE[name] === "more" ? Math.max(a, b) : Math.min(a, b)];
    }),
  );
  const seeds = [...new Set([...one.seeds, ...other.seeds])].sort((a, b) => a - b);
  return { ...other, figures, seeds, missed: [...one.missed, ...other.missed] };
}

/** Four decimals are enough. */
export function rounded(value: number): number {
  return Number(value.toFixed(4));
}
