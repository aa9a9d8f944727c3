import { expect, test } from "vitest";
import type { AttemptRecord, RequestEvent } from "./request-event";
import { Cells, MAX_TAG_VALUES, measureOf } from "./rollup";
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

test("of the tags of a request, those that were chosen are counted, up to a number of values", () => {
  const cells = new Cells(["customer", "constructor"]);
  const usage = { ...NO_USAGE, inputTokens: 40, outputTokens: 2 };
  const tagged = (customer: string, part?: "turn" | "session") =>
    cells.add(
      {
        ...event([attempt("pk_1"), attempt("pk_2")]),
        usage,
        tags: { customer, feature: "rag" },
        ...(part !== undefined && { part }),
      },
      7,
    );
  cells.add(event([attempt("pk_1")]), null);
  for (let index = 0; index < MAX_TAG_VALUES + 10; index += 1) tagged(`c${index}`);
  tagged("c0");
  tagged("c1", "turn");
  tagged("c2", "session");
  const sums = new Map(
    cells.toStored().flatMap((cell) => {
      const [, side, , , subject] = cell;
      const names = ["requests", "attempts", "inputTokens", "costNanoUsd"] as const;
      return side === "tag" ? [[subject, names.map((name) => measureOf(cell, name))]] : [];
    }),
  );
  expect(sums.size).toBe(MAX_TAG_VALUES + 1);
  expect(sums.get("customer=c0")).toEqual([2, 4, 80, 14]);
  expect(sums.get("customer=c1")).toEqual([1, 2, 80, 14]);
  expect(sums.get("customer=c2")).toEqual([2, 4, 40, 7]);
  expect(sums.get(`customer=c${MAX_TAG_VALUES - 1}`)).toEqual([1, 2, 40, 7]);
  expect(sums.get("customer=other")).toEqual([10, 20, 400, 70]);
});
