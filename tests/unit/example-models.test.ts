import { expect, test } from "vitest";
import { providers } from "../../lib/providers/registry.ts";
import { EXAMPLE_MODELS } from "../../lib/snippets/example-model.ts";

test("every provider with an OpenAI form has an example model, but for Workers AI", () => {
  const compatible = providers.filter(({ openAiCompatible }) => openAiCompatible !== null);
  expect([...EXAMPLE_MODELS.keys(), "workers-ai"].toSorted()).toEqual(
    compatible.map(({ slug }) => slug).toSorted(),
  );
});
