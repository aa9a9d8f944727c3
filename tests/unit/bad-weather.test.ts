/** The short form of `npm run bench -- quota`'s worlds: the same handler, pool and targets, in virtual time. */
import { afterEach, expect, test, vi } from "vitest";
import { play } from "../../bench/lib/quota/weather.ts";
import { faultsOf, worldsFor } from "../../bench/lib/quota/worlds.ts";

const SEED = Number(process.env.SEED ?? 1);

afterEach(() => {
  vi.restoreAllMocks();
});

test.each(worldsFor(SEED, true).map((world) => [world.name, world] as const))(
  `%s (seed ${SEED})`,
  async (_name, world) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    expect(faultsOf(world, await play(world.weather))).toEqual([]);
  },
);
