/**
 * Replicate. Facts are from replicate.com's HTTP API reference and AI Gateway's page on Replicate.
 * @module
 */

import { allOf, says, withStatus } from "../answers/error-matchers";
import { basePath } from "../base-path";
import { asBearer } from "../place-key";
import { HIDES_MODEL, PROVIDER_DEFAULTS } from "../provider-defaults";
import type { ErrorRule, Provider } from "../types";

const errorRules: readonly ErrorRule[] = [
  {
    name: "replicate-token-invalid",
    meaning: "key_invalid",
    matches: allOf(withStatus(401), says(/did not pass a valid authentication token/i)),
  },
];

export const replicate: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "replicate",
  label: "Replicate",
  usageFormat: "replicate",
  ...basePath({ base: "https://api.replicate.com/v1", prefixes: ["v1/"] }),
  placeKey: asBearer,
  model: {
    path: /^(?:v1\/)?(?:models|deployments)\/([^/]+\/[^/]+)(?:\/|$)/,
    body: ["version", "model"],
  },
  hidesModel: {
    ...HIDES_MODEL,
    // Creating a model or a deployment.
    paths: [...HIDES_MODEL.paths, /^(?:v1\/)?(?:models|deployments)\/?$/],
  },
  keyCheck: { method: "GET", path: "account" },
  keyPattern: /^r8_/,
  errorRules,
};
