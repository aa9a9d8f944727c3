import { modelMatches } from "../../models/model-matches";
import type { AccessToken } from "../ports";

/**
 * Whether a token may make this call. Expiry is checked elsewhere.
 *
 * @param model Null for a call that names none. A token restricted to some models may only read with such calls (model
 * lists, a file's state), because the model that a write would start is unknown.
 * @param method HTTP method, upper case.
 */
export function tokenAllows(
  token: AccessToken,
  provider: string,
  model: string | null,
  method: string,
): boolean {
  if (token.scopes === null) return true;
  return token.scopes.some((scope) => {
    if (scope.provider !== null && scope.provider !== provider) return false;
    if (scope.models === null) return true;
    return model === null
      ? method === "GET" || method === "HEAD"
      : modelMatches(scope.models, model);
  });
}
