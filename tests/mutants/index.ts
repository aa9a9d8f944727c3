import type { Mutant } from "./mutant.ts";
import { poolMutants } from "./pool.ts";

/** All that `npm run mutants` plants. */
export const mutants: readonly Mutant[] = [...poolMutants];
