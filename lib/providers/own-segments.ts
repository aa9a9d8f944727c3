/** First segments below `/api/` that are this program's own: neither a provider's nor the proxy's to answer. */
export const OWN_SEGMENTS: ReadonlySet<string> = new Set([
  "auth",
  "admin",
  "health",
  "metrics",
  "openapi.json",
]);

/**
 * Segments below `/api/` that are no provider's name, beside `OWN_SEGMENTS`: a provider that a team adds may not
 * be called so.
 */
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
 * How an address at the root begins, behind its slash, that is meant for an API and not for the portal. The source
 * of a regular expression without groups that capture.
 */
export const ROOT_DOORS = `(?:${[...VERSIONS, ...ROOT_ENDPOINTS].join("|")})(?=/|$)`;

/** The first segments of these addresses. */
export const ROOT_SEGMENTS: readonly string[] = [
  ...VERSIONS,
  ...new Set(ROOT_ENDPOINTS.map((endpoint) => endpoint.split("/")[0] ?? "")),
];
