import fc from "fast-check";
import { expect, test } from "vitest";
import { overviewTroubles, type Trouble } from "./overview-troubles";
import { comparePools, poolHealth } from "./pool-health";

const AT_MS = 1_000;
const ORDER = ["dead", "resting", "dry", "blocked", "drySoon"];

const pool = fc
  .record({
    ready: fc.nat(2),
    cooling: fc.nat(2),
    blocked: fc.nat(2),
    provider: fc.constantFrom("a", "b", "c"),
  })
  .map((counts) => ({
    ...counts,
    label: counts.provider,
    health: poolHealth(counts),
    nextReadyAtMs: null,
  }));
const quota = fc.record({
  provider: fc.constantFrom("a", "b", "c"),
  label: fc.constant("A"),
  model: fc.constantFrom("m", "n"),
  dryMs: fc.option(fc.constantFrom(AT_MS - 1, AT_MS, AT_MS + 1)),
  resetMs: fc.constant(5_000),
});

test("everything wrong on the page is reported, the worst first, and nothing if nothing is wrong", () => {
  fc.assert(
    fc.property(
      fc.array(pool, { maxLength: 4 }),
      fc.array(quota, { maxLength: 4 }),
      (pools, known) => {
        const troubles = overviewTroubles(pools.toSorted(comparePools), { atMs: AT_MS, known });
        const kinds = troubles.map(({ kind }) => kind);
        expect(kinds).toEqual(ORDER.filter((kind) => kinds.includes(kind as Trouble["kind"])));
        const isWrong = {
          dead: pools.some(({ health }) => health === "dead"),
          resting: pools.some(({ health }) => health === "resting"),
          dry: known.some(({ dryMs }) => dryMs !== null && dryMs <= AT_MS),
          blocked: pools.some(({ blocked, health }) => blocked > 0 && health !== "dead"),
          drySoon: known.some(({ dryMs }) => dryMs !== null && dryMs > AT_MS),
        };
        expect(kinds).toEqual(ORDER.filter((kind) => isWrong[kind as Trouble["kind"]]));
        const blocked = troubles.find((trouble) => trouble.kind === "blocked");
        const alive = pools.filter(({ health }) => health !== "dead");
        expect(blocked?.keys ?? 0).toBe(alive.reduce((sum, each) => sum + each.blocked, 0));
      },
    ),
  );
});
