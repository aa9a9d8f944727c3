/** Where `unreliable-worker-entry.ts` accepts how its D1 should behave. */
export const D1_MODE_PATH = "/test/d1-mode";
