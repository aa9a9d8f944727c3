/**
 * What the quota benchmark plays, and the target of each line.
 * @module
 */
import type { QuotaLimits } from "../../../lib/pool/types.ts";
import type { Client, Outcome, Scenario } from "./simulate.ts";
import type { Rule, UpstreamOptions } from "./upstream.ts";

const MINUTE_MS = 60_000;
/** A full minute, so that clock-bound windows begin with the measurement. */
const NOON_MS = Date.parse("2026-03-10T12:00:00Z");
/** Midnight in Los Angeles. */
const MIDNIGHT_MS = Date.parse("2026-03-11T07:00:00Z");

export const NOTHING_SET: QuotaLimits = { rpm: null, tpm: null, dailyRequests: null };

export interface Line {
  readonly name: string;
  readonly scenario: Scenario;
  /** Requests that the quota allows while it runs; see `capacityOf`. */
  readonly capacity: number;
  readonly maxAttemptsPerAnswer: number;
  /** The least share of responses in the capacity, or in the demand. */
  readonly leastShare: number;
  readonly of: "capacity" | "offered";
}

export interface Wish {
  readonly name: string;
  readonly load: number;
  readonly keys?: number;
  readonly limit?: number;
  readonly windowMs?: number;
  readonly rule?: Rule;
  readonly style?: UpstreamOptions["style"];
  readonly statesLimits?: boolean;
  readonly keysOfAccount?: number;
  readonly isolates?: number;
  readonly toFirst?: number;
  readonly limits?: QuotaLimits;
  readonly minutes?: number;
  readonly maxAttemptsPerAnswer?: number;
  readonly clients?: (perMs: number) => readonly Client[];
  /** The limit after midnight, which is half-way through. */
  readonly limitAfter?: number;
}

/** @param seed Of every line. */
export function linesFor(seed: number): readonly Line[] {
  const line = (wish: Wish): Line => lineOf(wish, seed);
  return [
    ...[20, 200].flatMap((keys) =>
      (["fixed", "sliding"] as const).flatMap((rule) => [
        line({ name: `${keys} keys, 10 a minute, ${rule}`, keys, rule, load: 0.8 }),
        line({ name: `${keys} keys, 10 a minute, ${rule}`, keys, rule, load: 1.5 }),
      ]),
    ),
    ...[0.8, 1.5].map((load) => line({ name: "20 keys, clock minutes", rule: "clock", load })),
    ...[20, 200].flatMap((keys) =>
      [0.8, 1.5].map((load) =>
        line({
          name: `${keys} keys, 10 per 3 s`,
          keys,
          windowMs: 3_000,
          load,
          minutes: keys > 20 ? 1 : 4,
        }),
      ),
    ),
    ...(["openai", "anthropic"] as const).flatMap((style) =>
      [0.8, 1.5].map((load) =>
        line({ name: `20 keys, ${style}, refilling`, style, rule: "bucket", load }),
      ),
    ),
    ...[0.8, 1.5].flatMap((load) => [
      line({ name: "20 keys, nothing told, fixed", statesLimits: false, load }),
      line({ name: "20 keys, nothing told, sliding", statesLimits: false, rule: "sliding", load }),
      line({ name: "5 domains of 4 keys", keysOfAccount: 4, load }),
      line({ name: "3 isolates, fixed", isolates: 3, load, maxAttemptsPerAnswer: 1.15 }),
      line({
        name: "3 isolates, sliding",
        isolates: 3,
        rule: "sliding",
        load,
        maxAttemptsPerAnswer: 1.15,
      }),
    ]),
    line({ name: "10, then 6 after midnight", limitAfter: 6, load: 1.5 }),
    line({ name: "10, then 20 after midnight", limitAfter: 20, load: 1.5 }),
  ];
}

/** @param seed Of the line. */
export function lineOf(wish: Wish, seed: number): Line {
  const { keys = 20, limit = 10, windowMs = MINUTE_MS, rule = "fixed", style = "google" } = wish;
  const {
    keysOfAccount = 1,
    isolates = 1,
    minutes = 4,
    statesLimits = true,
    load,
    limitAfter,
  } = wish;
  const accounts = keys / keysOfAccount;
  const durationMs = minutes * MINUTE_MS;
  const meanLimit = limitAfter === undefined ? limit : (limit + limitAfter) / 2;
  const perMs = (accounts * meanLimit) / windowMs;
  const startMs = limitAfter === undefined ? NOON_MS : MIDNIGHT_MS - durationMs / 2;
  const limitAt = (nowMs: number) =>
    limitAfter === undefined || nowMs < MIDNIGHT_MS ? limit : limitAfter;
  const of = load > 1 ? "capacity" : "offered";
  return {
    name: `${wish.name}, ${Math.round(load * 100)} %`,
    scenario: {
      seed,
      startMs,
      durationMs,
      keys,
      keysOfAccount,
      isolates,
      // As deployed: several isolates report to each other what they sent.
      ...(isolates > 1 && { isShared: true }),
      ...(wish.toFirst !== undefined && { toFirst: wish.toFirst }),
      ...(wish.limits !== undefined && { limits: wish.limits }),
      clients: wish.clients?.(perMs) ?? [{ tokenId: "at_one", perMs: perMs * load }],
      upstream: { style, rule, limitAt, windowMs, statesLimits, tokensPerMinute: null },
      bodyBytes: 200,
    },
    capacity: perMs * durationMs,
    maxAttemptsPerAnswer: wish.maxAttemptsPerAnswer ?? (load > 1 ? 1.05 : 1.02),
    leastShare: load > 1 ? 0.98 : 1,
    of,
  };
}

/**
 * Requests that the quota allowed while the scenario ran. A quota that refills gradually is full at first, and refills
 * only from its first request on, which the pool can't send before there is one.
 */
export function capacityOf({ scenario, capacity }: Line, { responses }: Outcome): number {
  const { upstream, startMs, durationMs, keys, keysOfAccount } = scenario;
  if (upstream.rule !== "bucket") return capacity;
  const limit = upstream.limitAt(startMs);
  const requested = responses.map(({ askedMs }) => askedMs).sort((a, b) => a - b);
  let sum = 0;
  for (const firstMs of requested.slice(0, keys / keysOfAccount)) {
    sum += Math.floor(limit + ((startMs + durationMs - firstMs) * limit) / upstream.windowMs);
  }
  return sum;
}

/** The upstream's responses while the scenario ran. */
export function answersInTime({ acceptedMs }: Outcome, { startMs, durationMs }: Scenario): number {
  return acceptedMs.filter((timeMs) => timeMs <= startMs + durationMs).length;
}
