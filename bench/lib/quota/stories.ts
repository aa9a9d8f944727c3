/**
 * Four worlds second by second, for the chart: the outcome of each world's requests.
 * @module
 */
import { play } from "./weather.ts";
import { worldsFor } from "./worlds.ts";

export interface Story {
  readonly title: string;
  /** What is wrong, and when: seconds since the beginning. */
  readonly trouble: readonly [fromS: number, toS: number];
  /** By the second in which they were sent: requests served by the first key, by another one, and rejected. */
  readonly seconds: readonly (readonly [first: number, later: number, refused: number])[];
}

const STORIES: readonly (readonly [world: string, title: string, trouble: Story["trouble"]])[] = [
  ["hiccup of 3 s, 5 keys, bare, warm", "5 keys, all refused for 3 s", [10, 13]],
  ["200 keys of which 180 die at once, 10/s", "180 of 200 keys die", [2, 40]],
  ["all keys 401 for 5 s, 5 callers", "all 12 keys called invalid for 5 s", [10, 15]],
  ["one key of five falls silent", "1 of 5 keys answers nothing more", [20, 40]],
];
const LENGTH_S = 40;

export async function playStories(seed: number): Promise<readonly Story[]> {
  const worlds = worldsFor(seed, false);
  const stories: Story[] = [];
  for (const [name, title, trouble] of STORIES) {
    const world = worlds.find((each) => each.name === name);
    if (world === undefined) throw new Error(`there is no world ${name}`);
    const { served } = await play(world.weather);
    const lengthS = Math.min(LENGTH_S, world.weather.seconds);
    const seconds = Array.from({ length: lengthS }, (_, second) => {
      const own = served.filter(({ askedMs }) => Math.floor(askedMs / 1_000) === second);
      const answered = own.filter(({ status }) => status === 200);
      const first = answered.filter(({ attempts }) => attempts === 1).length;
      return [first, answered.length - first, own.length - answered.length] as const;
    });
    stories.push({ title, trouble, seconds });
  }
  return stories;
}
