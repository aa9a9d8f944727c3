/**
 * Azure OpenAI. Facts are from learn.microsoft.com's Azure OpenAI REST and quota pages, and AI Gateway's page on Azure
 * OpenAI.
 * @module
 */

import { allOf, coded, says, withStatus } from "../answers/error-matchers";
import { shortWaitMs } from "../answers/wait-time";
import { hostLabel } from "../base-path";
import { inHeader } from "../place-key";
import { PROVIDER_DEFAULTS } from "../provider-defaults";
import { ProviderPathError } from "../provider-path-error";
import type { ErrorRule, Provider } from "../types";

/** What SDKs write after the resource: AI Gateway's form has a deployment there. */
const ENDPOINT =
  "(?:chat/completions|completions|embeddings|responses(?:/[^/]+)*|models|audio/(?:speech|transcriptions|translations)|images/(?:generations|edits))";
const DEPLOYMENTS = "deployments/";
const PATH = /^([^/]*)\/(.+)$/;
/** Azure's own paths, and those of SDKs whose base URL ends before `openai/`. */
const NATIVE = /^(?:openai\/)?(deployments\/.+|v1(?:\/.*)?)$/;
/** An endpoint of the v1 API, whose body names the deployment. */
const UNVERSIONED = new RegExp(`^(?:openai/)?(${ENDPOINT})$`);
/** Azure also has this one without a version, with the version in the query. */
const DATED = /^openai\/(?:responses|models|audio|images)(?:\/|$)/;

/** `{resource}/{deployment}/rest`, as in AI Gateway, or what follows Azure's `openai/`. */
function split(path: string): { resource: string; rest: string } {
  const [, resource, below] = PATH.exec(path) ?? [];
  if (below === undefined) {
    throw new ProviderPathError(
      "write the path as {resource}/{deployment}/chat/completions or {resource}/openai/…",
    );
  }
  return { resource: hostLabel(resource, "the Azure resource"), rest: azurePath(below) };
}

/** @returns What follows `https://{resource}.openai.azure.com/openai/`. */
function azurePath(below: string): string {
  const native = NATIVE.exec(below)?.[1];
  if (native !== undefined) return native;
  const endpoint = DATED.test(below) ? undefined : UNVERSIONED.exec(below)?.[1];
  if (endpoint !== undefined) return `v1/${endpoint}`;
  return below.startsWith("openai/") ? below.slice("openai/".length) : DEPLOYMENTS + below;
}

function directUrl(path: string): string {
  const { resource, rest } = split(path);
  return `https://${resource}.openai.azure.com/openai/${rest}`;
}

function gatewayPath(path: string): string {
  const { resource, rest } = split(path);
  return rest.startsWith(DEPLOYMENTS)
    ? `${resource}/${rest.slice(DEPLOYMENTS.length)}`
    : `${resource}/openai/${rest}`;
}

const errorRules: readonly ErrorRule[] = [
  {
    // Deployments belong to a resource; another key's resource may have it.
    name: "azure-deployment-not-found",
    meaning: "client_error",
    next: "retry",
    matches: allOf(withStatus(404), coded("DeploymentNotFound")),
  },
  {
    // A wrong resource gets the same response, and the next request would fail in the same way.
    name: "azure-key-invalid",
    meaning: "key_invalid",
    matches: allOf(withStatus(401), says(/invalid subscription key/i)),
  },
  {
    name: "azure-role-missing",
    meaning: "model_denied",
    matches: allOf(withStatus(401, 403), says(/^the principal .* lacks the required data action/i)),
  },
  {
    name: "azure-network",
    meaning: "region_denied",
    matches: allOf(
      withStatus(403),
      says(/virtual network|firewall|private endpoint|public access is disabled/i),
    ),
  },
  {
    name: "azure-rate-limit",
    meaning: "rate_limit_minute",
    // A request larger than the deployment's quota gets a retry time of 86400 seconds; smaller ones succeed earlier.
    untilMs(facts, nowMs) {
      const waitMs = shortWaitMs(facts, nowMs);
      return nowMs + (waitMs === null || waitMs >= 3_600_000 ? 60_000 : waitMs);
    },
    matches: allOf(withStatus(429), says(/rate limit/i)),
  },
];

export const azureOpenai: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "azure-openai",
  label: "Azure OpenAI",
  usageFormat: "openai",
  gatewayPath,
  directUrl,
  placeKey: inHeader("api-key"),
  withholds: {
    // API Management, often placed in front of Azure OpenAI, has its own names.
    credentials: {
      headers: ["api-key", "authorization", "ocp-apim-subscription-key"],
      query: ["api-key", "subscription-key"],
    },
    accounts: { headers: ["x-ms-tenant-id", "x-ms-client-tenant-id", "x-ms-subscription-id"] },
  },
  model: {
    // The deployment; paths of the v1 API have a model in the body instead.
    path: new RegExp(
      `^[^/]+/(?:(?:openai/)?deployments/)?(?!openai/|deployments/|v1/|${ENDPOINT}$)([^/]+)/.`,
    ),
    socketQuery: "deployment",
    body: ["model"],
  },
  needsModel:
    /^[^/]+\/(?:openai\/)?(?:v1\/)?(?:chat\/completions|completions|embeddings|audio\/(?:speech|transcriptions|translations))$/,
  webSocket: {
    protocol: "openai",
    // AI Gateway doesn't support Azure's realtime service.
    upstreamUrl: directUrl,
    placeKey: inHeader("api-key"),
  },
  errorRules,
};
