import { describe, expect, test } from "vitest";
import { providerByHint, providerByShape } from "./provider-hint";
import { providers } from "./registry";

describe("providerByHint", () => {
  test.each([
    ["OPENAI_API_KEY", "openai"],
    ["MY_OPENAI_KEY_2", "openai"],
    ["VITE_OPENAI_API_KEY", "openai"],
    ["AZURE_OPENAI_API_KEY", "azure-openai"],
    ["ANTHROPIC_API_KEY", "anthropic"],
    ["CLAUDE_API_KEY", "anthropic"],
    ["GEMINI_API_KEYS", "google-ai-studio"],
    ["GOOGLE_GENERATIVE_AI_API_KEY", "google-ai-studio"],
    ["GOOGLE_APPLICATION_CREDENTIALS", "google-vertex-ai"],
    ["AWS_BEARER_TOKEN_BEDROCK", "aws-bedrock"],
    ["CO_API_KEY", "cohere"],
    ["XAI_API_KEY", "grok"],
    ["GROQ_API_KEY", "groq"],
    ["HF_TOKEN", "huggingface"],
    ["HUGGINGFACEHUB_API_TOKEN", "huggingface"],
    ["REPLICATE_API_TOKEN", "replicate"],
    ["FAL_KEY", "fal"],
    ["openrouter_api_key", "openrouter"],
    ["Google AI Studio", "google-ai-studio"],
    ["perplexity-ai", "perplexity-ai"],
  ])("%s is of %s", (hint, slug) => {
    expect(providerByHint(hint, providers)?.slug).toBe(slug);
  });

  test.each(["STRIPE_API_KEY", "DATABASE_URL", "FALLBACK_KEY", "SHELF_TOKEN", ""])(
    "%j says nothing",
    (hint) => {
      expect(providerByHint(hint, providers)).toBeUndefined();
    },
  );

  test("every provider is known by its slug, its name, and a variable made of its slug", () => {
    for (const { slug, label } of providers) {
      const variable = `${slug.replaceAll("-", "_").toUpperCase()}_API_KEY`;
      expect(providerByHint(slug, providers)?.slug).toBe(slug);
      expect(providerByHint(label, providers)?.slug).toBe(slug);
      expect(providerByHint(variable, providers)?.slug).toBe(slug);
    }
  });
});

test("a shape tells the provider only where no other has it", () => {
  expect(providerByShape("sk-ant-fake-0123", providers)?.slug).toBe("anthropic");
  expect(providerByShape("gsk_fake0123", providers)?.slug).toBe("groq");
  expect(providerByShape("sk-fake-0123", providers)).toBeUndefined();
  expect(providerByShape("whatever", providers)).toBeUndefined();
});
