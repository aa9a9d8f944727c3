import type { AdminCallHandler, AdminCalls } from "./admin-call";

export interface FoundAdminCall {
  /** Undefined if the path only supports other methods. */
  readonly handler: AdminCallHandler | undefined;
  /** The call's name; empty without a handler. */
  readonly name: string;
  readonly param: string;
  /** Methods that the path supports, sorted. */
  readonly methods: readonly string[];
}

/**
 * The handler for `{method} {segments}`; null if there is no such path. A path without variable parts takes precedence:
 * `provider-keys/delete` isn't a key's id.
 */
export function findAdminCall(
  calls: AdminCalls,
  method: string,
  segments: readonly string[],
): FoundAdminCall | null {
  const matches = Object.entries(calls).flatMap(([name, handler]) => {
    const [callMethod = "", path = ""] = name.split(" ");
    const param = matchPath(path.split("/"), segments);
    return param === null ? [] : [{ name, callMethod, path, handler, param }];
  });
  const best = matches.find(({ path }) => !path.includes("{")) ?? matches[0];
  if (best === undefined) return null;
  const same = matches.filter(({ path }) => path === best.path);
  // HEAD is handled as GET, and the server omits its body.
  const wanted = method === "HEAD" ? "GET" : method;
  const call = same.find(({ callMethod }) => callMethod === wanted);
  return {
    handler: call?.handler,
    name: call?.name ?? "",
    param: best.param,
    methods: same.map(({ callMethod }) => callMethod).toSorted(),
  };
}

/** The variable part, empty if there is none; null if the path doesn't match. */
function matchPath(pattern: readonly string[], segments: readonly string[]): string | null {
  if (pattern.length !== segments.length) return null;
  let param = "";
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith("{")) param = segment;
    else if (part !== segment) return null;
  }
  return param;
}
