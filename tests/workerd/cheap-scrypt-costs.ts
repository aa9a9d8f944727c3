/** Replaces `lib/crypto/scrypt-costs.ts`, whose real costs are tested by its unit tests and in the built Worker. */
import type { ScryptCost } from "../../lib/crypto/scrypt-costs";

export const PASSWORD_COST: ScryptCost = { logN: 4, r: 8, p: 1 };
export const ARCHIVE_COST: ScryptCost = { logN: 5, r: 8, p: 1 };
export const WORKER_ARCHIVE_COST: ScryptCost = { logN: 4, r: 8, p: 1 };
