/** `npm run test:clients`: see `tests/clients/run.ts`, which needs what `resolve-lib.ts` does first. @module */
import "./resolve-lib.ts";

await import("../tests/clients/run.ts");
