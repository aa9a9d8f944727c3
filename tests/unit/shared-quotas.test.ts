/**
 * Quotas of keys on several isolates, in virtual time against upstreams that enforce them; `npm run bench -- isolates`
 * plays more of it.
 */
import { afterAll, beforeAll, describe, expect, type MockInstance, test, vi } from "vitest";
import {
  answersInTime,
  capacityOf,
  lineOf,
  NOTHING_SET,
  type Wish,
} from "../../bench/lib/quota/scenarios";
import { simulate } from "../../bench/lib/quota/simulate";

let logged: MockInstance[];
beforeAll(() => {
  logged = (["error", "warn"] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(() => undefined),
  );
});
afterAll(() => {
  for (const each of logged) each.mockRestore();
});

async function play(wish: Omit<Wish, "name">, isShared: boolean) {
  const line = lineOf({ name: "", isolates: 8, ...wish }, 1);
  const scenario = { ...line.scenario, isShared };
  const outcome = await simulate(scenario);
  const answered = outcome.responses.filter(({ status }) => status === 200).length;
  return {
    attempts: outcome.attempts / answered,
    ofOffered: answered / outcome.responses.length,
    ofCapacity: answersInTime(outcome, scenario) / capacityOf(line, outcome),
    exchanges: outcome.exchanges,
  };
}

test("at one and a half times the quota, eight isolates answer everything there is in few attempts", async () => {
  const { attempts, ofCapacity, exchanges } = await play({ load: 1.5 }, true);
  expect(attempts).toBeLessThanOrEqual(1.12);
  expect(ofCapacity).toBeGreaterThanOrEqual(0.98);
  // Four minutes of eight isolates.
  expect(exchanges).toBeLessThanOrEqual(8 * 160);
});

test("with room for all, barely any is rejected", async () => {
  const { attempts, ofOffered } = await play({ load: 0.8 }, true);
  expect(attempts).toBeLessThanOrEqual(1.03);
  expect(ofOffered).toBe(1);
});

describe.each([
  ["most requests at one isolate", { toFirst: 0.8, rule: "sliding", load: 1.5, minutes: 2 }],
  ["most requests at one isolate, nearly full", { toFirst: 0.8, load: 0.95, minutes: 2 }],
  [
    "a limit that people set",
    { limits: { ...NOTHING_SET, rpm: 10 }, rule: "sliding", load: 1.5, minutes: 2 },
  ],
  ["windows too short to be shared", { keys: 4, windowMs: 3_000, load: 1.5, minutes: 1 }],
] as const)("%s", (_name, wish) => {
  test("is answered no less than by isolates that tell each other nothing, in no more attempts", async () => {
    const [alone, shared] = [await play(wish, false), await play(wish, true)];
    expect(shared.attempts).toBeLessThanOrEqual(alone.attempts + 0.02);
    const of = wish.load > 1 ? "ofCapacity" : "ofOffered";
    expect(shared[of]).toBeGreaterThanOrEqual(alone[of] - 0.01);
  });
});

test("far from the quota nothing is reported", async () => {
  const { attempts, exchanges } = await play(
    { load: 0.15, limits: { ...NOTHING_SET, rpm: 10 } },
    true,
  );
  expect({ attempts, exchanges }).toEqual({ attempts: 1, exchanges: 0 });
});

test("a limit that people set causes no rejections: requests overtake each other on their way", async () => {
  const wish = {
    isolates: 1,
    rule: "sliding",
    load: 1.5,
    limits: { ...NOTHING_SET, rpm: 10 },
  } as const;
  const { attempts, ofCapacity } = await play(wish, true);
  expect(attempts).toBe(1);
  expect(ofCapacity).toBeGreaterThanOrEqual(0.99);
});
