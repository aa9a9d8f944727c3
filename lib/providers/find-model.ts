/**
 * Finds the model a request names.
 * @module
 */
import type { Provider } from "./types";

export interface ModelSources {
  /** Whether a WebSocket is asked for, which has no body. */
  readonly isSocket: boolean;
  /** Path below `/api/{slug}/`, percent-encoded as it came, without a leading slash. */
  readonly path: string;
  /** A query parameter; null where absent. */
  readonly queryParameter: (name: string) => string | null;
  /** A top-level field of the JSON body, or of the multipart form; null where absent. */
  readonly bodyFields: (name: string) => string | null;
}

/**
 * The model's name, or null. Path before query before body: what stands in the path is what the upstream obeys.
 * Without Google's `models/`, so that one model has one name, and one cooldown.
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
    // Not percent-encoding after all ("100%"): the name as it stands.
    return text;
  }
}
