/**
 * The cooldown of a quota domain for a model, as an immutable value. An unexpected cooldown ends half open: one request
 * is sent first, as a probe, and the others follow when it is answered.
 * @module
 */
import { UNEXPLAINED_REST } from "../../providers/answers/unexplained-rest";

/** Rejections are fast: after this long, silence on the first request after a cooldown counts as success. */
export const HALF_OPEN_MS = 2_000;

/** Times are epoch milliseconds. */
export interface Rest {
  readonly untilMs: number;
  /** End of a guessed cooldown: it delays requests and rejects none. */
  readonly guessUntilMs: number;
  /** The half-open probe: not sent yet, when it was sent, or null if none is needed. */
  readonly probe: "due" | number | null;
  /** When the last rejection came. */
  readonly refusedAtMs: number;
  /** Consecutive unexplained rejections. */
  readonly unexplained: number;
  /** When the first of them came. */
  readonly unexplainedSinceMs: number;
}

/** For a domain that was never rejected: one shared object, because there may be very many. */
export const NO_REST: Rest = {
  untilMs: 0,
  guessUntilMs: 0,
  probe: null,
  refusedAtMs: 0,
  unexplained: 0,
  unexplainedSinceMs: 0,
};

/** When the cooldown ends, guesses aside; 0 if it has ended. */
export function endOf({ untilMs, probe }: Rest, nowMs: number): number {
  if (untilMs > nowMs) return untilMs;
  const silenceMs = typeof probe === "number" ? probe + HALF_OPEN_MS : 0;
  return silenceMs > nowMs ? silenceMs : 0;
}

/** @param isForeseen Whether the domain was expected to have no quota: then no probe is needed. */
export function prolonged(rest: Rest, untilMs: number, isForeseen: boolean): Rest {
  if (untilMs <= rest.untilMs) return rest;
  return { ...rest, untilMs, probe: isForeseen ? rest.probe : "due" };
}

/** After a request was sent. */
export function afterSend(rest: Rest, nowMs: number): Rest {
  return rest.probe === "due" ? { ...rest, probe: nowMs } : rest;
}

/** After a request was accepted. */
export function afterAnswer(rest: Rest, sentMs: number): Rest {
  const endsProbe = typeof rest.probe === "number" && sentMs >= rest.probe;
  if (!endsProbe && sentMs <= rest.refusedAtMs) return rest;
  if (!endsProbe && rest.unexplained === 0 && rest.guessUntilMs === 0) return rest;
  return { ...rest, probe: endsProbe ? null : rest.probe, unexplained: 0, guessUntilMs: 0 };
}

/** After a rejection that was explained by its message, a number, or what was learned. */
export function afterRefusal(
  rest: Rest,
  untilMs: number,
  isForeseen: boolean,
  nowMs: number,
): Rest {
  return prolonged({ ...rest, refusedAtMs: nowMs, unexplained: 0 }, untilMs, isForeseen);
}

/**
 * After an unexplained rejection. Rejections of requests that were sent before an earlier one was known belong to the
 * same moment and count once.
 * @param restMs The first cooldown of a series; each further one is longer, because repeating the same guess would
 * repeat its error.
 * @returns Also when this guess ends, even if an earlier cooldown lasts longer.
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
