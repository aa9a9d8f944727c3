import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BUCKET_COUNT } from "../usage/histogram";
import { findRateAlerts, type ProviderRates } from "./rate-alerts";

/** All responses in one bucket; the last but three is up to 16 s. */
const times = (count: number, bucket = 0) =>
  Array.from({ length: BUCKET_COUNT }, (_, index) => (index === bucket ? count : 0));

const rates = (requests: number, answered: number, bucket = 0): ProviderRates => ({
  provider: "openai",
  requests,
  answered,
  durations: times(answered, bucket),
});

const rules = { errorsAbove: 10, slowerThan: 10 };
const ERRORS = "rate/errors/openai";

describe("findRateAlerts", () => {
  test("a provider that fails more often than wanted, and one that is slow", () => {
    const { raised } = findRateAlerts([rates(100, 80, BUCKET_COUNT - 4)], rules, []);
    expect(raised).toMatchObject([
      { kind: "errors_high", provider: "openai", topic: ERRORS, requests: 100 },
      { kind: "answers_slow", provider: "openai", topic: "rate/slow/openai" },
    ]);
    expect(raised[0]?.figure).toBeCloseTo(20);
  });

  test.each([
    ["at the threshold", rates(100, 90)],
    ["with too few requests", rates(19, 0)],
    ["without requests", rates(0, 0)],
  ])("nothing %s", (_, rate) => {
    expect(findRateAlerts([rate], rules, [])).toEqual({ raised: [], over: [] });
  });

  test("what was reported ends well below the threshold, and when its rule is switched off", () => {
    expect(findRateAlerts([rates(100, 91)], rules, [ERRORS]).over).toEqual([]);
    expect(findRateAlerts([rates(100, 93)], rules, [ERRORS]).over).toEqual([ERRORS]);
    expect(findRateAlerts([rates(5, 5)], rules, [ERRORS]).over).toEqual([]);
    expect(findRateAlerts([], { ...rules, errorsAbove: 0 }, [ERRORS]).over).toEqual([ERRORS]);
  });
});

const count = fc.nat(60);
const rate = fc
  .record({
    requests: count,
    failed: count,
    buckets: fc.array(fc.nat(20), { minLength: BUCKET_COUNT, maxLength: BUCKET_COUNT }),
  })
  .map(({ requests, failed, buckets }, index = 0) => ({
    provider: `p${index}`,
    requests,
    answered: Math.max(0, requests - failed),
    durations: buckets,
  }));
const list = fc
  .array(rate, { maxLength: 5 })
  .map((all) => all.map((each, index) => ({ ...each, provider: `p${index}` })));
const anyRules = fc.record({ errorsAbove: fc.nat(100), slowerThan: fc.nat(60) });
const topic = fc
  .record({ kind: fc.constantFrom("errors", "slow"), at: fc.nat(6) })
  .map(({ kind, at }) => `rate/${kind}/p${at}`);
const topics = fc.uniqueArray(topic, { maxLength: 6 });

describe("for any rates and rules", () => {
  test("nothing is raised and over at once, and only what was known can be over", () => {
    fc.assert(
      fc.property(list, anyRules, topics, (all, given, known) => {
        const { raised, over } = findRateAlerts(all, given, known);
        for (const each of raised) expect(over).not.toContain(each.topic);
        for (const each of over) expect(known).toContain(each);
        expect(new Set(raised.map((each) => each.topic)).size).toBe(raised.length);
      }),
    );
  });

  test("a stricter rule raises whatever a laxer one does", () => {
    fc.assert(
      fc.property(list, anyRules, fc.nat(50), (all, given, more) => {
        const named = (given2: typeof given) =>
          findRateAlerts(all, given2, []).raised.map((each) => each.topic);
        const laxer = {
          errorsAbove: given.errorsAbove + more,
          slowerThan: given.slowerThan + more,
        };
        fc.pre(given.errorsAbove > 0 && given.slowerThan > 0);
        expect(named(given)).toEqual(expect.arrayContaining(named(laxer)));
      }),
    );
  });

  test("reporting settles: what was just raised isn't over with the same figures, whatever the order", () => {
    fc.assert(
      fc.property(list, anyRules, (all, given) => {
        const first = findRateAlerts(all, given, []);
        const known = first.raised.map((each) => each.topic);
        const again = findRateAlerts(all.toReversed(), given, known);
        expect(again.over).toEqual([]);
        expect(again.raised.map((each) => each.topic).toSorted()).toEqual(known.toSorted());
      }),
    );
  });

  test("rules that are off raise nothing and end everything", () => {
    fc.assert(
      fc.property(list, topics, (all, known) => {
        expect(findRateAlerts(all, { errorsAbove: 0, slowerThan: 0 }, known)).toEqual({
          raised: [],
          over: known,
        });
      }),
    );
  });
});
