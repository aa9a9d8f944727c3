/**
 * Amazon Bedrock, with Bedrock API keys. Requests signed with SigV4 (access key and secret) aren't supported: the
 * signature covers the real host, which AI Gateway hides. Facts are from docs.aws.amazon.com's Bedrock API reference
 * and API key pages, and AI Gateway's page on Amazon Bedrock.
 * @module
 */

import { allOf, anyOf, coded, says, withStatus } from "../answers/error-matchers";
import { hostLabel } from "../base-path";
import { asBearer } from "../place-key";
import { HIDES_MODEL, PROVIDER_DEFAULTS } from "../provider-defaults";
import { ProviderPathError } from "../provider-path-error";
import type { ErrorRule, Provider } from "../types";

/** `{service}/{region}/rest`; each service has one host per region. */
const PATH = /^(bedrock(?:-runtime|-agent|-agent-runtime)?)\/([^/]*)\/(.+)$/;

function split(path: string) {
  const [, service, region, rest] = PATH.exec(path) ?? [];
  if (rest === undefined) {
    throw new ProviderPathError("write the path as bedrock-runtime/{region}/model/{model}/invoke");
  }
  return { service, region: hostLabel(region, "the Bedrock region"), rest };
}

const errorRules: readonly ErrorRule[] = [
  {
    // A rolling window without a reported end: tried again every hour.
    name: "bedrock-day-quota",
    meaning: "rate_limit_day",
    untilMs: (_facts, nowMs) => nowMs + 3_600_000,
    matches: allOf(withStatus(400, 429), says(/^too many (?:tokens|requests) per day/i)),
  },
  {
    name: "bedrock-not-ready",
    meaning: "overloaded",
    matches: anyOf(coded("ModelNotReadyException", "ServiceUnavailableException")),
  },
  {
    name: "bedrock-throttling",
    meaning: "rate_limit_minute",
    hasNoDayQuota: true,
    matches: anyOf(
      allOf(withStatus(429), coded("ThrottlingException")),
      allOf(withStatus(400), coded("ThrottlingException", "ServiceQuotaExceededException")),
    ),
  },
  {
    name: "bedrock-model-failed",
    meaning: "server_error",
    matches: coded("ModelTimeoutException", "ModelErrorException", "InternalServerException"),
  },
  {
    name: "bedrock-key-invalid",
    meaning: "key_invalid",
    matches: allOf(
      withStatus(401, 403),
      anyOf(
        coded("UnrecognizedClientException", "ExpiredTokenException", "InvalidClientTokenId"),
        says(
          /^authentication failed|security token .{0,120} (?:invalid|expired)|api key .{0,120}(?:invalid|expired|not valid)/i,
        ),
      ),
    ),
  },
  {
    name: "bedrock-payment",
    meaning: "out_of_credit",
    matches: allOf(withStatus(403), says(/INVALID_PAYMENT_INSTRUMENT/)),
  },
  {
    name: "bedrock-model-denied",
    meaning: "model_denied",
    matches: allOf(
      withStatus(403),
      anyOf(coded("AccessDeniedException"), says(/access to the model/i)),
    ),
  },
];

export const awsBedrock: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "aws-bedrock",
  label: "Amazon Bedrock",
  usageFormat: "bedrock",
  gatewayPath(path) {
    const { service, region, rest } = split(path);
    return `${service}/${region}/${rest}`;
  },
  directUrl(path) {
    const { service, region, rest } = split(path);
    return `https://${service}.${region}.amazonaws.com/${rest}`;
  },
  placeKey: asBearer,
  withholds: {
    // A client's own signature or session would be checked before the pool's key.
    credentials: {
      headers: ["authorization", "x-amz-security-token"],
      query: ["x-amz-credential", "x-amz-security-token", "x-amz-signature", "x-amz-algorithm"],
    },
    accounts: { headers: ["x-amz-source-account", "x-amz-source-arn"] },
  },
  model: { path: /(?:^|\/)model\/([^/]+)\//, body: ["model"] },
  hidesModel: {
    ...HIDES_MODEL,
    // Everything but a model's own calls and the OpenAI-compatible ones: agents, flows, knowledge bases, jobs.
    paths: [...HIDES_MODEL.paths, /^(?!bedrock-runtime\/[^/]*\/(?:model\/|openai\/))/],
  },
  needsModel: /\/openai\/v1\/chat\/completions$/,
  keyPattern: /^(?:ABSK|bedrock-api-key-)/,
  errorRules,
};
