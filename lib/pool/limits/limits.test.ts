import { describe, expect, test } from "vitest";
import { DailyQuota } from "./daily-quota";
import { HeaderQuota } from "./header-quota";
import { SendLog } from "./send-log";
import { SlidingWindowLog } from "./sliding-window-log";

const NOW = 1_000_000;

describe("the log of sends", () => {
  test("returns when the last so many were sent, rounded up to the grain", () => {
    const log = new SendLog();
    for (const timeMs of [1001, 1002, 1011, 1050]) log.add(timeMs, 1, 10);
    expect([1, 2, 3, 4, 5].map((amount) => log.timeOfLast(amount))).toEqual([
      1050,
      1020,
      1010,
      1010,
      null,
    ]);
  });

  test("takes back the latest and forgets the oldest", () => {
    const log = new SendLog();
    for (let timeMs = 1; timeMs <= 10; timeMs += 1) log.add(timeMs, 2, 1);
    log.takeBack(3);
    expect(log.total).toBe(17);
    expect(log.since(8)).toBe(1);
    log.keepLast(4);
    expect(log.total).toBe(5);
    log.forgetBefore(9);
    expect([log.total, log.timeOfLast(1)]).toEqual([1, 9]);
  });

  test("refunds an entry where it stands, and nothing once it is forgotten", () => {
    const log = new SendLog();
    const entries = [1, 2, 3, 4, 5].map((timeMs) => log.add(timeMs, 10, 1));
    const [, second = 0, , , fifth = 0] = entries;
    log.refund(second, 4);
    expect([log.total, log.since(1), log.since(2)]).toEqual([46, 36, 30]);
    log.forgetBefore(3);
    log.refund(second, 6);
    log.refund(fifth, 99);
    expect([log.total, log.timeOfLast(1)]).toEqual([20, 4]);
  });

  test("stays small however much is sent", () => {
    const meter = new SlidingWindowLog("requests", 1_000_000, 60_000);
    for (let count = 0; count < 500_000; count += 1) meter.take(1, NOW + count / 10);
    expect(meter.earliestMs(500_000, NOW + 50_000)).toBe(0);
    expect(meter.earliestMs(500_001, NOW + 50_000)).toBeGreaterThan(NOW + 59_000);
  });
});

describe("a reported quota", () => {
  test("that refills steadily is ready as soon as the missing part is back", () => {
    const meter = new HeaderQuota("requests");
    meter.read({ limit: 60, remaining: 0, resetMs: NOW + 60_000, refillMs: 60_000 }, 0, NOW);
    expect(meter.earliestMs(1, NOW)).toBeGreaterThanOrEqual(NOW + 1_000);
    expect(meter.earliestMs(1, NOW)).toBeLessThan(NOW + 1_200);
    expect(meter.earliestMs(1, NOW + 1_200)).toBe(0);
  });

  test("of a fixed window is back at its end, and silent about the next", () => {
    const meter = new HeaderQuota("requests");
    meter.read({ limit: 3, remaining: 1, resetMs: NOW + 5_000, refillMs: null }, 1, NOW);
    expect(meter.earliestMs(1, NOW)).toBe(NOW + 5_000);
    expect(meter.earliestMs(3, NOW + 5_000)).toBe(0);
    for (let count = 0; count < 3; count += 1) meter.take(1, NOW + 5_001);
    expect(meter.earliestMs(1, NOW + 5_002)).toBe(0);
  });

  test("of a day comes back every day", () => {
    const meter = new HeaderQuota("requests", 86_400_000);
    meter.read({ limit: 2, remaining: 0, resetMs: NOW + 1_000, refillMs: null }, 0, NOW);
    meter.take(2, NOW + 1_000);
    expect(meter.earliestMs(1, NOW + 2_000)).toBe(NOW + 1_000 + 86_400_000);
  });
});

describe("a refund", () => {
  test("goes to what was taken since the last reading, and to nothing before it", () => {
    const quota = new HeaderQuota("requests");
    const reading = { limit: 10, resetMs: NOW + 60_000, refillMs: null };
    quota.read({ ...reading, remaining: 5 }, 0, NOW);
    const entry = quota.take(2, NOW + 1);
    quota.refund(entry, 1);
    expect(quota.left(NOW + 1)).toBe(4);
    quota.read({ ...reading, remaining: 3 }, 0, NOW + 2);
    quota.refund(entry, 1);
    expect(quota.left(NOW + 2)).toBe(3);
  });

  test("of another day gives this day nothing", () => {
    const quota = new DailyQuota(3, (nowMs) => (Math.floor(nowMs / 1_000) + 1) * 1_000, NOW);
    const entry = quota.take(2, NOW);
    quota.refund(entry, 1);
    expect(quota.left(NOW)).toBe(2);
    quota.take(2, NOW + 1_000);
    quota.refund(entry, 1);
    expect(quota.left(NOW + 1_000)).toBe(1);
    expect(quota.earliestMs(1, NOW + 1_000)).toBe(0);
    expect(quota.earliestMs(2, NOW + 1_000)).toBe(NOW + 2_000);
  });

  test("over a log that another limit keeps is that one's business", () => {
    const log = new SendLog();
    const own = new SlidingWindowLog("requests", 2, 60_000, log);
    log.add(NOW, 2, 1);
    expect(own.earliestMs(1, NOW)).toBe(NOW + 60_000);
    own.refund(own.take(1, NOW), 1);
    expect([own.left(NOW), log.total]).toEqual([0, 2]);
  });
});
