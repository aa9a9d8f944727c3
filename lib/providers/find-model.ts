/**
 * Finds the model that a request names.
 * @module
 */
import type { Provider } from "./types";

export interface ModelSources {
  /** Whether the request opens a WebSocket, which has no body. */
  readonly isSocket: boolean;
  /** Path below `/api/{slug}/`, percent-encoded as received, without a leading slash. */
  readonly path: string;
  /** A query parameter; null if absent. */
  readonly queryParameter: (name: string) => string | null;
  /** A top-level field of the JSON body, or of the multipart form; null if absent. */
  readonly bodyFields: (name: string) => string | null;
}

/**
 * The model's name, or null. Path before query before body, because the upstream uses the one in the path. Without
 * Google's `models/`, so that one model has one name, and one cooldown.
 */
export function findModel(
  { model }: Pick<Provider, "model">,
  { isSocket, path, queryParameter, bodyFields }: ModelSources,
): string | null {
  const inPath = model.path?.exec(path)?.[1];
  if (inPath !== undefined) return decode(inPath);
  const query = isSocket ? (model.socketQuery ?? model.query) : model.query;
  const inQuery = query === undefined ? null : queryParameter(query);
  if (inQuery) return inQuery;
  for (const field of model.body ?? []) {
    const inBody = bodyFields(field);
    if (inBody) return inBody.startsWith("models/") ? inBody.slice("models/".length) : inBody;
  }
  return null;
}

function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoding after all ("100%"): the name as it is.
    return text;
  }
}
