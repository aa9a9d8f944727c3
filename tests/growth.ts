/**
 * How the time of some work grows with its input: the ratio of two times of one run, so that a slow machine changes
 * nothing; each the minimum of many short rounds, so that a busy one doesn't either.
 * @module
 */

/** Shorter work is repeated until it takes this long: below it, the clock's resolution would dominate. */
const LEAST_MS = 0.1;
const ROUNDS = 5;
/** The number of rounds for each: enough for one without interruptions. */
const MEASUREMENTS = 80;
/** From the smaller input to the larger. */
const DOUBLINGS = 3;

/**
 * The factor by which each doubling of the input multiplies the time: 2 if the work is linear, 4 if it is quadratic.
 * The minimum counts, because every disturbance makes a time longer; if it seems too high it is measured again, because
 * a machine may be busy for longer than one measurement.
 * @param input Creates an input of about this size.
 * @param size Of the smaller input; the larger is eight times as large.
 */
export function growth<Input>(
  input: (size: number) => Input,
  work: (input: Input) => unknown,
  size: number,
): number {
  const small = input(size);
  const large = input(size * 2 ** DOUBLINGS);
  for (let round = 0; round < 3; round += 1) work(large);
  let repeats = 1;
  while (timeMs(() => work(small), repeats) < LEAST_MS && repeats < 4096) repeats *= 2;
  let least = Number.POSITIVE_INFINITY;
  let leastLarge = Number.POSITIVE_INFINITY;
  let ratio = Number.POSITIVE_INFINITY;
  for (let measurement = 0; measurement < MEASUREMENTS && ratio >= LINEAR; measurement += 1) {
    for (let round = 0; round < ROUNDS; round += 1) {
      least = Math.min(least, timeMs(() => work(small), repeats) / repeats);
      leastLarge = Math.min(
        leastLarge,
        timeMs(() => work(large), 1),
      );
    }
    ratio = (leastLarge / least) ** (1 / DOUBLINGS);
  }
  return ratio;
}

/**
 * The allowed factor per doubling: 2, plus a margin for caches and the garbage collector that quadratic work far
 * exceeds.
 */
export const LINEAR = 3.2;

function timeMs(work: () => unknown, repeats: number): number {
  const startedMs = performance.now();
  for (let index = 0; index < repeats; index += 1) work();
  return performance.now() - startedMs;
}
