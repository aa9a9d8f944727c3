import { describe, expect, test } from "vitest";
import type { AccessScope, AccessToken } from "../ports";
import { tokenAllows } from "./token-allows";

const token = (scopes: AccessScope[] | null): AccessToken => ({
  id: "at_test",
  name: "test",
  ownerId: null,
  scopes,
  expiresAtMs: null,
});

describe("tokenAllows", () => {
  test("a token without scopes may do everything", () => {
    expect(tokenAllows(token(null), "openai", "gpt-4o", "POST")).toBe(true);
    expect(tokenAllows(token(null), "openai", null, "DELETE")).toBe(true);
  });

  test("a token with an empty list of scopes may do nothing", () => {
    expect(tokenAllows(token([]), "openai", "gpt-4o", "POST")).toBe(false);
  });

  test("a scope without models allows every model of its provider and no other provider", () => {
    const limited = token([{ provider: "openai", models: null }]);
    expect(tokenAllows(limited, "openai", "gpt-4o", "POST")).toBe(true);
    expect(tokenAllows(limited, "openai", null, "POST")).toBe(true);
    expect(tokenAllows(limited, "groq", "gpt-4o", "POST")).toBe(false);
  });

  test("models belong to the provider they are listed under", () => {
    const limited = token([
      { provider: "openai", models: ["gpt-4o"] },
      { provider: "anthropic", models: ["claude-*"] },
    ]);
    expect(tokenAllows(limited, "openai", "gpt-4o", "POST")).toBe(true);
    expect(tokenAllows(limited, "anthropic", "gpt-4o", "POST")).toBe(false);
    expect(tokenAllows(limited, "anthropic", "claude-sonnet-4", "POST")).toBe(true);
    expect(tokenAllows(limited, "openai", "claude-sonnet-4", "POST")).toBe(false);
  });

  test("a scope without a provider allows its models anywhere", () => {
    const limited = token([{ provider: null, models: ["llama-*"] }]);
    expect(tokenAllows(limited, "groq", "llama-3.3-70b", "POST")).toBe(true);
    expect(tokenAllows(limited, "groq", "qwen-3", "POST")).toBe(false);
  });

  test("a token limited to models may read, but not write, where no model is named", () => {
    const limited = token([{ provider: "openai", models: ["gpt-4o"] }]);
    expect(tokenAllows(limited, "openai", null, "GET")).toBe(true);
    expect(tokenAllows(limited, "openai", null, "HEAD")).toBe(true);
    expect(tokenAllows(limited, "openai", null, "POST")).toBe(false);
    expect(tokenAllows(limited, "openai", null, "DELETE")).toBe(false);
    expect(tokenAllows(limited, "groq", null, "GET")).toBe(false);
  });
});
