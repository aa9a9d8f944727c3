/** `npm run test:clients`: see `tests/clients/run.ts`, which needs `resolve-lib.ts` first. @module */
import "./resolve-lib.ts";

await import("../tests/clients/run.ts");
