/**
 * `POST messages/count_tokens` for models of providers that don't support it: an estimate, marked as one.
 * @module
 */
import { tokenAllows } from "../account/token-allows";
import { RESPONSE_HEADERS } from "../answer/response-headers";
import { ProxyError } from "../proxy-error";
import { findBodyField } from "../request/body-field";
import type { SharedFacts } from "../request/request-facts";
import type { RequestScope } from "../request-scope";
import { COUNT_TOKENS_PATH, guessedTokens } from "../route/converted-call";
import { knownProvider } from "../route/known-provider";
import { resolveModel } from "../route/resolve-model";
import { tokenAllowsTarget } from "../route/route-targets";
import type { OwnAnswer } from "./json-answer";

/**
 * Null for other requests, or if the model's provider counts itself.
 * @throws {ProxyError} `access_denied`, and as `resolveModel` does.
 */
export function guessedCount(
  facts: SharedFacts,
  scope: RequestScope,
): Promise<OwnAnswer | null> | null {
  return COUNT_TOKENS_PATH.test(facts.path) ? countIfNotThere(facts, scope) : null;
}

async function countIfNotThere(facts: SharedFacts, scope: RequestScope): Promise<OwnAnswer | null> {
  const { body, request } = facts;
  const name = findBodyField(body, request.headers, "model")?.value;
  if (name === undefined || (await isCountedThere(name, facts, scope))) return null;
  return {
    body: { input_tokens: guessedTokens(body) },
    headers: { [RESPONSE_HEADERS.converted]: "estimate" },
  };
}

async function isCountedThere(
  name: string,
  facts: SharedFacts,
  scope: RequestScope,
): Promise<boolean> {
  const { token } = facts;
  const alias = scope.ports.state.modelAliases().get(name);
  if (alias === undefined) {
    const { provider, model } = await resolveModel(name, facts, scope);
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
