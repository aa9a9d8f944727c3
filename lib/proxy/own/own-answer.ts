import type { SharedFacts } from "../request/request-facts";
import type { RequestScope } from "../request-scope";
import { guessedCount } from "./guessed-count";
import { jsonAnswer, type OwnAnswer } from "./json-answer";
import { modelsOf } from "./models-answer";
import { quotaOf } from "./quota-answer";

/**
 * One Balance's own response to requests that go to no provider: the models, the token's quota, an estimated count of
 * tokens. Null for every other request, for most of them immediately.
 * @throws {ProxyError} `invalid_path`, `model_not_found`, `access_denied`.
 */
export function ownAnswer(
  facts: SharedFacts,
  scope: RequestScope,
): Promise<Response | null> | null {
  const answering = facts.isForQuota
    ? quotaOf(facts, scope)
    : (modelsOf(facts, scope) ?? guessedCount(facts, scope));
  return answering === null ? null : answered(answering, scope);
}

async function answered(
  answering: Promise<OwnAnswer | null>,
  scope: RequestScope,
): Promise<Response | null> {
  const answer = await answering;
  if (answer === null) return null;
  const response = jsonAnswer(answer, scope);
  scope.meter.served(response.status);
  return response;
}
