import { describe, expect, test } from "vitest";
import { claimOf, LEAST_WAIT_MS, MAX_WAIT_HEADER, maxWaitMs } from "./quota-claim";

const waiting = (seconds?: string) =>
  new Headers(seconds === undefined ? {} : { [MAX_WAIT_HEADER]: seconds });

describe("how long a request waits", () => {
  test.each([
    ["10 s where nobody says", undefined, undefined, 10_000],
    ["as it says itself", "30", undefined, 30_000],
    ["120 s at most", "600", undefined, 120_000],
    ["as its token may, where it does not say", undefined, 45_000, 45_000],
    ["less, if it says so", "5", 45_000, 5_000],
    ["no longer than its token may", "60", 45_000, 45_000],
    ["a moment in any case", "0", 0, LEAST_WAIT_MS],
    ["as its token may, where what it says is nonsense", "soon", 3_000, 3_000],
  ])("%s", (_, header, mostMs, expected) => {
    expect(maxWaitMs(waiting(header), mostMs)).toBe(expected);
  });
});

test("a token claims with its own share, and with the usual one where it has none", () => {
  const token = { id: "at_1", name: "app", ownerId: null, scopes: null, expiresAtMs: null };
  expect(claimOf(token)).toMatchObject({ tokenId: "at_1", weight: 1, priority: 0 });
  expect(claimOf({ ...token, share: { weight: 3, priority: 1 }, maxWaitMs: 1_000 })).toEqual({
    tokenId: "at_1",
    weight: 3,
    priority: 1,
    maxWaitMs: 1_000,
  });
});
