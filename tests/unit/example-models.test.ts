import { expect, test } from "vitest";
import { providers } from "../../lib/providers/registry.ts";
import { EXAMPLE_MODELS } from "../../lib/snippets/example-model.ts";

test("every example model is of a provider with an OpenAI form", () => {
  const compatible = providers.flatMap(({ slug, openAiCompatible }) =>
    openAiCompatible === null ? [] : [slug],
  );
  expect(compatible).toEqual(expect.arrayContaining([...EXAMPLE_MODELS.keys()]));
});
