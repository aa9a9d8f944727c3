import { calcPrice as calcOfPackage, waitForUpdate } from "@pydantic/genai-prices";
import { describe, expect, test } from "vitest";
import { calcPrice } from "./price-library";
import { isListed } from "./price-names";

const providers = ((await waitForUpdate()) ?? []).filter(({ id }) => isListed(id));

const USAGES = [
  { input_tokens: 1_000 },
  { input_tokens: 500_000, output_tokens: 3_000 },
  { input_tokens: 12_345, output_tokens: 678, cache_read_tokens: 345, cache_write_tokens: 0 },
  { input_audio_seconds: 61, audio_seconds: 61 },
];

const TIMES = ["2025-02-01T00:00:00Z", "2026-11-20T03:15:00Z", "2026-11-20T17:45:00Z"];

function priceOf(calculate: () => ReturnType<typeof calcOfPackage>) {
  try {
    const price = calculate();
    return price === null
      ? null
      : { total: price.total_price, model: price.model.id, prices: price.model.prices };
  } catch (error) {
    return String(error);
  }
}

describe("prices are those of the package, for every model at any time", () => {
  test.each(providers.map(({ id }) => id))("%s", (providerId) => {
    const provider = providers.find(({ id }) => id === providerId);
    const others = (provider?.fallback_model_providers ?? []).flatMap(
      (other) => providers.find(({ id }) => id === other)?.models ?? [],
    );
    const names = [...(provider?.models ?? []), ...others].map(({ id }) => id);
    expect(names.length).toBeGreaterThan(0);
    // Every model, each kind of usage and each time with a large amount.
    for (const [index, model] of [
      ...names,
      "no-such-model",
      "claude-sonnet-4-5-20250929",
    ].entries()) {
      const usage = USAGES[index % USAGES.length] ?? {};
      for (const time of index < 12 ? TIMES : [TIMES[index % TIMES.length] ?? ""]) {
        const options = { providerId, timestamp: new Date(time) };
        const priced = priceOf(() => calcPrice(usage, model, options));
        expect(priced, `${model} ${time}`).toEqual(
          priceOf(() => calcOfPackage(usage, model, options)),
        );
      }
    }
  });
});

test("a provider that the list does not have has no prices", () => {
  for (const providerId of ["nobody", "__proto__", "toString"]) {
    expect(calcPrice({ input_tokens: 1 }, "m", { providerId, timestamp: new Date() })).toBeNull();
  }
});
