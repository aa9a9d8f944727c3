/** What one isolate learns, all know within 2.5 s; `npm run bench -- isolates` plays more of it. */
import { expect, test } from "vitest";
import { playNews } from "../../bench/lib/isolates/play-news";

const SEED = 20_261_130;

test.each([
  { pace: "now and then", count: 10, gapMs: [2_000, 6_000] },
  { pace: "6 a second", count: 60, gapMs: [20, 300] },
] as const)("eight isolates, news $pace, seed 20261130", async ({ count, gapMs }) => {
  const figures = await playNews({ seed: SEED, isolates: 8, count, gapMs });
  for (const { kind, samples, p99Ms } of figures) {
    expect(samples, kind).toBe(count * (kind === "revocation" ? 8 : 7));
    expect(p99Ms, kind).toBeLessThanOrEqual(2_500);
  }
});
