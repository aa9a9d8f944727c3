/**
 * `POST messages/count_tokens` for models of providers that do not have it: a guess, which says so.
 * @module
 */

import { tokenAllows } from "../account/token-allows";
import { RESPONSE_HEADERS } from "../answer/response-headers";
import { ProxyError } from "../proxy-error";
import { COUNT_TOKENS_PATH, guessedTokens } from "../route/converted-call";
import { knownProvider } from "../route/known-provider";
import { type Asking, resolveModel } from "../route/resolve-model";
import { tokenAllowsTarget } from "../route/route-targets";
import { findBodyField } from "./body-field";
import type { RequestBody } from "./request-body";

/**
 * Null where the request is another one, or the model's provider counts by itself.
 * @param path Below `/api/compat/` or at the root.
 * @throws {ProxyError} `access_denied`, and as `resolveModel` does.
 */
export async function guessedCount(
  request: Request,
  path: string,
  body: RequestBody,
  asking: Omit<Asking, "form">,
): Promise<Response | null> {
  if (!COUNT_TOKENS_PATH.test(path)) return null;
  const name = findBodyField(body, request.headers, "model")?.value;
  if (name === undefined || (await isCountedThere(name, asking))) return null;
  return Response.json(
    { input_tokens: guessedTokens(body) },
    {
      headers: {
        [RESPONSE_HEADERS.requestId]: asking.scope.requestId,
        [RESPONSE_HEADERS.converted]: "estimate",
        "x-content-type-options": "nosniff",
      },
    },
  );
}

async function isCountedThere(name: string, asking: Omit<Asking, "form">): Promise<boolean> {
  const { scope, token } = asking;
  const alias = scope.ports.state.modelAliases().get(name);
  if (alias === undefined) {
    const { provider, model } = await resolveModel(name, { ...asking, form: "anthropic" });
    if (provider.protocol === "anthropic") return true;
    if (!tokenAllows(token, provider.slug, model, "POST")) throw denied(name);
    return false;
  }
  const allowed = alias.targets.filter((target) => tokenAllowsTarget(token, alias, target));
  if (allowed.length === 0) throw denied(name);
  return allowed.some(({ provider: slug }) => {
    const provider = knownProvider(slug, scope);
    return provider?.protocol === "anthropic";
  });
}

function denied(name: string): ProxyError {
  return new ProxyError("access_denied", `This access token may not use ${name.slice(0, 256)}.`);
}
