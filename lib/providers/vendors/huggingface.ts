/**
 * Hugging Face. Facts are from huggingface.co's Inference Providers and Hub API pages, and AI Gateway's page on Hugging
 * Face. The old inference host is gone; direct requests go to the router.
 * @module
 */
import { allOf, says, withStatus } from "../answers/error-matchers";
import { asBearer } from "../place-key";
import { NEEDS_MODEL, PROVIDER_DEFAULTS } from "../provider-defaults";
import type { ErrorRule, Provider } from "../types";

const ROUTER = "https://router.huggingface.co";

/** `v1/…` and `{inference provider}/v1/…` are the router's own paths; everything else is `{organization}/{model}`. */
const ROUTER_PATH = /^(?:[^/]+\/)?v1\/|^hf-inference\//;

const errorRules: readonly ErrorRule[] = [
  {
    name: "huggingface-token-invalid",
    meaning: "key_invalid",
    matches: allOf(withStatus(401), says(/^invalid (?:username or password|credentials)/i)),
  },
];

export const huggingface: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "huggingface",
  label: "Hugging Face",
  usageFormat: "openai",
  gatewayPath: (path) => (path.startsWith("models/") ? path.slice(7) : path),
  directUrl(path) {
    if (ROUTER_PATH.test(path)) return `${ROUTER}/${path}`;
    return `${ROUTER}/hf-inference/${path.startsWith("models/") ? path : `models/${path}`}`;
  },
  placeKey: asBearer,
  withholds: {
    credentials: { headers: ["authorization"] },
    // The organization that pays.
    accounts: { headers: ["x-hf-bill-to"] },
  },
  model: {
    path: /^(?:hf-inference\/)?(?:models\/)?((?!v1\/|hf-inference\/|models\/)[^/]+\/(?!v1(?:\/|$))[^/]+)/,
    body: ["model"],
  },
  needsModel: NEEDS_MODEL,
  openAiCompatible: { chatCompletions: "v1/chat/completions", models: "v1/models" },
  keyCheck: { method: "GET", path: "", url: "https://huggingface.co/api/whoami-v2" },
  keyPattern: /^hf_/,
  errorRules,
};
