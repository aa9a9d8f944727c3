import { describe, expect, test } from "vitest";
import { CAPABILITIES, type ModelAlias, type RouteTarget } from "../../models/model-alias";
import type { AccessToken } from "../ports";
import { chooseTargets, type RouteFacts } from "./route-targets";

const target = (name: string, fields: Partial<RouteTarget> = {}): RouteTarget => {
  const slash = name.indexOf("/");
  return {
    provider: name.slice(0, slash),
    model: name.slice(slash + 1),
    weight: 1,
    capabilities: CAPABILITIES,
    ...fields,
  };
};

const alias = (targets: readonly RouteTarget[], fields: Partial<ModelAlias> = {}): ModelAlias => ({
  name: "fast",
  choice: "ordered",
  targets,
  conversion: "needed",
  maxInputUsd: null,
  maxOutputUsd: null,
  ...fields,
});

const token = (scopes: AccessToken["scopes"]): AccessToken => ({
  id: "at_1",
  name: "app",
  ownerId: null,
  scopes,
  expiresAtMs: null,
});

const facts = (fields: Partial<RouteFacts> = {}): RouteFacts => ({
  token: token(null),
  needed: [],
  speaks: () => true,
  priceOf: () => null,
  random: () => 0.5,
  ...fields,
});

const names = (targets: readonly RouteTarget[]) =>
  targets.map(({ provider, model }) => `${provider}/${model}`);

const reasons = (asked: ModelAlias, given: RouteFacts) =>
  chooseTargets(asked, given).passedOver.map(({ target: { provider }, reason }) => [
    provider,
    reason,
  ]);

const A = target("openai/gpt-5-mini");
const B = target("groq/llama/3");
const C = target("mistral/small");

describe("the order", () => {
  test("is the alias's own where it is ordered", () => {
    const { targets, passedOver } = chooseTargets(alias([B, A, C]), facts());
    expect(names(targets)).toEqual(["groq/llama/3", "openai/gpt-5-mini", "mistral/small"]);
    expect(passedOver).toEqual([]);
  });

  test("is drawn by weight where it is weighted, with every target as a fallback", () => {
    const weighted = alias(
      [target("a/m", { weight: 60 }), target("b/m", { weight: 30 }), target("c/m", { weight: 10 })],
      {
        choice: "weighted",
      },
    );
    /** The orders that evenly spread tickets produce, with their counts. */
    const orders: Record<string, number> = {};
    for (let one = 0.5; one < 10; one += 1) {
      for (let other = 0.5; other < 4; other += 1) {
        const tickets = [one / 10, other / 4, 0];
        const random = () => tickets.shift() ?? 0;
        const order = chooseTargets(weighted, facts({ random })).targets;
        const name = order.map(({ provider }) => provider).join("");
        orders[name] = (orders[name] ?? 0) + 1;
      }
    }
    const share = (start: string) =>
      Object.entries(orders)
        .filter(([name]) => name.startsWith(start))
        .reduce((sum, [, count]) => sum + count, 0);
    expect([share("a"), share("b"), share("c")]).toEqual([24, 12, 4]);
    // What the heaviest can't serve goes to the others three to one.
    expect([share("ab"), share("ac")]).toEqual([18, 6]);
  });
});

describe("a target is passed over", () => {
  test("if its provider does not speak the request's API", () => {
    const given = facts({ speaks: ({ provider }) => provider !== "groq" });
    expect(reasons(alias([A, B]), given)).toEqual([["groq", "other_api"]]);
  });

  test("if the request needs what it is not marked for", () => {
    const plain = target("groq/llama", { capabilities: ["tools"] });
    const asked = alias([plain, A]);
    expect(reasons(asked, facts({ needed: ["tools"] }))).toEqual([]);
    expect(reasons(asked, facts({ needed: ["tools", "vision"] }))).toEqual([
      ["groq", "lacks_capability"],
    ]);
  });

  test("if it costs more than the alias allows, or its price is unknown", () => {
    const prices: Record<string, { inputUsd: number; outputUsd: number }> = {
      openai: { inputUsd: 0.25, outputUsd: 2 },
      groq: { inputUsd: 0.1, outputUsd: 2.5 },
    };
    const given = facts({ priceOf: ({ provider }) => prices[provider] ?? null });
    const asked = (limits: Partial<ModelAlias>) => reasons(alias([A, B, C], limits), given);
    expect(asked({})).toEqual([]);
    expect(asked({ maxOutputUsd: 2 })).toEqual([
      ["groq", "too_expensive"],
      ["mistral", "unknown_price"],
    ]);
    expect(asked({ maxInputUsd: 0.1 })).toEqual([
      ["openai", "too_expensive"],
      ["mistral", "unknown_price"],
    ]);
  });

  test("if the token may use neither it nor the alias there", () => {
    const asked = (scopes: AccessToken["scopes"]) =>
      names(chooseTargets(alias([A, B]), facts({ token: token(scopes) })).targets);
    expect(asked([{ provider: null, models: ["fast"] }])).toHaveLength(2);
    expect(asked([{ provider: "groq", models: ["fast"] }])).toEqual(["groq/llama/3"]);
    expect(asked([{ provider: "groq", models: null }])).toEqual(["groq/llama/3"]);
    expect(asked([{ provider: null, models: ["gpt-*"] }])).toEqual(["openai/gpt-5-mini"]);
    expect(asked([{ provider: "mistral", models: null }])).toEqual([]);
  });
});
