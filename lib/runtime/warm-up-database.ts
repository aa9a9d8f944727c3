/**
 * The database of the warm-up: it has two keys and nothing else, and responds to a statement by the table it reads.
 * @module
 */

/** The secret that encrypts the sample's keys. */
export const SECRET = "warm-up";

/** The columns that `read-state.ts` reads. */
export const SAMPLE_KEY = {
  id: "pk_warm",
  provider: "openai",
  sealed: "v2.qRxdByko.F_lGfw9NUxXWT_Ld.SMpy4zuRqm1bIZLBTQzbX78ifKKMyMV4YNbNI1LXpQ",
  masked: "sk-…",
  status: "active",
  weight: 1,
  priority: 0,
  quotaDomain: null,
  groups: null,
  models: null,
  limits: null,
  concurrentRequests: null,
  dailyCostUsd: null,
  monthlyCostUsd: null,
  resetAtMs: 0,
};

const ROWS: readonly (readonly [table: string, row: object])[] = [
  ['from "state_version"', { version: 1 }],
  ['from "provider_keys"', SAMPLE_KEY],
  // Comes second, and so is never decrypted.
  ['from "provider_keys"', { ...SAMPLE_KEY, id: "pk_spare", priority: 1 }],
];

export function sampleDatabase(): D1Database {
  const resultOf = (sql: string) => ({
    success: true,
    meta: { changes: 0, rows_written: 0 },
    results: ROWS.filter(([table]) => sql.includes(table)).map(([, row]) => ({ ...row })),
  });
  const prepare = (sql: string): object => ({
    sql,
    bind: () => prepare(sql),
    all: async () => resultOf(sql),
    run: async () => resultOf(sql),
    raw: async () => resultOf(sql).results.map((row) => Object.values(row)),
    first: async () => resultOf(sql).results[0] ?? null,
  });
  const database = {
    prepare,
    batch: async (statements: readonly { readonly sql: string }[]) =>
      statements.map(({ sql }) => resultOf(sql)),
  };
  // These are the parts that are called.
  return database as unknown as D1Database;
}
