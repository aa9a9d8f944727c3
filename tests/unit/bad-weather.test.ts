/** The short form of `npm run bench -- quota`'s worlds: the same handler, pool and targets, in virtual time. */
import { afterEach, expect, test, vi } from "vitest";
import { play } from "../../bench/lib/quota/weather.ts";
import { faultsOf, worldsFor } from "../../bench/lib/quota/worlds.ts";

const FASTEST_DEATHS = "1000 keys of which 950 die one by one, 2/s";
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

/** In these, a request meets only keys that died a moment ago, unless others are checked meanwhile. */
test.each([7, 80])("keys that die faster than requests meet them: seed %i", async (seed) => {
  const world = worldsFor(seed, true).find(({ name }) => name === FASTEST_DEATHS);
  expect(world && faultsOf(world, await play(world.weather))).toEqual([]);
});
