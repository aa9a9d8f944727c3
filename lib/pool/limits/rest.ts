/**
 * How a quota domain rests at a model, as an immutable value. A rest that came as a surprise ends half open: one
 * request goes first, as a probe, and the others follow once it is answered.
 * @module
 */
import { UNEXPLAINED_REST } from "../../providers/answers/unexplained-rest";

/** A refusal comes fast: after this long, silence on the first request after a rest is as good as success. */
export const HALF_OPEN_MS = 2_000;

/** Times are epoch milliseconds. */
export interface Rest {
  readonly untilMs: number;
  /** A rest that nobody told: it delays, and refuses nobody. */
  readonly guessUntilMs: number;
  /** The half-open probe: still to be sent, sent then, or null where none is needed. */
  readonly probe: "due" | number | null;
  /** Of the last refusal. */
  readonly refusedAtMs: number;
  /** Unexplained refusals in a row. */
  readonly unexplained: number;
  /** Of the first of them. */
  readonly unexplainedSinceMs: number;
}

/** Of a domain that was never refused: one for all, since there may be very many. */
export const NO_REST: Rest = {
  untilMs: 0,
  guessUntilMs: 0,
  probe: null,
  refusedAtMs: 0,
  unexplained: 0,
  unexplainedSinceMs: 0,
};

/** When it is over, but for a guess; 0 where it is. */
export function endOf({ untilMs, probe }: Rest, nowMs: number): number {
  if (untilMs > nowMs) return untilMs;
  const silenceMs = typeof probe === "number" ? probe + HALF_OPEN_MS : 0;
  return silenceMs > nowMs ? silenceMs : 0;
}

/** @param isForeseen Whether the domain was expected to have no quota then: no probe is needed. */
export function prolonged(rest: Rest, untilMs: number, isForeseen: boolean): Rest {
  if (untilMs <= rest.untilMs) return rest;
  return { ...rest, untilMs, probe: isForeseen ? rest.probe : "due" };
}

/** A request was sent. */
export function afterSend(rest: Rest, nowMs: number): Rest {
  return rest.probe === "due" ? { ...rest, probe: nowMs } : rest;
}

/** A request was let in. */
export function afterAnswer(rest: Rest, sentMs: number): Rest {
  const endsProbe = typeof rest.probe === "number" && sentMs >= rest.probe;
  if (!endsProbe && sentMs <= rest.refusedAtMs) return rest;
  if (!endsProbe && rest.unexplained === 0 && rest.guessUntilMs === 0) return rest;
  return { ...rest, probe: endsProbe ? null : rest.probe, unexplained: 0, guessUntilMs: 0 };
}

/** A refusal that somebody explained: by words, a number, or what was learned. */
export function afterRefusal(
  rest: Rest,
  untilMs: number,
  isForeseen: boolean,
  nowMs: number,
): Rest {
  return prolonged({ ...rest, refusedAtMs: nowMs, unexplained: 0 }, untilMs, isForeseen);
}

/**
 * A refusal that nobody explained. Those of requests that were sent before an earlier one was known are of the
 * same moment, and count once.
 * @param restMs What it would be the first time; longer each time in a row, since who has to guess should not
 * guess alike forever.
 * @returns And when this guess ends, though an earlier one may last longer.
 */
export function afterUnexplained(
  rest: Rest,
  restMs: number,
  isRepeated: boolean,
  nowMs: number,
): { readonly rest: Rest; readonly untilMs: number } {
  const unexplained = rest.unexplained + (isRepeated ? 0 : 1);
  const isFirst = rest.unexplained === 0 && !isRepeated;
  const longerMs = restMs * UNEXPLAINED_REST.growth ** Math.max(0, unexplained - 1);
  const untilMs = nowMs + Math.min(Math.round(longerMs), UNEXPLAINED_REST.longestMs);
  const next: Rest = {
    untilMs: rest.untilMs,
    guessUntilMs: Math.max(rest.guessUntilMs, untilMs),
    probe: "due",
    refusedAtMs: nowMs,
    unexplained,
    unexplainedSinceMs: isFirst ? nowMs : rest.unexplainedSinceMs,
  };
  return { rest: next, untilMs };
}
