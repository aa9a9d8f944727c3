import type { UpkeepFigures } from "../db/schema/upkeep-schema";

/** A run between two of its steps: plain data, so that it can be stored where it outlives its isolate. */
export interface UpkeepRun {
  readonly holder: string;
  /** Names of jobs that are left, in order. */
  readonly jobs: readonly string[];
  /** Steps that the first of them has already taken. */
  readonly steps: number;
  /** How many times its next step was started and didn't end. */
  readonly tries: number;
  readonly figures: UpkeepFigures;
  readonly failed: readonly string[];
}
