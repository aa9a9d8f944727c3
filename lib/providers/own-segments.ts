/** First segments below `/api/` that belong to One Balance itself: they are neither a provider's nor the proxy's. */
export const OWN_SEGMENTS: ReadonlySet<string> = new Set([
  "auth",
  "admin",
  "health",
  "metrics",
  "openapi.json",
]);

/** Segments below `/api/` that can't be a provider's name, besides `OWN_SEGMENTS`: custom providers can't use them. */
export const RESERVED_SEGMENTS: ReadonlySet<string> = new Set(["compat", "quota", "mcp"]);

/** Endpoints that SDKs append to a base URL without a version. */
const ROOT_ENDPOINTS = [
  "chat/completions",
  "completions",
  "responses",
  "embeddings",
  "moderations",
  "messages",
  "models",
  "audio/(?:speech|transcriptions|translations)",
  "images/(?:generations|edits|variations)",
  "upload/v1(?:beta|alpha)?",
];
const VERSIONS = ["v1", "v1beta", "v1alpha"];

/**
 * How an address at the root begins, after its slash, if it is meant for an API and not for the portal. The source of a
 * regular expression without capturing groups.
 */
export const ROOT_DOORS = `(?:${[...VERSIONS, ...ROOT_ENDPOINTS].join("|")})(?=/|$)`;

/** The first segments of these addresses. */
export const ROOT_SEGMENTS: readonly string[] = [
  ...VERSIONS,
  ...new Set(ROOT_ENDPOINTS.map((endpoint) => endpoint.split("/")[0] ?? "")),
];
