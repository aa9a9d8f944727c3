import { describe, expect, test } from "vitest";
import { ProviderPathError } from "./provider-path-error";
import { findProvider, providers } from "./registry";
import type { Provider } from "./types";

function provider(slug: string): Provider {
  const found = findProvider(slug);
  if (found === undefined) throw new Error(`no provider ${slug}`);
  return found;
}

describe("a path cannot name a foreign host", () => {
  const EVIL = [
    "evil.example",
    "a.b#",
    "%2e",
    "x@evil.example",
    "x:443",
    "x%2Fy",
    "-x",
    "x-",
    "",
    "x y",
    "x\\y",
    "x?y",
    "é",
    "a".repeat(64),
  ];
  const PATHS: readonly [string, (part: string) => string][] = [
    ["azure-openai", (part) => `${part}/dep/chat/completions`],
    ["azure-openai", (part) => `${part}/openai/v1/responses`],
    [
      "google-vertex-ai",
      (part) => `v1/projects/p/locations/${part}/publishers/google/models/g:generateContent`,
    ],
    ["aws-bedrock", (part) => `bedrock-runtime/${part}/model/m/invoke`],
    ["baseten", (part) => `model/${part}/production/predict`],
    ["workers-ai", (part) => `accounts/${part}/ai/run/@cf/m/m`],
  ];
  for (const [slug, path] of PATHS) {
    test.each(EVIL)(`${slug} ${path("{…}")}: %j`, (part) => {
      expect(() => provider(slug).directUrl(path(part))).toThrow(ProviderPathError);
      // AI Gateway builds hosts from the same parts, except for Workers AI.
      if (slug !== "workers-ai") {
        expect(() => provider(slug).gatewayPath(path(part))).toThrow(ProviderPathError);
      }
    });
  }

  test("whatever the path, the host is the provider's", () => {
    for (const { directUrl, slug } of providers) {
      for (const path of [
        "//evil.example/x",
        "@evil.example/x",
        "\\\\evil.example",
        "../../x",
        "https://evil.example/x",
        "x#@evil.example",
        ".evil.example",
      ]) {
        let url: string;
        try {
          url = directUrl(path);
        } catch (error) {
          expect(error, `${slug} ${path}`).toBeInstanceOf(ProviderPathError);
          continue;
        }
        expect(new URL(url).host, `${slug} ${path}`).not.toMatch(/evil/);
      }
    }
  });

  test.each([
    ["aws-bedrock", "model/m/invoke", /bedrock-runtime\/\{region\}/],
    ["aws-bedrock", "evil/us-east-1/x", /bedrock-runtime\/\{region\}/],
    ["azure-openai", "only-a-resource", /\{resource\}\/\{deployment\}/],
    ["workers-ai", "@cf/meta/llama", /accounts\/\{account id\}/],
  ])("%s %s says what to write", (slug, path, message) => {
    expect(() => provider(slug).directUrl(path)).toThrow(message);
  });
});
