/** Parses a gateway URL: `/v1/{account}/{gateway}/{slug}/{path}?{query}`. @module */

/** Below the fake's own address. */
export const GATEWAY_PATH = "/v1/acct/gw";

export interface Target {
  readonly slug: string;
  /** After the slug, without a leading slash. */
  readonly path: string;
  /** With the question mark, or empty. */
  readonly search: string;
  readonly query: URLSearchParams;
}

/** Null for a URL that isn't below the gateway. The path is used as sent, not normalized. */
export function readTarget(requestUrl: string): Target | null {
  const [pathname = "", ...rest] = requestUrl.split("?");
  if (!pathname.startsWith(`${GATEWAY_PATH}/`)) return null;
  const [slug = "", ...segments] = pathname.slice(GATEWAY_PATH.length + 1).split("/");
  const search = rest.length > 0 ? `?${rest.join("?")}` : "";
  return { slug, path: segments.join("/"), search, query: new URLSearchParams(search) };
}

/** Compat models are `{provider}/{model}`, split at the first slash only. */
export function splitCompatModel(model: string): {
  readonly provider: string;
  readonly model: string;
} {
  const slash = model.indexOf("/");
  return { provider: model.slice(0, Math.max(0, slash)), model: model.slice(slash + 1) };
}
