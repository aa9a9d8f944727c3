import fc from "fast-check";
import { expect, test } from "vitest";
import { type ChatRun, WAITING } from "./chat-run";
import {
  historyOf,
  isAnswering,
  MOST_TURNS,
  type Turn,
  withLastRun,
  withTurn,
} from "./conversation";

const states = ["waiting", "streaming", "done", "stopped", "failed"] as const;

const run = fc
  .record({ state: fc.constantFrom(...states), text: fc.constantFrom("", "a", "bc") })
  .map((some): ChatRun => ({ ...WAITING, ...some }));
const turn: fc.Arbitrary<Turn> = fc.record({
  number: fc.nat(99),
  prompt: fc.string({ maxLength: 3 }),
  images: fc.array(fc.constant("data:,"), { maxLength: 2 }),
  run,
});

test("the history has each answered turn in order, and nothing else", () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: MOST_TURNS + 5 }), (all) => {
      const turns = all.reduce(withTurn, [] as readonly Turn[]);
      expect(turns.length).toBeLessThanOrEqual(MOST_TURNS);
      expect(turns).toEqual(all.slice(-MOST_TURNS));
      const expected = turns.filter(
        (each) => ["done", "stopped"].includes(each.run.state) && each.run.text !== "",
      );
      expect(historyOf(turns)).toEqual(
        expected.map((each) => ({
          prompt: each.prompt,
          images: each.images,
          answer: each.run.text,
        })),
      );
    }),
  );
});

test("only the last turn's run changes, and only it can still be answered", () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 5 }), run, (turns, next) => {
      const changed = withLastRun(turns, next);
      expect(changed.slice(0, -1)).toEqual(turns.slice(0, -1));
      expect(changed).toHaveLength(turns.length);
      const isOpen = turns.length > 0 && (next.state === "waiting" || next.state === "streaming");
      expect(isAnswering(changed)).toBe(isOpen);
    }),
  );
});
