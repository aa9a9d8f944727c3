import { expect, test } from "vitest";
import { LimitProbe } from "./limit-probe";

const T0 = Date.parse("2026-03-10T12:10:00Z");
const HOUR = 3_600_000;

/** A probe that is due for the first time. */
function due(): LimitProbe<string> {
  const probe = new LimitProbe<string>();
  expect(probe.isDue(T0)).toBe(false);
  expect(probe.isDue(T0 + 19_999)).toBe(false);
  expect(probe.isDue(T0 + 20_000)).toBe(true);
  return probe;
}

test("each failure doubles the time until the next try, up to five minutes", () => {
  const probe = due();
  let nowMs = T0 + 20_000;
  const pauses = Array.from({ length: 6 }, () => {
    probe.started("a", nowMs);
    probe.failed(nowMs);
    const failedMs = nowMs;
    while (!probe.isDue(nowMs)) nowMs += 1_000;
    return (nowMs - failedMs) / 1_000;
  });
  expect(pauses).toEqual([20, 40, 80, 160, 300, 300]);
});

test("each success doubles how many may be under way at once", () => {
  const probe = due();
  const nowMs = T0 + 20_000;
  const startAll = () => {
    let started = 0;
    for (; probe.isDue(nowMs); started += 1) probe.started("a", nowMs);
    return started;
  };
  expect(startAll()).toBe(1);
  expect(probe.succeeded(60_000, nowMs)).toBe(1);
  expect(startAll()).toBe(2);
  expect([probe.succeeded(60_000, nowMs), probe.succeeded(60_000, nowMs)]).toEqual([2, 3]);
  expect(startAll()).toBe(8);
  expect(probe.domain).toBe("a");
  probe.failed(nowMs);
  expect(probe.domain).toBeNull();
});

test("successes of more than a window together say nothing", () => {
  const probe = due();
  probe.started("a", T0 + 20_000);
  probe.succeeded(60_000, T0 + 20_500);
  probe.started("a", T0 + 90_000);
  expect(probe.succeeded(60_000, T0 + 90_500)).toBe(0);
});

test("a full hour is a reason to probe, and a probe that is lost blocks no one for long", () => {
  const probe = due();
  probe.started("a", T0 + 20_000);
  probe.failed(T0 + 20_000);
  expect(probe.isDue(T0 + 21_000)).toBe(false);
  const hourMs = Math.ceil(T0 / HOUR) * HOUR;
  expect(probe.isDue(hourMs)).toBe(true);
  probe.started("a", hourMs);
  expect(probe.isDue(hourMs + 60_000)).toBe(false);
  expect(probe.isDue(hourMs + 60_001)).toBe(true);
  probe.back();
  expect(probe.isDue(hourMs + 1)).toBe(true);
});

test("a part is tried at once, one request at a time, until one fails", () => {
  const probe = new LimitProbe<string>();
  for (let count = 0; count < 3; count += 1) {
    expect(probe.mayTryPart).toBe(true);
    probe.startedPart(T0 + count);
    expect(probe.mayTryPart).toBe(false);
    expect(probe.succeeded(60_000, T0 + count)).toBe(0);
  }
  probe.startedPart(T0 + 10);
  probe.failed(T0 + 10);
  expect(probe.mayTryPart).toBe(false);
  // If the usual probes find more, shares may be probed again.
  expect(probe.isDue(T0 + 20_010)).toBe(true);
  probe.started("a", T0 + 20_010);
  probe.succeeded(60_000, T0 + 20_020);
  expect(probe.mayTryPart).toBe(true);
});
