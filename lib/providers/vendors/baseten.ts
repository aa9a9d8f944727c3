/**
 * Baseten. Facts are from docs.baseten.co's Model APIs and predict endpoint pages, and AI Gateway's page on Baseten.
 * @module
 */
import { basePath, hostLabel } from "../base-path";
import { asBearer, inAuthorization } from "../place-key";
import { NEEDS_MODEL, PROVIDER_DEFAULTS } from "../provider-defaults";
import type { OutgoingRequest, Provider } from "../types";

const modelApis = basePath({
  base: "https://inference.baseten.co/v1",
  gatewayPrefix: "v1/",
  prefixes: ["v1/"],
});

/** A deployed model has its own host; AI Gateway has it as `model/{id}`. */
const DEPLOYED = /^model\/([^/]*)(?:\/(.*))?$/;

function deployedModel(path: string): { id: string; rest: string } | null {
  const [deployed, id, rest = ""] = DEPLOYED.exec(path) ?? [];
  return deployed === undefined ? null : { id: hostLabel(id, "the Baseten model id"), rest };
}

const asApiKey = inAuthorization("Api-Key");

/** Hosts of deployed models require a different scheme. */
function placeKey(request: OutgoingRequest, key: string): void {
  (request.url.hostname.endsWith(".api.baseten.co") ? asApiKey : asBearer)(request, key);
}

export const baseten: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "baseten",
  label: "Baseten",
  usageFormat: "openai",
  compatSlug: "baseten",
  gatewayPath(path) {
    const deployed = deployedModel(path);
    return deployed === null ? modelApis.gatewayPath(path) : path;
  },
  directUrl(path) {
    const deployed = deployedModel(path);
    if (deployed === null) return modelApis.directUrl(path);
    return `https://model-${deployed.id}.api.baseten.co/${deployed.rest || "production/predict"}`;
  },
  placeKey,
  model: { path: /^model\/([^/]+)/, body: ["model"] },
  needsModel: NEEDS_MODEL,
  openAiCompatible: { chatCompletions: "v1/chat/completions", models: "v1/models" },
  keyCheck: { method: "GET", path: "v1/models" },
};
