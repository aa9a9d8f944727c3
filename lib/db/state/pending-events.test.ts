import { describe, expect, test } from "vitest";
import type { Evidence, StateEvent } from "../../proxy/ports";
import { PendingEvents } from "./pending-events";

const evidence = (atMs: number): Evidence => ({
  meaning: "rate_limit_minute",
  rule: "test",
  status: 429,
  words: "",
  requestId: "req_test",
  model: "m1",
  atMs,
});

const cooled = (keyId: string, model: string, untilMs: number): StateEvent => ({
  kind: "key-cooled",
  keyId,
  model,
  untilMs,
  evidence: evidence(1),
});

const blocked = (keyId: string, atMs: number): StateEvent => ({
  kind: "key-blocked",
  keyId,
  evidence: evidence(atMs),
});

function pending(max: number, events: readonly StateEvent[]): PendingEvents {
  const result = new PendingEvents(max);
  for (const event of events) result.add(event);
  return result;
}

describe("PendingEvents", () => {
  test("keeps the cooldown that ends later, whichever came first", () => {
    const long = cooled("a", "m1", 900);
    const short = cooled("a", "m1", 100);
    expect(pending(9, [long, short]).take(9)).toEqual([long]);
    expect(pending(9, [short, long]).take(9)).toEqual([long]);
  });

  test("keeps cooldowns of other models, blocks and uses apart", () => {
    const events: StateEvent[] = [
      cooled("a", "m1", 1),
      cooled("a", "m2", 1),
      cooled("b", "m1", 1),
      blocked("a", 1),
      { kind: "key-used", keyId: "a", atMs: 1 },
      { kind: "token-used", tokenId: "a", atMs: 1 },
    ];
    expect(pending(9, events).take(9)).toEqual(events);
  });

  test("keeps the later block and the later use", () => {
    const events = pending(9, [
      blocked("a", 2),
      blocked("a", 1),
      { kind: "key-used", keyId: "a", atMs: 1 },
      { kind: "key-used", keyId: "a", atMs: 2 },
    ]);
    expect(events.take(9)).toEqual([blocked("a", 2), { kind: "key-used", keyId: "a", atMs: 2 }]);
  });

  test("takes the oldest first, and what was taken is gone", () => {
    const events = pending(9, [blocked("a", 1), blocked("b", 1), blocked("c", 1)]);
    expect(events.take(2)).toEqual([blocked("a", 1), blocked("b", 1)]);
    expect(events.size).toBe(1);
    expect([...events.values()]).toEqual([blocked("c", 1)]);
  });

  test("beyond its limit the oldest goes", () => {
    const events = pending(2, [blocked("a", 1), blocked("b", 1), blocked("b", 2), blocked("c", 1)]);
    expect(events.take(9)).toEqual([blocked("b", 2), blocked("c", 1)]);
  });
});
