import type { UpkeepFigures } from "../db/schema/upkeep-schema";

/** A run between two of its steps: plain data, so that it can be kept where it outlives its isolate. */
export interface UpkeepRun {
  readonly holder: string;
  /** Names of jobs that are left, in their order. */
  readonly jobs: readonly string[];
  /** Steps that the first of them took already. */
  readonly steps: number;
  /** How often its next step was begun and did not end. */
  readonly tries: number;
  readonly figures: UpkeepFigures;
  readonly failed: readonly string[];
}
