import fc from "fast-check";
import { expect, test } from "vitest";
import { groupHistory } from "./grouped-history";

const DAY_MS = 86_400_000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

const entries = fc
  .array(
    fc.record({
      atMs: fc.integer({ min: 20_000 * DAY_MS, max: 20_004 * DAY_MS }),
      who: fc.constantFrom(null, "ada", "bo"),
      alike: fc.constantFrom("cooled", "blocked", "set"),
    }),
    { maxLength: 60 },
  )
  .map((list) => list.toSorted((a, b) => b.atMs - a.atMs));

test("every entry is in one line of its day and person, the latest first", () => {
  fc.assert(
    fc.property(entries, (list) => {
      const days = groupHistory(list, dayOf);
      const counted = days.flatMap(({ day, parts }) =>
        parts.flatMap(({ who, lines }) =>
          lines.map(({ entry, count, firstMs }) => {
            const same = list.filter(
              (each) => dayOf(each.atMs) === day && each.who === who && each.alike === entry.alike,
            );
            expect(entry).toBe(same[0]);
            expect(count).toBe(same.length);
            expect(firstMs).toBe(same.at(-1)?.atMs);
            return count;
          }),
        ),
      );
      expect(counted.reduce((sum, count) => sum + count, 0)).toBe(list.length);
      const names = days.map(({ day }) => day);
      expect(names).toEqual([...new Set(names)].toSorted().toReversed());
      for (const { parts } of days) {
        for (const { lines } of parts) {
          const times = lines.map(({ entry }) => entry.atMs);
          expect(times).toEqual(times.toSorted((a, b) => b - a));
        }
        const latest = parts.map(({ lines }) => lines[0]?.entry.atMs ?? 0);
        expect(latest).toEqual(latest.toSorted((a, b) => b - a));
      }
    }),
  );
});
