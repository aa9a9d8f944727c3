import { beforeEach, describe, expect, test } from "vitest";
import { SharingActivity } from "./sharing-activity";

const START_MS = Date.UTC(2026, 10, 23, 12);
const MINUTE_MS = 60_000;
let activity: SharingActivity;

beforeEach(() => {
  activity = new SharingActivity();
});

/** Sends at an even rate, with 320 requests per minute allowed. @returns Which request was the reason to share. */
function firstReason(everyMs: number, count: number): number | null {
  for (let index = 0; index < count; index += 1) {
    const isMuch = activity.sent(() => 320 / MINUTE_MS, START_MS + index * everyMs);
    if (isMuch) return index + 1;
  }
  return null;
}

describe("much use is a reason to share", () => {
  test("beyond a sixteenth of what is allowed per minute", () => {
    expect(firstReason(1_100, 40)).toBe(21);
  });

  test("across half minutes too", () => {
    expect(firstReason(2_000, 40)).toBe(21);
  });

  test("a slow isolate never has one, however long it sends", () => {
    expect(firstReason(4_000, 400)).toBeNull();
  });

  test("not while the limits are unknown", () => {
    for (let ms = 0; ms < MINUTE_MS; ms += 100) {
      expect(activity.sent(() => null, START_MS + ms)).toBe(false);
    }
  });
});

test("sharing ends two minutes after the last reason", () => {
  activity.start(false, START_MS);
  activity.start(true, START_MS + MINUTE_MS);
  expect(activity.isActive(START_MS + 3 * MINUTE_MS - 1)).toBe(true);
  expect(activity.isActive(START_MS + 3 * MINUTE_MS)).toBe(false);
});

test("it warms up until reports are received and all others have had time to report", () => {
  activity.start(false, START_MS);
  expect(activity.isWarmingUp(START_MS + MINUTE_MS)).toBe(true);
  activity.received();
  expect(activity.isWarmingUp(START_MS + 4_999)).toBe(true);
  expect(activity.isWarmingUp(START_MS + 5_000)).toBe(false);
  activity.start(true, START_MS + 10_000);
  expect(activity.isWarmingUp(START_MS + 10_000)).toBe(false);
  activity.start(false, START_MS + 5 * MINUTE_MS);
  expect(activity.isWarmingUp(START_MS + 10 * MINUTE_MS)).toBe(true);
});

test("if rejections state no numbers, another isolate's rejection is no reason", () => {
  expect(activity.followsPeers).toBe(true);
  activity.refusedUnnumbered(true);
  expect(activity.followsPeers).toBe(true);
  activity.refusedUnnumbered(false);
  expect(activity.followsPeers).toBe(false);
  activity.start(false, START_MS);
  expect(activity.followsPeers).toBe(true);
});
