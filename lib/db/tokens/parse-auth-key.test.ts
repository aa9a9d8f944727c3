import { describe, expect, test } from "vitest";
import { parseAuthKey } from "./parse-auth-key";

describe("parseAuthKey", () => {
  test("reads keys with and without providers, models and expiry", () => {
    const setting = "k1=openai,gpt-4o,gpt-4o-mini;k2;k3(1758077793)=groq&anthropic,claude-*";
    expect(parseAuthKey(setting)).toEqual({
      definitions: [
        {
          text: "k1",
          scopes: [{ provider: "openai", models: ["gpt-4o", "gpt-4o-mini"] }],
          expiresAtMs: null,
        },
        { text: "k2", scopes: null, expiresAtMs: null },
        {
          text: "k3",
          scopes: [
            { provider: "groq", models: null },
            { provider: "anthropic", models: ["claude-*"] },
          ],
          expiresAtMs: 1_758_077_793_000,
        },
      ],
      problems: [],
    });
  });

  test("an expiry without providers allows everything until then", () => {
    expect(parseAuthKey("k1(1758077793)").definitions).toEqual([
      { text: "k1", scopes: null, expiresAtMs: 1_758_077_793_000 },
    ]);
  });

  test("blanks around names and empty definitions do not count", () => {
    expect(parseAuthKey(" k1 = openai , gpt-4o & groq ; ;k2 ; ")).toEqual({
      definitions: [
        {
          text: "k1",
          scopes: [
            { provider: "openai", models: ["gpt-4o"] },
            { provider: "groq", models: null },
          ],
          expiresAtMs: null,
        },
        { text: "k2", scopes: null, expiresAtMs: null },
      ],
      problems: [],
    });
    expect(parseAuthKey("").definitions).toEqual([]);
  });

  test("a model name may hold slashes, colons and dots", () => {
    expect(
      parseAuthKey("k1=openrouter,meta-llama/llama-3.3-70b:free").definitions[0]?.scopes,
    ).toEqual([{ provider: "openrouter", models: ["meta-llama/llama-3.3-70b:free"] }]);
  });

  test.each([
    "fakekey(tomorrow)",
    "fakekey(123",
    "fakekey()=openai",
    "=openai",
    "fake key",
    "fakekey=",
    "fakekey=openai&",
    "fakekey=openai,,gpt-4o",
    "fakekey=,gpt-4o",
  ])("%j gives no access, and the problem names its place but not the key", (broken) => {
    const { definitions, problems } = parseAuthKey(`good;${broken}`);
    expect(definitions.map((definition) => definition.text)).toEqual(["good"]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^definition 2: /);
    expect(problems[0]).not.toContain("fake");
  });
});
