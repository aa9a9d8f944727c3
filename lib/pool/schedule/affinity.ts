/**
 * Which keys conversations prefer, because prompt caches live with the key that filled them.
 *
 * The first request of a conversation takes its turn like any other, and this isolate remembers its key. Others
 * begin elsewhere for a while, since two lively ones may be too many for one key. A conversation it has not
 * seen begin goes to the key that rendezvous hashing gives it, which every isolate works out alike, unless that
 * key has served more than its share; then to the next in the same order.
 * @module
 */
const REMEMBERED = 50_000;
/** With more keys than this, only those next to the conversation on the ring of hashes are compared. */
const COMPARED = 64;

/** What a request is part of. */
export interface Conversation {
  /** The same for all its requests. */
  readonly name: string;
  /** False for a first request: there is no cache to come back to, and it may be one of many alike. */
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
  /** Key by conversation, the one heard of longest ago first. */
  readonly #keys = new Map<string, string>();

  /** The key that serves a conversation, if one does. */
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
}

/**
 * The candidate a conversation should begin with; null if there is none.
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

/** FNV-1a, 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** The finaliser of MurmurHash3. */
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
