/**
 * Fireworks. Facts are from docs.fireworks.ai and the provider registry of Cloudflare's AI Gateway SDK.
 * @module
 */
import { openAiLike } from "./openai-like";

export const fireworks = openAiLike({
  slug: "fireworks",
  label: "Fireworks",
  base: "https://api.fireworks.ai/inference/v1",
  prefixes: ["inference/v1/", "v1/"],
  compatSlug: null,
  hasEmbeddings: true,
  keyPattern: /^fw_/,
});
