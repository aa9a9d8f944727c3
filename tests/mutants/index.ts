import type { Mutant } from "./mutant.ts";
import { poolMutants } from "./pool.ts";
import { proxyMutants } from "./proxy.ts";
import { secretMutants } from "./secrets.ts";
import { usageMutants } from "./usage.ts";

/** Everything that `npm run mutants` plants. */
export const mutants: readonly Mutant[] = [
  ...poolMutants,
  ...proxyMutants,
  ...secretMutants,
  ...usageMutants,
];
