import fc from "fast-check";
import { expect, test } from "vitest";
import { type Contender, hasTurn, TURN_MS, turnEndMs } from "./rendezvous-turns";

const START_MS = Date.UTC(2026, 10, 23, 12);

const isolates = fc
  .uniqueArray(fc.nat(), { minLength: 1, maxLength: 8 })
  .map((names) => names.map((name) => `is_${name.toString(36)}`));
const weights = fc.array(fc.nat({ max: 40 }), { minLength: 8, maxLength: 8 });
const contenders = fc
  .tuple(isolates, weights)
  .map(([names, ofEach]) =>
    names.map((isolate, index): Contender => ({ isolate, weight: ofEach[index] ?? 0 })),
  );
const domains = fc.string({ maxLength: 12 });

/** Those who have the turn from their own point of view, with the others in another order. */
function winners(domain: string, all: readonly Contender[], nowMs: number): readonly Contender[] {
  return all.filter((own, index) => {
    const rivals = [...all.slice(index + 1), ...all.slice(0, index)];
    return hasTurn(domain, own, rivals, nowMs);
  });
}

/** How often each wins. */
function wins(
  domain: string,
  all: readonly Contender[],
  turns: number,
): ReadonlyMap<string, number> {
  const counts = new Map(all.map(({ isolate }) => [isolate, 0]));
  for (let turn = 0; turn < turns; turn += 1) {
    for (const { isolate } of winners(domain, all, START_MS + turn * TURN_MS)) {
      counts.set(isolate, (counts.get(isolate) ?? 0) + 1);
    }
  }
  return counts;
}

test("exactly one of the isolates that want quota has the turn, at any time", () => {
  fc.assert(
    fc.property(domains, contenders, fc.nat({ max: 10_000_000 }), (domain, all, afterMs) => {
      const having = winners(domain, all, START_MS + afterMs);
      const isWanted = all.some(({ weight }) => weight > 0);
      expect(having).toHaveLength(isWanted ? 1 : 0);
      for (const { weight } of having) expect(weight).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

test("the turn stays with one isolate until it ends", () => {
  fc.assert(
    fc.property(domains, contenders, fc.nat({ max: 10_000_000 }), (domain, all, afterMs) => {
      const endMs = turnEndMs(START_MS + afterMs);
      expect(endMs).toBeGreaterThan(START_MS + afterMs);
      expect(endMs - TURN_MS).toBeLessThanOrEqual(START_MS + afterMs);
      expect(winners(domain, all, endMs - 1)).toEqual(winners(domain, all, START_MS + afterMs));
    }),
    { numRuns: 200 },
  );
});

test("in the long run, each wins in proportion to its weight", () => {
  const turns = 2_000;
  fc.assert(
    fc.property(domains, contenders, (domain, all) => {
      const total = all.reduce((sum, { weight }) => sum + weight, 0);
      if (total === 0) return;
      const counts = wins(domain, all, turns);
      for (const { isolate, weight } of all) {
        const share = weight / total;
        // Six standard deviations of a binomial distribution.
        const tolerance = 6 * Math.sqrt(turns * share * (1 - share));
        const off = Math.abs((counts.get(isolate) ?? 0) - turns * share);
        expect(off).toBeLessThanOrEqual(tolerance);
      }
    }),
    { numRuns: 20 },
  );
});

test("no isolate that wants quota loses its turn forever, however little it wants", () => {
  fc.assert(
    fc.property(domains, isolates, fc.integer({ min: 1, max: 30 }), (domain, names, most) => {
      const all = names.map((isolate, index) => ({ isolate, weight: index === 0 ? 1 : most }));
      const total = all.reduce((sum, { weight }) => sum + weight, 0);
      // Less likely to win none of these than e^-30.
      expect(wins(domain, all, 30 * total).get(names[0] ?? "")).toBeGreaterThan(0);
    }),
    { numRuns: 10 },
  );
});

test("each domain is drawn by itself", () => {
  const all = ["is_1", "is_2"].map((isolate) => ({ isolate, weight: 1 }));
  const turns = Array.from({ length: 100 }, (_, turn) => START_MS + turn * TURN_MS);
  const winnerOf = (domain: string, nowMs: number) => winners(domain, all, nowMs)[0]?.isolate;
  const same = turns.filter((nowMs) => winnerOf("pk_1", nowMs) === winnerOf("pk_2", nowMs));
  expect(same.length).toBeGreaterThan(20);
  expect(same.length).toBeLessThan(80);
});
