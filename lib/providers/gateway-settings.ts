/**
 * The `cf-aig-*` headers by which a caller may set what AI Gateway does with its request. All others are withheld: a
 * cache key or lifetime affects other callers' responses, `collect-log` and `custom-cost` the owner's log and bill,
 * `byok-alias` selects another key, and the rest are set by the proxy itself. Source:
 * developers.cloudflare.com/ai-gateway, page "Header glossary".
 */
export const CALLER_GATEWAY_SETTINGS = ["cf-aig-metadata", "cf-aig-skip-cache"] as const;

const ALLOWED: ReadonlySet<string> = new Set(CALLER_GATEWAY_SETTINGS);

/** @param name Header name, lower case. */
export function mayCallerSet(name: string): boolean {
  return ALLOWED.has(name);
}
