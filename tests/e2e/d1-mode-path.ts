/** Where `unreliable-worker-entry.ts` is told what becomes of its D1. */
export const D1_MODE_PATH = "/test/d1-mode";
