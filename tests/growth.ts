/**
 * How the time of some work grows with its input: the ratio of two times of one run, so that a slow machine
 * changes nothing; each the least of many short rounds, so that a busy one does not either.
 * @module
 */

/** Work shorter than this is repeated until it takes so long: below it, the clock would be measured. */
const LEAST_MS = 0.1;
const ROUNDS = 5;
/** Of so many rounds each: enough for one that nothing interrupts. */
const MEASUREMENTS = 80;
/** From the smaller input to the larger. */
const DOUBLINGS = 3;

/**
 * By how much each doubling of the input multiplies the time: 2 where the work is linear, 4 where it is
 * quadratic. The least counts, as everything that disturbs makes a time longer; what seems too much is measured
 * again, because a machine may be busy for longer than one measurement.
 * @param input Makes an input of about this size.
 * @param size Of the smaller input; the larger has eight times as much.
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

/** What a doubling may cost: 2, and a margin for caches and the collector that a square exceeds by far. */
export const LINEAR = 3.2;

function timeMs(work: () => unknown, repeats: number): number {
  const startedMs = performance.now();
  for (let index = 0; index < repeats; index += 1) work();
  return performance.now() - startedMs;
}
