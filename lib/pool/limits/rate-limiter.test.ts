import { describe, expect, test } from "vitest";
import type { QuotaRefusal } from "../../providers/types";
import { NO_PRIOR, SharedLimitPrior, withFound, withPartFound } from "../learn/shared-limit-prior";
import { HALF_OPEN_MS } from "./quota-cooldown";
import { RateLimiter } from "./rate-limiter";

const T0 = 1_000_000_000;
const MINUTE = 60_000;

const guess = (nowMs: number) => ({ untilMs: nowMs + 5_000, isGuess: true });
const stated = (untilMs: number) => ({ untilMs, isGuess: false });

function refusal(limit: number | null, retryAtMs: number | null): QuotaRefusal {
  return { unit: "requests", span: "minute", limit, retryAtMs, requested: null };
}

/** Sends until the limiter says no; returns how many were sent. */
function sendAll(limiter: RateLimiter, nowMs: number, most = 100): number {
  for (let sent = 0; sent < most; sent += 1) {
    if (limiter.earliestMs(1, nowMs) > nowMs) return sent;
    limiter.succeed(limiter.take(1, nowMs), []);
  }
  return most;
}

/** A limiter that sent ten requests, one per second, and was rejected at the eleventh. */
function taught(
  refused: (nowMs: number) => QuotaRefusal,
  prior = new SharedLimitPrior(),
): RateLimiter {
  const limiter = new RateLimiter(prior);
  for (let second = 0; second < 10; second += 1)
    limiter.succeed(limiter.take(1, T0 + second * 1000), []);
  const nowMs = T0 + 10_000;
  limiter.refuse(limiter.take(1, nowMs), refused(nowMs), stated(nowMs + MINUTE), nowMs);
  return limiter;
}

describe("a rejection", () => {
  test("that tells limit and return teaches both: the eleventh waits until the first is a window old", () => {
    const prior = new SharedLimitPrior();
    const limiter = taught((nowMs) => refusal(10, nowMs + 20_000), prior);
    expect(limiter.learned.limit(T0 + 10_000)).toBe(10);
    expect(prior.state.windowMs).toBeCloseTo(30_000, -2);
  });

  test("that tells nothing rests for seconds and teaches nothing, and the next success ends it", () => {
    const limiter = new RateLimiter(new SharedLimitPrior());
    for (let second = 0; second < 10; second += 1) {
      limiter.succeed(limiter.take(1, T0 + second * 1000), []);
    }
    const nowMs = T0 + 10_000;
    const lesson = limiter.refuse(limiter.take(1, nowMs), refusal(null, null), guess(nowMs), nowMs);
    expect(lesson).toMatchObject({ untilMs: nowMs + 5_000, isGuess: true, unexplained: 1 });
    expect(limiter.learned.limit(nowMs)).toBeNull();
    limiter.succeed(limiter.take(1, nowMs + 5_000), []);
    expect(sendAll(limiter, nowMs + 5_001)).toBe(100);
  });

  test("that tells nothing, again and again at one count, teaches it", () => {
    const limiter = new RateLimiter(new SharedLimitPrior());
    for (let count = 0; count < 10; count += 1) limiter.succeed(limiter.take(1, T0 + count), []);
    for (const afterMs of [1_000, 6_000, 16_000]) {
      const nowMs = T0 + afterMs;
      limiter.refuse(limiter.take(1, nowMs), refusal(null, null), guess(nowMs), nowMs);
    }
    expect(limiter.learned.limit(T0 + 16_000)).toBe(10);
    expect(limiter.earliestMs(1, T0 + 16_000)).toBeCloseTo(T0 + MINUTE, -3);
  });

  test("that tells nothing rests twice as long each time in a row, up to five minutes", () => {
    const limiter = new RateLimiter(new SharedLimitPrior());
    let nowMs = T0;
    const rests = Array.from({ length: 8 }, () => {
      const { untilMs } = limiter.refuse(
        limiter.take(1, nowMs),
        refusal(null, null),
        guess(nowMs),
        nowMs,
      );
      const restMs = untilMs - nowMs;
      nowMs = untilMs + 1;
      return restMs / 1000;
    });
    expect(rests).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
  });

  test("before the limit was reached means that others use the quota: the own part is kept to", () => {
    const limiter = new RateLimiter(new SharedLimitPrior());
    for (let count = 0; count < 4; count += 1) limiter.succeed(limiter.take(1, T0 + count), []);
    limiter.refuse(
      limiter.take(1, T0 + 100),
      refusal(10, T0 + 30_000),
      stated(T0 + MINUTE),
      T0 + 100,
    );
    expect(limiter.learned.limit(T0 + 100)).toBe(4);
  });

  test("of one says nothing of the others; what three have in common is the guess for all", () => {
    const prior = new SharedLimitPrior();
    const teach = () => taught((nowMs) => refusal(10, nowMs + 50_000), prior);
    teach();
    teach();
    expect(sendAll(new RateLimiter(prior), T0)).toBe(100);
    teach();
    expect(sendAll(new RateLimiter(prior), T0)).toBe(10);
  });

  test("that tells more than was presumed is believed for all at once", () => {
    const prior = new SharedLimitPrior();
    for (let number = 0; number < 3; number += 1) {
      taught((nowMs) => refusal(10, nowMs + 50_000), prior);
    }
    const raised = new RateLimiter(prior);
    for (let count = 0; count < 20; count += 1) raised.take(1, T0 + count);
    raised.refuse(raised.take(1, T0 + 50), refusal(20, T0 + MINUTE), stated(T0 + MINUTE), T0 + 50);
    expect(sendAll(new RateLimiter(prior), T0 + 50)).toBe(20);
  });

  test("of a day's quota says nothing about the minute's", () => {
    const prior = new SharedLimitPrior();
    taught((nowMs) => ({ ...refusal(250, nowMs), span: "day" }), prior);
    expect(prior.state.limit).toBeNull();
  });

  test("by a hair's breadth widens the guard, not the limit", () => {
    const prior = new SharedLimitPrior();
    const limiter = taught((nowMs) => refusal(10, nowMs + 50_000), prior);
    const guard = prior.state.guard;
    const laterMs = T0 + 62_000;
    const sent = limiter.take(1, laterMs);
    limiter.refuse(sent, refusal(10, laterMs + 300), stated(laterMs + MINUTE), laterMs + 50);
    expect(prior.state.guard).toBeGreaterThan(guard);
    expect(limiter.learned.limit(laterMs)).toBe(10);
  });
});

describe("a quota that others use too", () => {
  /** Four sends ten seconds apart, and another isolate's report that the quota is used up. */
  function withPeers(): RateLimiter {
    const prior = new SharedLimitPrior();
    prior.state = { ...NO_PRIOR, isInNumbers: true };
    const limiter = new RateLimiter(prior);
    for (let count = 0; count < 4; count += 1) {
      limiter.succeed(limiter.take(1, T0 + count * 10_000), []);
    }
    limiter.peerRefused(T0 + MINUTE, T0 + 40_000);
    return limiter;
  }
  /** A prior in which every rejection showed that others use the quota. */
  function partPrior(part: number): SharedLimitPrior {
    const prior = new SharedLimitPrior();
    for (let number = 0; number < 3; number += 1) {
      const limiter = new RateLimiter(prior);
      for (let count = 0; count < part; count += 1)
        limiter.succeed(limiter.take(1, T0 + count), []);
      limiter.refuse(
        limiter.take(1, T0 + 100),
        refusal(10, T0 + 30_000),
        stated(T0 + MINUTE),
        T0 + 100,
      );
    }
    return prior;
  }

  test("returns just as it was taken, after another isolate was rejected", () => {
    const limiter = withPeers();
    const sends: number[] = [];
    for (let nowMs = T0 + 40_000; nowMs < T0 + 3 * MINUTE; nowMs += 100) {
      if (limiter.earliestMs(1, nowMs) > nowMs) continue;
      limiter.succeed(limiter.take(1, nowMs), []);
      sends.push(Math.round((nowMs - T0) / 1000));
    }
    expect(sends).toEqual([60, 70, 80, 90, 121, 131, 141, 151]);
  });

  test("isn't learned from a short cooldown: it is unknown which window it refers to", () => {
    const limiter = new RateLimiter(new SharedLimitPrior());
    for (let count = 0; count < 4; count += 1) limiter.take(1, T0 + count);
    limiter.peerRefused(T0 + 1_000, T0 + 100);
    expect(limiter.learned.limit(T0 + 1_000)).toBeNull();
  });

  test("is presumed of the rest as one more than the largest part, and never stands against what came through", () => {
    const prior = partPrior(3);
    expect(sendAll(new RateLimiter(prior), T0 + 200)).toBe(4);
    const unknown = new SharedLimitPrior();
    const limiter = new RateLimiter(unknown);
    expect(sendAll(limiter, T0, 6)).toBe(6);
    for (let number = 0; number < 3; number += 1) {
      unknown.state = withPartFound(unknown.state, 3);
    }
    expect(limiter.learned.limit(T0 + 1)).toBe(6);
  });

  test("makes no guard wider: others may have taken what was about to come back", () => {
    const prior = partPrior(3);
    const { guard } = prior.state;
    const limiter = new RateLimiter(prior);
    expect(sendAll(limiter, T0 + 200)).toBe(4);
    const laterMs = T0 + 61_000;
    limiter.refuse(
      limiter.take(1, laterMs),
      refusal(10, laterMs + 300),
      stated(laterMs + MINUTE),
      laterMs + 50,
    );
    expect(prior.state.guard).toBe(guard);
  });

  test("that turns out to leave more here is taken to leave more here, not everywhere", () => {
    const prior = partPrior(3);
    const limiter = new RateLimiter(prior);
    expect(sendAll(limiter, T0 + 200)).toBe(4);
    expect(limiter.learned.exceeded(5, T0 + 300)).toBe(true);
    expect(limiter.learned.limit(T0 + 300)).toBe(9);
    expect(sendAll(new RateLimiter(prior), T0 + 300)).toBe(4);
  });
});

describe("after a rest", () => {
  test("one request goes first, and the rest follow its success", () => {
    const limiter = taught((nowMs) => refusal(10, nowMs + 50_000));
    const wakeMs = limiter.earliestMs(1, T0 + 11_000);
    const nowMs = wakeMs + 20_000;
    const first = limiter.take(1, nowMs);
    expect(limiter.earliestMs(1, nowMs + 10)).toBeGreaterThan(nowMs + 10);
    expect(limiter.succeed(first, [])).toBe(true);
    expect(limiter.earliestMs(1, nowMs + 10)).toBe(0);
  });

  test("its silence counts as success after two seconds", () => {
    const limiter = taught((nowMs) => refusal(10, nowMs + 50_000));
    const nowMs = T0 + 100_000;
    limiter.take(1, nowMs);
    expect(limiter.earliestMs(1, nowMs + 1)).toBe(nowMs + HALF_OPEN_MS);
    expect(limiter.earliestMs(1, nowMs + HALF_OPEN_MS)).toBe(0);
  });
});

describe("a limit that fell from ten to six", () => {
  /** By the time it is known, ten requests have been sent five seconds apart. */
  const FALL_MS = T0 + 5 * MINUTE;
  function fallen(): { limiter: RateLimiter; prior: SharedLimitPrior } {
    const prior = new SharedLimitPrior();
    for (let number = 0; number < 3; number += 1) {
      taught((nowMs) => refusal(10, nowMs + 50_000), prior);
    }
    const limiter = new RateLimiter(prior);
    for (let left = 10; left > 0; left -= 1) {
      const nowMs = FALL_MS - left * 5_000;
      expect(limiter.earliestMs(1, nowMs)).toBe(0);
      limiter.succeed(limiter.take(1, nowMs), []);
    }
    for (let number = 0; number < 3; number += 1) {
      prior.state = withFound(prior.state, 6, FALL_MS);
    }
    return { limiter, prior };
  }

  test("holds from the end of the window that began with its first request", () => {
    const { limiter } = fallen();
    const beganMs = FALL_MS - 50_000;
    expect(limiter.earliestMs(1, FALL_MS)).toBeCloseTo(beganMs + MINUTE, -3);
    const nextMs = beganMs + MINUTE + 1_000;
    expect(sendAll(limiter, nextMs)).toBe(6);
    expect(limiter.earliestMs(1, nextMs + 30_000)).toBeCloseTo(nextMs + MINUTE, -3);
  });

  test("applies in a sliding window, which one rejection shows for all", () => {
    const { limiter, prior } = fallen();
    const tooEarlyMs = FALL_MS + 11_000;
    expect(limiter.earliestMs(1, tooEarlyMs)).toBe(0);
    const sent = limiter.take(1, tooEarlyMs);
    const roomMs = FALL_MS - 30_000 + MINUTE;
    limiter.refuse(sent, refusal(6, roomMs), stated(tooEarlyMs + MINUTE), tooEarlyMs);
    expect(prior.state.slides).toBe(true);
    expect(limiter.earliestMs(1, tooEarlyMs)).toBeCloseTo(roomMs, -3);
    limiter.succeed(limiter.take(1, roomMs + 500), []);
    expect(limiter.earliestMs(1, roomMs + 500)).toBeCloseTo(FALL_MS - 25_000 + MINUTE, -3);
  });
});

test("the slots until a moment are those of all windows until then", () => {
  const limiter = taught((nowMs) => refusal(10, nowMs + 50_000));
  const nowMs = T0 + 11_000;
  const untilMs = (minutes: number) => T0 + 11_500 + minutes * MINUTE;
  expect(limiter.slotsUntil(untilMs(0), nowMs)).toBe(1);
  expect(limiter.slotsUntil(untilMs(1), nowMs)).toBe(10);
  expect(limiter.slotsUntil(untilMs(5), nowMs)).toBe(50);
});

test("never more than the limit goes in any window, whatever comes", () => {
  const limiter = taught((nowMs) => refusal(10, nowMs + 50_000));
  const sends: number[] = [];
  let state = 7;
  for (let nowMs = T0 + 70_000; nowMs < T0 + 1_000_000; ) {
    state = (state * 48271) % 2147483647;
    nowMs += (state % 9000) + 1;
    if (limiter.earliestMs(1, nowMs) > nowMs) continue;
    limiter.succeed(limiter.take(1, nowMs), []);
    sends.push(nowMs);
  }
  expect(sends.length).toBeGreaterThan(100);
  for (const [index, atMs] of sends.entries()) {
    const tenBefore = sends[index - 10];
    if (tenBefore !== undefined) expect(atMs - tenBefore).toBeGreaterThanOrEqual(MINUTE);
  }
});

describe("limits that people set", () => {
  const limits = { rpm: 3, tpm: 1000, dailyRequests: 5 };

  /** A day that ends ten minutes after `T0`, and the next one a day later. */
  const midnight = (ms: number) => T0 + 10 * MINUTE + (ms < T0 + 10 * MINUTE ? 0 : 1440 * MINUTE);

  test("hold for requests a minute and a day", () => {
    const limiter = new RateLimiter(new SharedLimitPrior());
    limiter.setLimits({ ...limits, tpm: null }, 0, midnight, T0);
    expect(sendAll(limiter, T0)).toBe(3);
    expect(sendAll(limiter, T0 + 2 * MINUTE)).toBe(2);
    expect(limiter.earliestMs(1, T0 + 4 * MINUTE)).toBe(T0 + 10 * MINUTE);
    expect(sendAll(limiter, T0 + 10 * MINUTE)).toBe(3);
  });

  test("count what other isolates sent that day, and nothing twice", () => {
    const limiter = new RateLimiter(new SharedLimitPrior());
    const daily = { rpm: null, tpm: null, dailyRequests: 5 };
    limiter.setLimits(daily, 3, midnight, T0);
    expect(sendAll(limiter, T0)).toBe(2);
    // A count from before the last sends, or of exactly those known.
    limiter.setLimits(daily, 4, midnight, T0);
    limiter.setLimits({ ...daily, dailyRequests: 6 }, 5, midnight, T0);
    expect(sendAll(limiter, T0)).toBe(1);
  });

  test("a rejected request doesn't count for the day", () => {
    const limiter = new RateLimiter(new SharedLimitPrior());
    limiter.setLimits({ rpm: null, tpm: null, dailyRequests: 1 }, 0, midnight, T0);
    limiter.refuse(limiter.take(1, T0), refusal(null, T0 + 1000), stated(T0 + 1000), T0);
    expect(limiter.earliestMs(1, T0 + MINUTE)).toBe(0);
    limiter.take(1, T0 + MINUTE);
    expect(limiter.earliestMs(1, T0 + 2 * MINUTE)).toBe(T0 + 10 * MINUTE);
  });

  test("the lower one holds: a person's above what was learnt changes nothing, one below it does", () => {
    const limiter = taught((nowMs) => refusal(10, nowMs + 50_000));
    limiter.setLimits({ rpm: 1000, tpm: null, dailyRequests: null }, 0, midnight, T0 + 11_000);
    expect(sendAll(limiter, T0 + 5 * MINUTE)).toBe(10);
    limiter.setLimits({ rpm: 4, tpm: null, dailyRequests: null }, 0, midnight, T0 + 5 * MINUTE);
    expect(sendAll(limiter, T0 + 8 * MINUTE)).toBe(4);
    expect(limiter.knownLimits(T0 + 8 * MINUTE)).toMatchObject([
      { source: "set", unit: "requests", limit: 4, windowMs: MINUTE, left: 0 },
      { source: "learnt", unit: "requests", limit: 10 },
    ]);
  });

  test("hold for tokens: a large request waits where a small one may go", () => {
    const limiter = new RateLimiter(new SharedLimitPrior());
    limiter.setLimits({ ...limits, rpm: null, dailyRequests: null }, 0, midnight, T0);
    limiter.take(700, T0);
    expect(limiter.earliestMs(300, T0 + 1)).toBe(0);
    expect(limiter.earliestMs(301, T0 + 1)).toBeGreaterThanOrEqual(T0 + MINUTE);
  });
});

test("a reading knows nothing of what was sent after the request it answers", () => {
  const limiter = new RateLimiter(new SharedLimitPrior());
  const first = limiter.take(1, T0);
  limiter.take(1, T0 + 1);
  const reading = { name: "requests", unit: "requests", limit: 3, remaining: 2 } as const;
  limiter.succeed(first, [{ ...reading, resetMs: T0 + 30_000, refillMs: null }]);
  expect(limiter.earliestMs(1, T0 + 2)).toBe(0);
  limiter.take(1, T0 + 3);
  expect(limiter.earliestMs(1, T0 + 4)).toBe(T0 + 30_000);
});

test("what an answer came to replaces the estimate of its tokens, more or less", () => {
  const limiter = new RateLimiter(new SharedLimitPrior());
  limiter.setLimits({ rpm: null, tpm: 1_000, dailyRequests: null }, 0, () => T0 + 10 * MINUTE, T0);
  const [first, second] = [limiter.take(100, T0), limiter.take(400, T0)];
  limiter.used(first, 700, T0 + 1_000);
  expect(limiter.earliestMs(1, T0 + 1_000)).toBeGreaterThan(T0 + MINUTE);
  limiter.used(second, 100, T0 + 2_000);
  expect(limiter.earliestMs(200, T0 + 2_000)).toBe(0);
  expect(limiter.earliestMs(201, T0 + 2_000)).toBeGreaterThan(T0 + 2_000);
});

test("a rest is never shortened, and only an answer to its probe or to what came later ends it", () => {
  const limiter = new RateLimiter(new SharedLimitPrior());
  const early = limiter.take(1, T0);
  limiter.cool(T0 + 30_000);
  limiter.cool(T0 + 10_000);
  expect(limiter.earliestMs(1, T0 + 1)).toBe(T0 + 30_000);
  const probeMs = T0 + 30_000;
  const probe = limiter.take(1, probeMs);
  limiter.succeed(early, []);
  expect(limiter.earliestMs(1, probeMs + 1)).toBe(probeMs + HALF_OPEN_MS);
  limiter.succeed(probe, []);
  expect(limiter.earliestMs(1, probeMs + 1)).toBe(0);
});

test("a daily quota that a rejection states applies until its end, and is shown as a daily one", () => {
  const limiter = new RateLimiter(new SharedLimitPrior());
  const endMs = T0 + 10 * 3_600_000;
  const day = { ...refusal(200, endMs), span: "day" } as const;
  limiter.refuse(limiter.take(1, T0), day, stated(endMs), T0);
  expect(limiter.knownLimits(T0 + MINUTE)).toMatchObject([
    { source: "told", unit: "requests", limit: 200, left: 0, windowMs: 86_400_000 },
  ]);
  expect(limiter.earliestMs(1, T0 + MINUTE)).toBe(endMs);
});
