/**
 * Cerebras. Facts are from inference-docs.cerebras.ai's errors and rate limits, and AI Gateway's page on Cerebras.
 * @module
 */
import { openAiLike } from "./openai-like";

export const cerebras = openAiLike({
  slug: "cerebras",
  label: "Cerebras",
  base: "https://api.cerebras.ai/v1",
  keyPattern: /^csk-/,
});
