const STEPS = [1, 2, 2.5, 5, 10] as const;
/** The most steps besides zero. */
const MOST_STEPS = 4;

/**
 * Round numbers from 0 to at least `max`, for an axis. Counts get whole ones.
 * @param max Not below 0.
 */
export function axisTicks(max: number, isWhole: boolean): readonly number[] {
  const least = Math.max(max / MOST_STEPS || 1, isWhole ? 1 : 0);
  const power = 10 ** Math.floor(Math.log10(least));
  const fitting = STEPS.map((step) => step * power).find(
    (step) => step >= least && (!isWhole || Number.isInteger(step)),
  );
  const step = fitting ?? 10 * power;
  const count = Math.max(1, Math.ceil(max / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
