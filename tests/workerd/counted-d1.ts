/**
 * A real D1 that counts as the plan does: statements (each one of a batch), and the rows they read.
 * @module
 */
export interface CountedD1 {
  readonly d1: D1Database;
  statements: number;
  rowsRead: number;
}

const RUNS_ONE = new Set<PropertyKey>(["all", "raw", "run", "first"]);
/** D1 reports no figures for these. */
const TELLS_NOTHING = new Set<PropertyKey>(["raw", "first"]);

export function counted(d1: D1Database): CountedD1 {
  const originals = new WeakMap<object, D1PreparedStatement>();
  const counter: CountedD1 = { d1: wrap(d1), statements: 0, rowsRead: 0 };
  return counter;

  function note(results: unknown): void {
    for (const result of [results].flat() as D1Result[]) {
      counter.rowsRead += result?.meta?.rows_read ?? 0;
    }
  }

  function wrap<Target extends object>(target: Target): Target {
    const wrapped = new Proxy(target, {
      get(inner, name) {
        const value: unknown = Reflect.get(inner, name);
        if (typeof value !== "function") return value;
        return (...values: unknown[]) => {
          if (name === "prepare" || name === "bind") {
            return wrap(Reflect.apply(value, inner, values) as object);
          }
          if (name === "batch") {
            const statements = (values[0] as object[]).map((each) => originals.get(each) ?? each);
            counter.statements += statements.length;
            return noted(Reflect.apply(value, inner, [statements]));
          }
          if (!RUNS_ONE.has(name)) return Reflect.apply(value, inner, values);
          counter.statements += 1;
          if (!TELLS_NOTHING.has(name)) return noted(Reflect.apply(value, inner, values));
          const statement = inner as unknown as D1PreparedStatement;
          // Run again, by a call that reports them.
          return statement
            .all()
            .then(note)
            .then(() => Reflect.apply(value, inner, values));
        };
      },
    });
    originals.set(wrapped, target as unknown as D1PreparedStatement);
    return wrapped;
  }

  async function noted(answer: unknown): Promise<unknown> {
    const results = await (answer as Promise<unknown>);
    note(results);
    return results;
  }
}
