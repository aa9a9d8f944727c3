/**
 * The format in which isolates report their use of provider keys to each other. It is stored as JSON in D1, so lists
 * are positional and times are ages, which don't depend on the reporting isolate's clock.
 * @module
 */
import type { TimedAmount } from "./peer-use";

/** Ages (tenths of a second before the report) and amounts, alternating, the oldest first. */
export type ReportedSends = readonly number[];

/** What an isolate sent with the keys of one quota domain. */
export type DomainReport = readonly [
  domain: string,
  requests: ReportedSends,
  tokens: ReportedSends,
  /** The limit that a rejection stated; 0 for none. */
  limit: number,
  /** How long ago it was stated, in tenths of a second. */
  limitAge: number,
];

/** What an isolate reports about one model of one provider. */
export type ModelReport = readonly [
  name: string,
  /** Requests waiting for a key. */
  waiting: number,
  /** The shortest that a window can be, in milliseconds. */
  spanMs: number,
  domains: readonly DomainReport[],
];

/** The latest report of one other isolate. */
export interface PeerReport {
  readonly isolate: string;
  /** Epoch milliseconds, by this isolate's clock. */
  readonly reportedMs: number;
  readonly models: readonly ModelReport[];
}

const TENTH_MS = 100;

export function ageOf(atMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - atMs) / TENTH_MS));
}

export function timeOf(age: number, reportedMs: number): number {
  return reportedMs - age * TENTH_MS;
}

/** Longer lists are reported in steps of two seconds, so that a report is bounded however much was sent. */
const FINE_MAX = 30;
const COARSE_AGE = 20;

/** Merges sends of the same age. Ages are rounded down: a send must never count for less time than it does. */
export function encodeSends(sends: readonly TimedAmount[], nowMs: number): ReportedSends {
  const grain = sends.length > FINE_MAX ? COARSE_AGE : 1;
  const encoded: number[] = [];
  for (const [atMs, amount] of sends) {
    const age = Math.floor(ageOf(atMs, nowMs) / grain) * grain;
    if (encoded.at(-2) === age) encoded.push((encoded.pop() ?? 0) + amount);
    else encoded.push(age, amount);
  }
  return encoded;
}

export function decodeSends(encoded: ReportedSends, reportedMs: number): TimedAmount[] {
  const sends: TimedAmount[] = [];
  for (let index = 0; index + 1 < encoded.length; index += 2) {
    sends.push([timeOf(encoded[index] ?? 0, reportedMs), encoded[index + 1] ?? 0]);
  }
  return sends;
}

/** Requests of a model that were sent in the last `age` tenths of a second before the report. */
export function recentRequests(domains: readonly DomainReport[], age: number): number {
  let amount = 0;
  for (const [, requests] of domains) {
    for (let index = requests.length - 2; index >= 0; index -= 2) {
      if ((requests[index] ?? 0) > age) break;
      amount += requests[index + 1] ?? 0;
    }
  }
  return amount;
}
