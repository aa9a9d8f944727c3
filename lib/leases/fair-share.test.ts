import fc from "fast-check";
import { expect, test } from "vitest";
import { fairShare } from "./fair-share";

test("everything is granted that is wanted, to no one more than requested, and as evenly as whole numbers allow", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000 }),
      fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 20 }),
      fc.string(),
      (limit, wanted, name) => {
        const demands = wanted.map((demand, index) => ({ isolate: `is_${index}`, demand }));
        const shares = demands.map(({ isolate }) => fairShare(name, limit, demands, isolate));
        const all = wanted.reduce((sum, demand) => sum + demand, 0);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(Math.min(limit, all));
        const unmet = shares.filter((share, index) => share < (wanted[index] ?? 0));
        const most = Math.max(...shares);
        for (const share of unmet) expect(share).toBeGreaterThanOrEqual(most - 1);
        expect(shares.every((share, index) => share <= (wanted[index] ?? 0))).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
