import { expect, test } from "vitest";
import type { StateEvent } from "../../proxy/ports";
import { EventGate } from "./event-gate";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const seen = (provider: string, rule: string, atMs: number): StateEvent => ({
  kind: "incident-seen",
  provider,
  rule,
  meaning: "key_invalid",
  status: 401,
  words: "",
  effect: "block",
  keyIds: [],
  sinceMs: atMs,
  atMs,
});

const over = (provider: string, atMs: number): StateEvent => ({
  kind: "incident-over",
  provider,
  atMs,
});

test("an incident's end affects only its provider: sightings of others are still recorded once a minute", () => {
  const gate = new EventGate();
  expect(gate.passes(seen("openai", "r", HOUR_MS))).toBe(true);
  expect(gate.passes(seen("groq", "r", HOUR_MS))).toBe(true);
  expect(gate.passes(over("groq", HOUR_MS + 1))).toBe(true);
  expect(gate.passes(seen("openai", "r", HOUR_MS + 2))).toBe(false);
  expect(gate.passes(seen("groq", "r", HOUR_MS + 2))).toBe(true);
  expect(gate.passes(seen("openai", "r", HOUR_MS + MINUTE_MS))).toBe(true);
});

test("after a clock was set back, uses and sightings are recorded again", () => {
  const gate = new EventGate();
  const used = (atMs: number): StateEvent => ({ kind: "key-used", keyId: "pk_1", atMs });
  expect(gate.passes(used(5 * HOUR_MS))).toBe(true);
  expect(gate.passes(used(5 * HOUR_MS + 1))).toBe(false);
  expect(gate.passes(used(HOUR_MS))).toBe(true);
  expect(gate.passes(seen("openai", "r", 5 * HOUR_MS))).toBe(true);
  expect(gate.passes(seen("openai", "r", HOUR_MS))).toBe(true);
});
