/** First segments below `/api/` that are this program's own: neither a provider's nor the proxy's to answer. */
export const OWN_SEGMENTS: ReadonlySet<string> = new Set([
  "auth",
  "admin",
  "health",
  "metrics",
  "openapi.json",
]);
