/** Where a name would lead, explained without sending anything. */

import { beforeEach, expect, test } from "vitest";
import { CAPABILITIES, type ModelAlias, type RouteTarget } from "../../lib/models/model-alias.ts";
import { ALIKE } from "../../lib/pool/guard/circuit-breaker.ts";
import type { KeyPool } from "../../lib/pool/key-pool.ts";
import { newKeyRequest } from "../../lib/pool/pick-result.ts";
import type { TokenGroup } from "../../lib/pool/types.ts";
import { explainRoute } from "../../lib/runtime/explain-route.ts";
import { loadPriceBook } from "../../lib/usage/price.ts";
import { MemoryState } from "../doors/memory-state.ts";

const NOW = Date.UTC(2026, 10, 24, 12);

let state: MemoryState;
beforeEach(() => {
  state = new MemoryState(new Map());
});

const explain = (
  name: string,
  needed: readonly (typeof CAPABILITIES)[number][] = [],
  group?: TokenGroup,
) =>
  explainRoute(
    { ports: { state, prices: () => loadPriceBook([]), nowMs: () => NOW } },
    name,
    needed,
    group,
  );

function target(name: string, fields: Partial<RouteTarget> = {}): RouteTarget {
  const [provider = "", ...model] = name.split("/");
  return { provider, model: model.join("/"), weight: 1, capabilities: CAPABILITIES, ...fields };
}

function alias(targets: readonly RouteTarget[], fields: Partial<ModelAlias> = {}): void {
  const limits = { conversion: "needed", maxInputUsd: null, maxOutputUsd: null } as const;
  state.setAliases({ name: "fast", choice: "ordered", targets, ...limits, ...fields });
}

/** Puts every key of a provider into cooldown for this long. */
function rest(provider: string, ms: number): void {
  const pool = state.pool(provider);
  for (const { id } of pool.keys()) pool.cool(id, "*", NOW + ms, "manual");
}

test("the first target that can serve in time is chosen, and each says how it stands", async () => {
  state.setKeys("groq", ["a", "b"]);
  state.setKeys("openai", ["c"]);
  rest("groq", 60_000);
  alias([target("mistral/small"), target("groq/llama"), target("openai/gpt-5-mini")]);
  const route = await explain("fast");
  expect(route).toMatchObject({ name: "fast", choice: "ordered", atMs: NOW });
  expect(route?.targets).toMatchObject([
    { label: "Mistral", share: 0, availability: { keys: 0, ready: 0, readyAtMs: null } },
    { share: 0, availability: { keys: 2, ready: 0, readyAtMs: NOW + 60_000 } },
    { share: 1, availability: { keys: 1, ready: 1 }, passedOver: null },
  ]);
  // A usual request waits this long.
  state.setKeys("groq", ["a"]);
  rest("groq", 5_000);
  expect((await explain("fast"))?.targets.map(({ share }) => share)).toEqual([0, 1, 0]);
});

test("a group's keys serve a caller of the group, then the common ones if it uses them", async () => {
  const group = (usesCommonKeys: boolean) => ({ id: "gr_1", weight: 1, usesCommonKeys });
  state.addGroupKeys("groq", ["gr_1"], ["own"]);
  state.addGroupKeys("groq", ["gr_2"], ["foreign"]);
  const served = async (as?: TokenGroup) =>
    (await explain("groq/llama", [], as))?.targets.map(({ share, availability: { keys } }) => [
      share,
      keys,
    ]);
  expect(await served()).toEqual([[0, 0]]);
  expect(await served(group(true))).toEqual([[1, 1]]);
  state.setKeys("groq", ["a", "b"]);
  state.addGroupKeys("groq", ["gr_1"], ["own"]);
  expect(await served()).toEqual([[1, 2]]);
  expect(await served(group(true))).toEqual([[1, 3]]);
  expect(await served(group(false))).toEqual([[1, 1]]);
});

test("what a request needs and what the alias limits pass targets over", async () => {
  for (const provider of ["openai", "groq", "fal"]) state.setKeys(provider, ["a"]);
  alias(
    [
      target("openai/gpt-5-mini", { capabilities: ["tools"] }),
      target("groq/nobody-knows-its-price"),
      target("openai/gpt-4"),
      target("fal/flux"),
      target("gone/model"),
    ],
    { maxOutputUsd: 20 },
  );
  const reasons = async (...needed: (typeof CAPABILITIES)[number][]) =>
    (await explain("fast", needed))?.targets.map(({ passedOver }) => passedOver);
  expect(await reasons("vision")).toEqual([
    "lacks_capability",
    "unknown_price",
    "too_expensive",
    "other_api",
    "no_provider",
  ]);
  expect(await reasons("tools")).toMatchObject([null, {}, {}, {}, {}]);
});

test("by weight, each target that can serve has its share", async () => {
  for (const provider of ["openai", "groq"]) state.setKeys(provider, ["a"]);
  alias([target("openai/a", { weight: 3 }), target("groq/b"), target("fal/c", { weight: 9 })], {
    choice: "weighted",
  });
  expect((await explain("fast"))?.targets).toMatchObject([
    { share: 0.75 },
    { share: 0.25 },
    { share: 0, passedOver: "other_api" },
  ]);
  state.setKeys("openai", []);
  expect((await explain("fast"))?.targets.map(({ share }) => share)).toEqual([0, 1, 0]);
});

test("a model is a route of one target; a name that is neither is none", async () => {
  state.setKeys("groq", ["a"]);
  expect(await explain("groq/meta/llama")).toMatchObject({
    choice: null,
    targets: [{ provider: "groq", model: "meta/llama", share: 1 }],
  });
  for (const name of ["fast", "/x", "groq/", ""]) expect(await explain(name)).toBeNull();
});

/** Many keys of the pool are rejected with the same message, for every caller. */
function refuseAlike(pool: KeyPool, nowMs: number): void {
  for (let count = 0; count < 2 * ALIKE; count += 1) {
    const tokenId = `at_${count}`;
    const turn = pool.ask("llama", newKeyRequest({ tokenId, weight: 1, priority: 0 }), nowMs);
    if (turn.kind !== "granted") throw new Error(turn.kind);
    const { id: keyId, provider } = turn.lease.key;
    const evidence = { meaning: "key_invalid", rule: "bad-key", status: 401, words: "" } as const;
    pool.accuse(
      "llama",
      turn.lease,
      {
        rule: "bad-key",
        tokenId,
        request: "the same",
        mayConvict: true,
        sentence: {
          keyId,
          provider,
          effect: { kind: "block" },
          evidence: { ...evidence, requestId: "req_1", model: "llama", atMs: nowMs },
        },
      },
      nowMs,
    );
    pool.drop("llama", turn.lease, nowMs);
  }
}

test("a pool whose keys fail alike is not chosen", async () => {
  state.setKeys("groq", ["a", "b", "c", "d", "e", "f"]);
  refuseAlike(state.pool("groq"), NOW);
  expect((await explain("groq/llama"))?.targets).toMatchObject([{ isBraked: true, share: 0 }]);
});
