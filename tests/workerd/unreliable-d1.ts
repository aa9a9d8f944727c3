/**
 * A real D1 whose connection can be cut: calls then fail, never return, are executed without a response, or take so
 * many milliseconds longer, as `mode` says.
 * @module
 */
export type D1Mode = "up" | "down" | "hanging" | "answers-lost" | `slow-${number}`;

export interface UnreliableD1 {
  readonly d1: D1Database;
  mode: D1Mode;
  /** Calls to the store, whatever their outcome. */
  calls: number;
}

const REACHES_STORE = new Set<PropertyKey>(["batch", "all", "raw", "run", "first"]);

export function unreliable(d1: D1Database): UnreliableD1 {
  const connection: UnreliableD1 = { d1: wrap(d1), mode: "up", calls: 0 };
  return connection;

  function wrap<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get(inner, name) {
        const value: unknown = Reflect.get(inner, name);
        if (typeof value !== "function") return value;
        return (...values: unknown[]) => {
          if (REACHES_STORE.has(name)) {
            connection.calls += 1;
            if (connection.mode === "down") return Promise.reject(new Error("D1 is down"));
            if (connection.mode === "hanging") return new Promise(() => undefined);
          }
          if (REACHES_STORE.has(name) && connection.mode.startsWith("slow-")) {
            const delayMs = Number(connection.mode.slice("slow-".length));
            return new Promise((resolve) => setTimeout(resolve, delayMs)).then(() =>
              Reflect.apply(value, inner, values),
            );
          }
          const result: unknown = Reflect.apply(value, inner, values);
          if (REACHES_STORE.has(name) && connection.mode === "answers-lost") {
            return Promise.resolve(result).then(() => Promise.reject(new Error("connection lost")));
          }
          return name === "prepare" || name === "bind" ? wrap(result as object) : result;
        };
      },
    });
  }
}
