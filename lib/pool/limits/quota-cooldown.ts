/**
 * The cooldown of a quota domain for a model, as an immutable value. An unexpected cooldown ends half open: one request
 * is sent first, as a probe, and the others follow when it is answered.
 * @module
 */
import { UNEXPLAINED_COOLDOWN } from "../../providers/answers/unexplained-cooldown";

/** Rejections are fast: after this long, silence on the first request after a cooldown counts as success. */
export const HALF_OPEN_MS = 2_000;

/** Times are epoch milliseconds. */
export interface QuotaCooldown {
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
export const NO_COOLDOWN: QuotaCooldown = {
  untilMs: 0,
  guessUntilMs: 0,
  probe: null,
  refusedAtMs: 0,
  unexplained: 0,
  unexplainedSinceMs: 0,
};

/** When the cooldown ends, guesses aside; 0 if it has ended. */
export function endOf({ untilMs, probe }: QuotaCooldown, nowMs: number): number {
  if (untilMs > nowMs) return untilMs;
  const silenceMs = typeof probe === "number" ? probe + HALF_OPEN_MS : 0;
  return silenceMs > nowMs ? silenceMs : 0;
}

/** @param isForeseen Whether the domain was expected to have no quota: then no probe is needed. */
export function prolonged(
  cooldown: QuotaCooldown,
  untilMs: number,
  isForeseen: boolean,
): QuotaCooldown {
  if (untilMs <= cooldown.untilMs) return cooldown;
  return { ...cooldown, untilMs, probe: isForeseen ? cooldown.probe : "due" };
}

/** After a request was sent. */
export function afterSend(cooldown: QuotaCooldown, nowMs: number): QuotaCooldown {
  return cooldown.probe === "due" ? { ...cooldown, probe: nowMs } : cooldown;
}

/** After a request was accepted. */
export function afterAnswer(cooldown: QuotaCooldown, sentMs: number): QuotaCooldown {
  const endsProbe = typeof cooldown.probe === "number" && sentMs >= cooldown.probe;
  if (!endsProbe && sentMs <= cooldown.refusedAtMs) return cooldown;
  if (!endsProbe && cooldown.unexplained === 0 && cooldown.guessUntilMs === 0) return cooldown;
  return { ...cooldown, probe: endsProbe ? null : cooldown.probe, unexplained: 0, guessUntilMs: 0 };
}

/** After a rejection that was explained by its message, a number, or what was learned. */
export function afterRefusal(
  cooldown: QuotaCooldown,
  untilMs: number,
  isForeseen: boolean,
  nowMs: number,
): QuotaCooldown {
  return prolonged({ ...cooldown, refusedAtMs: nowMs, unexplained: 0 }, untilMs, isForeseen);
}

/** After a rejection that names a quota, but not when it renews: how long that takes at most is a guess. */
export function afterWindow(
  cooldown: QuotaCooldown,
  untilMs: number,
  nowMs: number,
): QuotaCooldown {
  const guessUntilMs = Math.max(cooldown.guessUntilMs, untilMs);
  return { ...cooldown, guessUntilMs, probe: "due", refusedAtMs: nowMs, unexplained: 0 };
}

/**
 * After an unexplained rejection. Rejections of requests that were sent before an earlier one was known belong to the
 * same moment and count once.
 * @param firstMs The first cooldown of a series; each further one is longer, because repeating the same guess would
 * repeat its error.
 * @returns Also when this guess ends, even if an earlier cooldown lasts longer.
 */
export function afterUnexplained(
  cooldown: QuotaCooldown,
  firstMs: number,
  isRepeated: boolean,
  nowMs: number,
): { readonly cooldown: QuotaCooldown; readonly untilMs: number } {
  const unexplained = cooldown.unexplained + (isRepeated ? 0 : 1);
  const isFirst = cooldown.unexplained === 0 && !isRepeated;
  const longerMs = firstMs * UNEXPLAINED_COOLDOWN.growth ** Math.max(0, unexplained - 1);
  const untilMs = nowMs + Math.min(Math.round(longerMs), UNEXPLAINED_COOLDOWN.longestMs);
  const next: QuotaCooldown = {
    untilMs: cooldown.untilMs,
    guessUntilMs: Math.max(cooldown.guessUntilMs, untilMs),
    probe: "due",
    refusedAtMs: nowMs,
    unexplained,
    unexplainedSinceMs: isFirst ? nowMs : cooldown.unexplainedSinceMs,
  };
  return { cooldown: next, untilMs };
}
