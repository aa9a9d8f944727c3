import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { navigationFor } from "@/components/shell/navigation";
import { DESTINATIONS, nextRow, type Pressed, readShortcut, SEQUENCE_MS } from "./shortcuts";

const press = (key: string, held: Partial<Pressed> = {}): Pressed => ({
  ...{ key, ctrlKey: false, metaKey: false, altKey: false },
  ...held,
});

describe("readShortcut", () => {
  test.each([
    ["/", { kind: "search" }],
    ["?", { kind: "help" }],
    ["j", { kind: "move", by: 1 }],
    ["k", { kind: "move", by: -1 }],
    ["x", null],
  ])("%s", (key, shortcut) => {
    expect(readShortcut(press(key), null, 0)).toEqual({ shortcut, startedMs: null });
  });

  test("Ctrl-K and Cmd-K open the palette, in the middle of a sequence too", () => {
    for (const held of [{ ctrlKey: true }, { metaKey: true }]) {
      for (const key of ["k", "K"]) {
        expect(readShortcut(press(key, held), 5, 6).shortcut).toEqual({ kind: "palette" });
      }
    }
  });

  test("each destination is a page of the navigation, and each such page has one", () => {
    const pages = navigationFor("admin").flatMap(({ entries }) => entries.map(({ href }) => href));
    expect(Object.values(DESTINATIONS).toSorted()).toEqual(pages.toSorted());
  });

  const keys = fc.constantFrom(..."gokurtjx/?", "Enter", "constructor", "__proto__");

  test("after g, a key leads where it says or nowhere, and never does anything else", () => {
    fc.assert(
      fc.property(keys, fc.nat(2 * SEQUENCE_MS), (key, waitedMs) => {
        const { startedMs } = readShortcut(press("g"), null, 1_000);
        expect(startedMs).toBe(1_000);
        const read = readShortcut(press(key), startedMs, 1_000 + waitedMs);
        if (waitedMs > SEQUENCE_MS) {
          expect(read).toEqual(readShortcut(press(key), null, 1_000 + waitedMs));
          return;
        }
        const href = new Map(Object.entries(DESTINATIONS)).get(key);
        expect(read.shortcut).toEqual(href === undefined ? null : { kind: "go", href });
        expect(read.startedMs).toBeNull();
      }),
    );
  });

  test("with Ctrl, Cmd or Alt held, only Ctrl-K means anything", () => {
    const held = fc.constantFrom<Partial<Pressed>>(
      { ctrlKey: true },
      { metaKey: true },
      { altKey: true },
    );
    fc.assert(
      fc.property(keys, held, (key, modifiers) => {
        const { shortcut } = readShortcut(press(key, modifiers), null, 0);
        if (key === "k" && !modifiers.altKey) expect(shortcut).toEqual({ kind: "palette" });
        else expect(shortcut).toBeNull();
      }),
    );
  });
});

test("nextRow stays within the rows, and moves by one at most", () => {
  const step = fc.constantFrom(1 as const, -1 as const);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: -1, max: 4 }),
      step,
      (count, at, by) => {
        fc.pre(at < count);
        const next = nextRow(at, by, count);
        if (count === 0) expect(next).toBe(-1);
        else {
          expect(next).toBeGreaterThanOrEqual(0);
          expect(next).toBeLessThan(count);
          if (at >= 0) expect(Math.abs(next - at)).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});
