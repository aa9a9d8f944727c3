/**
 * D1 in another process, so that SQLite's CPU isn't counted as the Worker's: as on Cloudflare, where a binding's call
 * is a subrequest whose JSON response the isolate parses.
 * @module
 */

/** The endpoint for statements of the process that has the database. */
export const STORE_PATH = "/bench/d1";

/** At the front, does what cron does; at the other process, stands for a call of the object. */
export const CRON_PATH = "/bench/cron";

/** At the other process, converts a stream as the object does; what it has to know is in the header. */
export const CONVERT_PATH = "/bench/convert";
export const FACTS_HEADER = "x-bench-facts";

interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

export interface StoreCall {
  readonly statements: readonly Statement[];
  readonly format: "rows" | "objects";
}

/** Rows in the order of their columns, as D1 sends them for `raw()`. */
interface RawResult {
  readonly success: true;
  readonly meta: D1Meta & Record<string, unknown>;
  readonly results: { readonly columns: readonly string[]; readonly rows: readonly unknown[][] };
}

/** The methods of D1 that the product calls. */
export function remoteD1(storeUrl: string): D1Database {
  const send = async (call: StoreCall): Promise<unknown[]> => {
    const response = await fetch(storeUrl + STORE_PATH, {
      method: "POST",
      body: JSON.stringify(call),
    });
    if (!response.ok) throw new Error(`D1_ERROR: ${await response.text()}`);
    return response.json();
  };
  const one = async (format: StoreCall["format"], statement: Statement) =>
    (await send({ format, statements: [statement] }))[0];
  const statementOf = (sql: string, params: readonly unknown[]): object => ({
    sql,
    params,
    bind: (...values: unknown[]) => statementOf(sql, values),
    all: () => one("objects", { sql, params }),
    run: () => one("objects", { sql, params }),
    raw: async () => ((await one("rows", { sql, params })) as RawResult).results.rows,
    first: async () => {
      const { results } = (await one("objects", { sql, params })) as D1Result;
      return results[0] ?? null;
    },
  });
  const database = {
    prepare: (sql: string) => statementOf(sql, []),
    batch: (statements: readonly Statement[]) =>
      send({
        format: "objects",
        statements: statements.map(({ sql, params }) => ({ sql, params })),
      }),
  };
  // Everything the product calls is here.
  return database as unknown as D1Database;
}

/** The other side, on a real D1. */
export async function answerStoreCall(request: Request, database: D1Database): Promise<Response> {
  const { statements, format } = (await request.json()) as StoreCall;
  const prepared = statements.map(({ sql, params }) => database.prepare(sql).bind(...params));
  try {
    if (format === "objects") return Response.json(await database.batch(prepared));
    const [statement] = prepared;
    const rows = (await statement?.raw()) ?? [];
    return Response.json([{ success: true, meta: {}, results: { columns: [], rows } }]);
  } catch (error) {
    return new Response(error instanceof Error ? error.message : String(error), { status: 500 });
  }
}
