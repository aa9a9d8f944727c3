/**
 * A real D1 that counts statements as the plan does: each of a batch is one.
 * @module
 */
export interface CountedD1 {
  readonly d1: D1Database;
  statements: number;
}

const RUNS_ONE = new Set<PropertyKey>(["all", "raw", "run", "first"]);

export function counted(d1: D1Database): CountedD1 {
  const counter: CountedD1 = { d1: wrap(d1), statements: 0 };
  return counter;

  function wrap<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get(inner, name) {
        const value: unknown = Reflect.get(inner, name);
        if (typeof value !== "function") return value;
        return (...values: unknown[]) => {
          const [first] = values;
          if (name === "batch" && Array.isArray(first)) counter.statements += first.length;
          else if (RUNS_ONE.has(name)) counter.statements += 1;
          const result: unknown = Reflect.apply(value, inner, values);
          return name === "prepare" || name === "bind" ? wrap(result as object) : result;
        };
      },
    });
  }
}
