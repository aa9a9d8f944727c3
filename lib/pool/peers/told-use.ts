/**
 * What isolates tell each other of the quotas of provider keys, as it travels.
 * @module
 */
import type { TimedAmount } from "./peer-use";

/** Ages and amounts in turns, the oldest first. Ages in tenths of a second, of when it was told. */
export type ToldSends = readonly number[];

export type ToldDomain = readonly [
  domain: string,
  requests: ToldSends,
  tokens: ToldSends,
  /** The limit that a refusal put into numbers; 0 for none. */
  limit: number,
  /** How long ago, in tenths of a second. */
  limitAge: number,
];

/** One model of one provider. */
export type ToldModel = readonly [
  name: string,
  /** Requests that wait for a key. */
  waiting: number,
  /** What a window lasts at least: milliseconds. */
  spanMs: number,
  domains: readonly ToldDomain[],
];

/** What one isolate told. */
export interface PeerReport {
  readonly isolate: string;
  /** Epoch milliseconds. */
  readonly toldMs: number;
  readonly models: readonly ToldModel[];
}

const TENTH_MS = 100;

export function toldAge(atMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - atMs) / TENTH_MS));
}

export function timeOf(toldAge: number, toldMs: number): number {
  return toldMs - toldAge * TENTH_MS;
}

/** Longer lists are told by the second or two: what is told is bounded, however much was sent. */
const FINE_MAX = 30;
const COARSE_AGE = 20;

/** Sends of the same age become one; none is told to be older than it is. */
export function toldSends(sends: readonly TimedAmount[], nowMs: number): ToldSends {
  const grain = sends.length > FINE_MAX ? COARSE_AGE : 1;
  const told: number[] = [];
  for (const [atMs, amount] of sends) {
    const age = Math.floor(toldAge(atMs, nowMs) / grain) * grain;
    if (told.at(-2) === age) told.push((told.pop() ?? 0) + amount);
    else told.push(age, amount);
  }
  return told;
}

export function sendsOf(told: ToldSends, toldMs: number): TimedAmount[] {
  const sends: TimedAmount[] = [];
  for (let index = 0; index + 1 < told.length; index += 2) {
    sends.push([timeOf(told[index] ?? 0, toldMs), told[index + 1] ?? 0]);
  }
  return sends;
}
