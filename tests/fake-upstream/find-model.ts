/** The model of a request, wherever its API names it. @module */
import type { JsonObject } from "./json.ts";
import { asString } from "./json.ts";

export function findModel(
  path: string,
  query: URLSearchParams,
  json: JsonObject,
  form: FormData | null,
): string {
  const inPath = /(?:^|\/)models\/([^/:?]+):/.exec(path)?.[1];
  if (inPath !== undefined) return decodeURIComponent(inPath);
  const inForm = form?.get("model") ?? form?.get("model_id");
  return (
    asString(json.model) ||
    asString(json.model_id) ||
    (typeof inForm === "string" ? inForm : "") ||
    (query.get("model") ?? "")
  );
}
