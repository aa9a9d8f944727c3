import { describe, expect, test } from "vitest";
import { customProvider } from "./custom-provider";
import { providerByAddress } from "./provider-by-address";
import { providers } from "./registry";

const slugAt = (address: string) => providerByAddress(address, providers)?.slug;

describe("an address tells whose service it is", () => {
  test.each([
    ["https://api.openai.com", "openai"],
    ["https://api.groq.com/openai/v1/", "groq"],
    ["https://generativelanguage.googleapis.com/v1beta/openai", "google-ai-studio"],
    ["https://my-team.openai.azure.com/openai/deployments/x", "azure-openai"],
    ["https://us-central1-aiplatform.googleapis.com", "google-vertex-ai"],
    ["https://bedrock-runtime.us-east-1.amazonaws.com", "aws-bedrock"],
    ["https://gateway.ai.cloudflare.com/v1/account/gateway/anthropic", "anthropic"],
  ])("%s", (address, slug) => {
    expect(slugAt(address)).toBe(slug);
  });

  test.each([
    "https://relay.example.com/v1",
    "https://api.openai.com.example.net/v1",
    "https://gateway.ai.cloudflare.com/v1/account/gateway/unheard-of",
    "no address",
  ])("%s belongs to no provider", (address) => {
    expect(slugAt(address)).toBeUndefined();
  });

  test("providers of the team's own too", () => {
    const own = customProvider(
      {
        slug: "relay",
        label: "Relay",
        baseUrl: "https://relay.example.com/v1",
        keyHeader: "authorization",
        keyPrefix: "Bearer ",
        protocol: "openai",
      },
      false,
    );
    expect(providerByAddress("https://relay.example.com", [...providers, own])).toBe(own);
  });
});
