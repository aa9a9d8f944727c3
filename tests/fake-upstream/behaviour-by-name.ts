/** A key's behavior by the words in its text, for manual runs and the demo. @module */
import type { KeyBehaviour } from "./types.ts";

const BEHAVIOURS: readonly (readonly [word: string, behaviour: KeyBehaviour])[] = [
  ["banned", { kind: "banned" }],
  ["invalid", { kind: "invalid" }],
  ["broke", { kind: "out-of-credit" }],
  ["region", { kind: "region" }],
  ["limited", { kind: "limited", requests: 10, windowMs: 60_000 }],
  ["daily", { kind: "limited", requests: 10, windowMs: 86_400_000, states: "day" }],
  ["flaky", { kind: "flaky", share: 0.3, seed: 1 }],
  ["slow", { kind: "slow-chunks", delayMs: 200 }],
];

/** `sk-fake-limited-1` is limited to 10 requests per minute; a key without any of the words is valid. */
export function behaviourByName(key: string): KeyBehaviour {
  if (key === "") return { kind: "invalid" };
  return BEHAVIOURS.find(([word]) => key.includes(word))?.[1] ?? { kind: "ok" };
}
