import { expect, test } from "vitest";
import type { AttemptRecord, RequestEvent } from "./request-event";
import { Cells, measureOf } from "./rollup";
import { NO_USAGE } from "./types";

const attempt = (keyId: string, fields: Partial<AttemptRecord> = {}): AttemptRecord => ({
  keyId,
  afterMs: 0,
  tookMs: 1,
  status: 200,
  meaning: "ok",
  rule: null,
  words: null,
  ...fields,
});

const event = (attempts: readonly AttemptRecord[]): RequestEvent => ({
  id: "req_1",
  atMs: 0,
  provider: "openai",
  model: "gpt-5-mini",
  tokenId: "at_1",
  userId: null,
  outcome: "ok",
  status: 200,
  errorCode: null,
  durationMs: 5,
  timeToFirstTokenMs: null,
  timeToFirstByteMs: null,
  isStream: false,
  attempts,
  usage: null,
  gatewayLogId: null,
});

test("an attempt at another target is counted there, the request where it was served", () => {
  const target = { provider: "groq", model: "llama" };
  const refused = attempt("pk_groq", { meaning: "rate_limit_minute", status: 429, target });
  const cells = new Cells();
  cells.add(event([refused, attempt("pk_openai")]), null);
  const counted = cells
    .toStored()
    .map(([, side, provider, model, subject, , outcome, requests, attempts]) =>
      [side, provider, model, subject, outcome, requests, attempts].join(" "),
    );
  expect(counted.sort()).toEqual([
    "caller openai gpt-5-mini at_1 ok 1 2",
    "key groq llama pk_groq limited 0 1",
    "key openai gpt-5-mini pk_openai ok 1 1",
  ]);
});

test("turns of a WebSocket bring what they used by their models, the session itself the request alone", () => {
  const cells = new Cells();
  const usage = { ...NO_USAGE, inputTokens: 40, outputTokens: 2 };
  const asked = event([attempt("pk_1")]);
  cells.add({ ...asked, part: "turn", model: "gpt-5", usage }, 7);
  cells.add({ ...asked, part: "turn", usage }, 5);
  cells.add({ ...asked, part: "session", turns: 2, usage: { ...usage, inputTokens: 80 } }, 12);
  const sums = cells.toStored().map((cell) => {
    const [, side, , model] = cell;
    const names = ["requests", "attempts", "inputTokens", "costNanoUsd"] as const;
    return [side, model, ...names.map((name) => measureOf(cell, name))];
  });
  expect(sums).toEqual([
    ["caller", "gpt-5", 0, 0, 40, 7],
    ["key", "gpt-5", 0, 0, 40, 7],
    ["caller", "gpt-5-mini", 1, 1, 40, 5],
    ["key", "gpt-5-mini", 1, 1, 40, 5],
  ]);
});

test("requests count for the hour that they came in, and say whether what they used had a price", () => {
  const HOUR_MS = 3_600_000;
  const usage = { ...NO_USAGE, inputTokens: 40, outputTokens: 2 };
  const cells = new Cells();
  const at = (atMs: number) => ({ ...event([attempt("pk_1")]), atMs, usage });
  cells.add(at(HOUR_MS), 7);
  cells.add(at(2 * HOUR_MS - 1), null);
  cells.add(at(2 * HOUR_MS), 0);
  cells.add({ ...at(2 * HOUR_MS), usage: null }, null);
  const counted = cells.toStored().flatMap((cell) => {
    const [hourMs, side] = cell;
    return side === "caller"
      ? [[hourMs, measureOf(cell, "requests"), measureOf(cell, "unpriced")]]
      : [];
  });
  expect(counted).toEqual([
    [HOUR_MS, 2, 1],
    [2 * HOUR_MS, 2, 0],
  ]);
});
