/**
 * One pool and one limit on 1, 3, 8 and 32 isolates: the real handler, ledger and leases over a modeled D1 and modeled
 * objects, in virtual time. The same seed gives the same figures; `SEED=7 npm run bench -- isolates` runs another game.
 * Writes bench/isolates-measured.md and its charts.
 * @module
 */
import "./lib/resolve-ts.ts";
import type { KeysFigures, KeysRow, LimitRow, NewsRow } from "./lib/isolates/measured-page.ts";
import type { Sharing } from "./lib/isolates/sim-isolate.ts";
import type { StoreBill } from "./lib/isolates/sim-store.ts";
import { writeResult } from "./lib/write-result.ts";

const { writePage } = await import("./lib/isolates/measured-page.ts");
const { LIMIT_LINES } = await import("./lib/isolates/limit-lines.ts");
const { playNews } = await import("./lib/isolates/play-news.ts");
const { playLimits } = await import("./lib/isolates/play-limits.ts");
const { lineOf, answersInTime, capacityOf } = await import("./lib/quota/scenarios.ts");
const { simulate } = await import("./lib/quota/simulate.ts");

const seed = Number(process.env.SEED ?? 1);
const ISOLATES = [1, 3, 8, 32];
const SHARINGS: readonly Sharing[] = ["none", "store", "object"];
const WORDS = { none: "each by itself", store: "leases over D1", object: "leases of objects" };
/** What isolates learn of keys and tokens: now and then, and many times per second. */
const PACES = [
  { pace: "now and then", count: 20, gapMs: [2_000, 6_000] },
  { pace: "6 a second", count: 100, gapMs: [20, 300] },
] as const;
const NEWS_P99_MS = 2_500;
const MINUTES_3 = 180_000;
const SETTLED_MS = 5_000;
/** The targets for up to eight isolates. */
const MOST = { store: { long: 1.1, burst: 2 }, object: { long: 1.02, burst: 1.05 } } as const;
/** US dollars per million: rows written, rows read, calls of objects (developers.cloudflare.com, paid plan). */
const PRICES = { rowsWritten: 1, rowsRead: 0.001, objectCalls: 0.15 };

let failures = 0;
function verdict(isRight: boolean): string {
  if (!isRight) failures += 1;
  return isRight ? "ok" : "MISSED";
}

console.log(`seed ${seed}`);
const logError = console.error;
console.error = () => {};

const limits: LimitRow[] = [];
for (const isolates of ISOLATES) {
  for (const sharing of SHARINGS) {
    for (const { name, used, limits: own, perSecond } of LIMIT_LINES) {
      const game = { seed, isolates, sharing, limits: own, perSecond };
      const long = await playLimits({ ...game, durationMs: MINUTES_3, maxWaitMs: 250 });
      const burst = await playLimits({
        ...game,
        durationMs: 1_000,
        perSecond: 0,
        burst: 400,
        maxWaitMs: 2_000,
      });
      const row = {
        isolates,
        sharing: WORDS[sharing],
        limit: name,
        used: Number(used(long, SETTLED_MS).toFixed(3)),
        burst: Number(used(burst, 0).toFixed(3)),
        asked: long.asked,
        answered: long.statuses.get(200) ?? 0,
        "": verdict(
          sharing === "none" ||
            isolates > 8 ||
            (used(long, SETTLED_MS) <= MOST[sharing].long && used(burst, 0) <= MOST[sharing].burst),
        ),
      };
      limits.push({ isolates, sharing, limit: name, used: row.used, burst: row.burst });
      console.log(Object.values(row).join(", "));
    }
  }
}

/** What sharing adds for a million requests of a token at its limit; for one that is far from it, nothing. */
function billOf(bill: StoreBill, asked: number) {
  const million = (count: number) => Math.round((count * 1e6) / asked);
  const rows = million(bill.leaseCalls);
  const read = million(bill.leaseRowsRead);
  const objectCalls = million(bill.objectCalls);
  const usd =
    (rows * PRICES.rowsWritten + read * PRICES.rowsRead + objectCalls * PRICES.objectCalls) / 1e6;
  return { rowsWritten: rows, rowsRead: read, objectCalls, usd: Number(usd.toFixed(3)) };
}

const costs = [];
for (const [use, perSecond, rpm] of [
  ["a fortieth of 2,400 a minute", 1, 2_400],
  ["half of 1,200 a minute", 10, 1_200],
  ["nine tenths of 600 a minute", 9, 600],
  ["three times 600 a minute", 30, 600],
  ["three times 60 a minute", 3, 60],
] as const) {
  for (const sharing of ["store", "object"] as const) {
    const game = { seed, isolates: 8, limits: { rpm }, perSecond, durationMs: MINUTES_3 };
    const after = await playLimits({ ...game, sharing, maxWaitMs: 5_000 });
    const refused = Number(((after.statuses.get(429) ?? 0) / after.asked).toFixed(4));
    const bill = billOf(after.bill, after.asked);
    costs.push({ use, sharing, refused, perMillionRequests: bill });
  }
}
for (const row of costs) console.log(JSON.stringify(row));

const keys: KeysRow[] = [];
for (const isolates of ISOLATES) {
  for (const toFirst of [0, 0.8]) {
    for (const load of [0.8, 1.5]) {
      const isTarget = isolates === 8 && toFirst === 0;
      const line = lineOf({ name: `${isolates} isolates`, isolates, toFirst, load }, seed);
      const play = async (isShared: boolean): Promise<KeysFigures> => {
        const outcome = await simulate({ ...line.scenario, isShared });
        const answers = outcome.responses.filter(({ status }) => status === 200).length;
        const inTime = answersInTime(outcome, line.scenario);
        return {
          attemptsAnAnswer: Number((outcome.attempts / answers).toFixed(3)),
          answered: Number(
            (load > 1
              ? inTime / capacityOf(line, outcome)
              : answers / outcome.responses.length
            ).toFixed(3),
          ),
          rowsAMillion: Math.round((outcome.exchanges * 1e6) / outcome.responses.length),
        };
      };
      const [alone, shared] = [await play(false), await play(true)];
      const [most, least] = load > 1 ? [1.12, 0.96] : [1.03, 0.99];
      const isRight = shared.attemptsAnAnswer <= most && shared.answered >= least;
      const row = { isolates, toFirst, load, alone, shared };
      keys.push(row);
      console.log(JSON.stringify(row), isTarget ? verdict(isRight) : "");
    }
  }
}

const news: NewsRow[] = [];
for (const isolates of ISOLATES.filter((count) => count > 1)) {
  for (const { pace, count, gapMs } of PACES) {
    for (const figures of await playNews({ seed, isolates, count, gapMs })) {
      const row = { isolates, pace, ...figures };
      news.push(row);
      console.log(JSON.stringify(row), verdict(row.p99Ms <= NEWS_P99_MS));
    }
  }
}
console.error = logError;

await writeResult("isolates", { seed, limits, costs, keys, news });
await writePage({ limits, costs, keys, news });
if (failures > 0) {
  console.error(`${failures} missed`);
  process.exitCode = 1;
}
