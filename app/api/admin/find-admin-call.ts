import type { AdminCallHandler, AdminCalls } from "./admin-call";

export interface FoundAdminCall {
  /** Undefined where the path takes other methods only. */
  readonly handler: AdminCallHandler | undefined;
  readonly param: string;
  /** Methods that the path takes, sorted. */
  readonly methods: readonly string[];
}

/**
 * What `{method} {segments}` asks for; null where there is no such path. A path without variable parts comes
 * before one with: `provider-keys/delete` is no key's id.
 */
export function findAdminCall(
  calls: AdminCalls,
  method: string,
  segments: readonly string[],
): FoundAdminCall | null {
  const matches = Object.entries(calls).flatMap(([name, handler]) => {
    const [callMethod = "", path = ""] = name.split(" ");
    const param = matchPath(path.split("/"), segments);
    return param === null ? [] : [{ callMethod, path, handler, param }];
  });
  const best = matches.find(({ path }) => !path.includes("{")) ?? matches[0];
  if (best === undefined) return null;
  const same = matches.filter(({ path }) => path === best.path);
  // HEAD is answered as GET, and its body left out by the server.
  const asked = method === "HEAD" ? "GET" : method;
  return {
    handler: same.find(({ callMethod }) => callMethod === asked)?.handler,
    param: best.param,
    methods: same.map(({ callMethod }) => callMethod).toSorted(),
  };
}

/** The variable part, empty where there is none; null where the path is another. */
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
