/**
 * Whose turn it is to use what is left of a quota: weighted rendezvous hashing. Each isolate draws a score for itself
 * and for every other one from a hash of the domain, the turn and the isolate's name, so all that have the same
 * reports agree on the winner without asking each other. Over many turns, an isolate wins in proportion to its weight.
 * @module
 */

export interface Contender {
  /** The isolate's name. */
  readonly isolate: string;
  /** Its demand; 0 if it wants nothing. */
  readonly weight: number;
}

/** A turn lasts until the other isolates know whether it was used. */
export const TURN_MS = 2_000;

/** When the current turn ends, in epoch milliseconds. */
export function turnEndMs(nowMs: number): number {
  return (Math.floor(nowMs / TURN_MS) + 1) * TURN_MS;
}

/** Whether the current turn in a domain is `own`'s rather than a rival's. */
export function hasTurn(
  domain: string,
  own: Contender,
  rivals: readonly Contender[],
  nowMs: number,
): boolean {
  if (own.weight <= 0) return false;
  const turn = Math.floor(nowMs / TURN_MS);
  const score = scoreOf(domain, turn, own);
  return !rivals.some((rival) => {
    const theirs = scoreOf(domain, turn, rival);
    return theirs < score || (theirs === score && rival.isolate < own.isolate);
  });
}

/**
 * An exponentially distributed score of rate `weight`, infinite for 0: the lowest wins, with probability weight / total
 * weight.
 */
export function scoreOf(domain: string, turn: number, { isolate, weight }: Contender): number {
  const uniform = (hashText(`${domain} ${isolate} ${turn}`) + 1) / (2 ** 32 + 1);
  return -Math.log(uniform) / weight;
}

/** 32-bit FNV-1a with a final mix, because the texts differ only in their last characters. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}
