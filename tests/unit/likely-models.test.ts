/**
 * Gateways and routers behind an address take further models in fields and headers that no documentation here lists.
 * Whatever is called a model or a fallback, in a place for settings, is held against the token; the caller's own data
 * isn't.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { findProvider } from "../../lib/providers/registry.ts";
import { requestedModels } from "../../lib/proxy/request/requested-models.ts";

const OTHER = "other/model-2";

/** Every model found; `OTHER` too if the request is rejected as one that may hide any. */
function modelsOf(
  body: string,
  headers: Record<string, string> = {},
  search = "",
): readonly string[] {
  const provider = findProvider("openai");
  if (provider === undefined) throw new Error("no provider");
  const { models, hidden } = requestedModels({
    provider,
    path: "v1/chat/completions",
    search,
    headers: new Headers({ "content-type": "application/json", ...headers }),
    body: new TextEncoder().encode(body),
    isSocket: false,
    prefix: "",
  });
  return [...models.map((model) => model.trim()), ...(hidden === null ? [] : [OTHER])];
}

const word = fc.constantFrom("judge", "draft", "reasoning", "x", "");
const noun = fc.constantFrom(
  "model",
  "models",
  "modelName",
  "model_id",
  "model_override",
  "fallback",
  "fallbacks",
);
const spelling = fc.constantFrom(
  (words: readonly string[]) => words.join("_"),
  (words: readonly string[]) => words.join("-"),
  (words: readonly string[]) => words.join("").toUpperCase(),
  (words: readonly string[]) => words.join("_").replace("o", "\\u006f"),
);
const name = fc
  .tuple(word, noun, spelling)
  .map(([first, second, spell]) => spell([first, second].filter((part) => part !== "")));
const value = fc.constantFrom(
  `"${OTHER}"`,
  `" ${OTHER} "`,
  `["allowed","${OTHER}"]`,
  `[["${OTHER}"]]`,
  `{"model":"${OTHER}"}`,
  `[{"model":"${OTHER}"}]`,
);
const settings = fc.array(
  fc.constantFrom(
    "provider_options",
    "providerOptions",
    "gateway",
    "extra_body",
    "options",
    "router",
    "config",
  ),
  { maxLength: 3 },
);

test("a field that is called a model or a fallback, in settings", () => {
  fc.assert(
    fc.property(name, value, settings, fc.boolean(), (field, text, around, isFirst) => {
      const inner = around.reduceRight(
        (inside, each) => `"${each}":{${inside}}`,
        `"${field}":${text}`,
      );
      const model = '"model":"allowed","messages":[]';
      expect(modelsOf(isFirst ? `{${inner},${model}}` : `{${model},${inner}}`)).toContain(OTHER);
    }),
    { numRuns: 2_000 },
  );
});

test("a table of fallbacks, by whatever names", () => {
  for (const table of [
    `{"allowed":"${OTHER}"}`,
    `[{"allowed":["${OTHER}"]}]`,
    `{"a":{"b":["${OTHER}"]}}`,
  ]) {
    expect(modelsOf(`{"model":"allowed","context_window_fallback_dict":${table}}`)).toContain(
      OTHER,
    );
  }
});

test("a header and a parameter that are called so", () => {
  for (const header of ["x-model", "vendor-model-override", "x-fallback"]) {
    expect(modelsOf('{"model":"allowed"}', { [header]: OTHER })).toContain(OTHER);
  }
  const config = JSON.stringify({ targets: [{ override_params: { model: OTHER } }] });
  expect(modelsOf('{"model":"allowed"}', { "x-vendor-config": config })).toContain(OTHER);
  expect(modelsOf('{"model":"allowed"}', {}, `?fallback_model=${OTHER}`)).toContain(OTHER);
});

test("not the caller's own data", () => {
  const tool = {
    function: { parameters: { properties: { model: { type: "string" } }, model: OTHER } },
  };
  const body = {
    model: "allowed",
    messages: [{ role: "user", content: OTHER, model: OTHER }],
    metadata: { model: OTHER, fallback: OTHER },
    tools: [tool],
    response_format: { json_schema: { schema: { model: OTHER } } },
    model_kwargs: { system: OTHER, top_p: 1 },
    model_instructions: `You are not ${OTHER}.`,
    max_fallbacks: 2,
  };
  const headers = {
    baggage: `model=${OTHER}`,
    "x-request-metadata": JSON.stringify({ model: OTHER }),
  };
  expect(modelsOf(JSON.stringify(body), headers)).toEqual(["allowed"]);
});
