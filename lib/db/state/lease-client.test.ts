/** When leases are requested, and from whom, whatever became of the request before and of the clock. */
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { LeaseBook } from "../../leases/lease-book";
import type { LeasePort } from "../../leases/lease-port";
import type { LeasedLimit } from "../../leases/leased-limit";
import { LeasedLimits } from "../../leases/leased-limits";
import { LeaseClient } from "./lease-client";

const START_MS = Date.parse("2026-03-10T12:00:00Z");
const HOUR_MS = 3_600_000;

let logged: MockInstance;
beforeEach(() => {
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => logged.mockRestore());

const RPM: LeasedLimit = {
  ...{ group: "at_1", name: "at_1 rpm", limit: 60, windowMs: 60_000 },
  used: () => 30,
  usedIfCounted: () => 30,
  counted: () => {},
  underWay: () => 0,
  mayReturn: () => 0,
};

/** @param answer What each port does with a call. */
function clientOf(answer: Readonly<Record<"object" | "store", LeasePort["ask"]>>) {
  const clock = { nowMs: START_MS };
  const asked: string[] = [];
  const port = (name: "object" | "store"): LeasePort => ({
    takes: "a group",
    ask: (...question) => {
      asked.push(name);
      return answer[name](...question);
    },
  });
  const leases = new LeasedLimits({ fullGapMs: 2_000, requestsPerAsk: null });
  const client = new LeaseClient({
    ...{ leases, isolate: "is_1", object: port("object"), store: port("store") },
    nowMs: () => clock.nowMs,
    setTimer: () => () => {},
  });
  return { asked, client, clock, want: () => leases.turn(RPM, 30, clock.nowMs) };
}

test("an object that failed is asked again soon, though the clock was set back", async () => {
  const { asked, client, clock, want } = clientOf({
    object: () => Promise.reject(new Error("away")),
    store: () => Promise.resolve([]),
  });
  want();
  await client.ask("at_1");
  expect(asked).toEqual(["object", "store"]);
  clock.nowMs -= HOUR_MS;
  want();
  await client.ask("at_1");
  expect(asked).toEqual(["object", "store", "store"]);
  clock.nowMs += 11_000;
  want();
  await client.ask("at_1");
  expect(asked.at(-2)).toBe("object");
});

test("leases are renewed after a response, though the request that did so before has died", async () => {
  const book = new LeaseBook();
  let isDying = false;
  const { asked, client, clock, want } = clientOf({
    object: async (isolate, questions, nowMs) =>
      isDying ? new Promise(() => {}) : book.lease(isolate, questions, nowMs),
    store: () => Promise.resolve([]),
  });
  want();
  await client.ask("at_1");
  expect(asked).toEqual(["object"]);
  isDying = true;
  for (let second = 0; second < 30; second += 1) {
    clock.nowMs += 1_000;
    want();
    void client.afterRequest();
  }
  expect(asked.length).toBeGreaterThan(2);
  expect(asked.length).toBeLessThan(6);
});
