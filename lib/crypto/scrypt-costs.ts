/**
 * What guessing a password or a passphrase costs: the parameters of scrypt (RFC 7914). They have a file of their own
 * because tests of what surrounds a password replace it with a cheaper one (`vitest.config.ts`).
 * @module
 */

export interface ScryptCost {
  /** Binary logarithm of N; one guess takes 128 * N * r bytes. */
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/**
 * Of the parameter sets that OWASP considers equal, N=2^14 r=8 p=5 is the one that needs 16 MiB; the first of them,
 * N=2^17 p=1, needs 128 MiB, which is all the memory an isolate has. It takes about 200 ms of CPU.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
 */
export const PASSWORD_COST: ScryptCost = { logN: 14, r: 8, p: 5 };

/** 128 MiB and a few tenths of a second: an archive can be attacked offline, without limit. */
export const ARCHIVE_COST: ScryptCost = { logN: 17, r: 8, p: 1 };

/** As strong as possible within a Worker, which has 128 MiB of memory in total. */
export const WORKER_ARCHIVE_COST: ScryptCost = PASSWORD_COST;
