/**
 * Which keys conversations prefer, because prompt caches live in the account of the key that filled them.
 *
 * The first request of a conversation takes its turn like any other, and this isolate remembers its key. Other
 * conversations begin elsewhere for a while, because two busy ones may be too many for one key. A conversation whose
 * beginning this isolate hasn't seen goes to the key chosen by rendezvous hashing, which is the same in every isolate,
 * unless that key has served more than its share; then to the next one in the same order.
 * @module
 */
const REMEMBERED = 50_000;
/** With more keys than this, only those close to the conversation on the hash ring are compared. */
const COMPARED = 64;

/** The conversation that a request belongs to. */
export interface Conversation {
  /** The same for all of its requests. */
  readonly name: string;
  /** False for the first request: there is no cache to return to, and it may be one of many identical ones. */
  readonly isContinued: boolean;
}

export interface Candidate {
  readonly id: string;
  /** From `hashText`. */
  readonly hash: number;
  /** Requests served. */
  readonly load: number;
}

export class Affinity {
  /** Keys by conversation, least recently used first. */
  readonly #keys = new Map<string, string>();

  /** The key of a conversation; null if none is remembered. */
  keyOf(conversation: string): string | null {
    return this.#keys.get(conversation) ?? null;
  }

  note(conversation: string, keyId: string): void {
    this.#keys.delete(conversation);
    this.#keys.set(conversation, keyId);
    if (this.#keys.size <= REMEMBERED) return;
    const [oldest] = this.#keys.keys();
    if (oldest !== undefined) this.#keys.delete(oldest);
  }

  forget(conversation: string): void {
    this.#keys.delete(conversation);
  }
}

/**
 * The candidate with which a conversation should begin; null if there is none.
 * @param ring Sorted by hash.
 * @param averageLoad Of all candidates.
 */
export function rendezvous<Item extends Candidate>(
  conversation: string,
  ring: readonly Item[],
  averageLoad: number,
): Item | null {
  const hash = hashText(conversation);
  const start = ring.length <= COMPARED ? 0 : firstAtOrAfter(ring, hash);
  let best: Item | null = null;
  let bestScore = -1;
  for (let step = 0; step < Math.min(COMPARED, ring.length); step += 1) {
    const item = ring[(start + step) % ring.length];
    if (item === undefined || item.load > averageLoad) continue;
    const score = mix(hash ^ item.hash);
    if (score > bestScore) [best, bestScore] = [item, score];
  }
  return best;
}

/** 32-bit FNV-1a. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function firstAtOrAfter(ring: readonly Candidate[], hash: number): number {
  let low = 0;
  let high = ring.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ring[middle]?.hash ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}
