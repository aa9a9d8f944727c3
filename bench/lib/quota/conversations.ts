/**
 * Conversations of twenty turns on a pool of 100 keys at half its load, for some hours.
 * @module
 */
import { KeyPool } from "../../../lib/pool/key-pool.ts";
import { newAsk } from "../../../lib/pool/turn.ts";
import { poolKey } from "./pool-key.ts";
import { seededRandom } from "./random.ts";

const KEYS = 100;
const TURNS = 20;
const CONVERSATIONS = 6_000;
/** Half of 100 keys of 10 requests a minute: a turn every 120 ms. */
const TURN_GAP_MS = 120;
const AT_ONCE = 80;
const MODEL = "gpt-sim";

export interface Affinities {
  /** Share of a conversation's turns that its commonest key served, averaged. */
  readonly onOneKey: number;
  /** The greatest distance of any key's requests from the mean, as a part of the mean. */
  readonly spread: number;
}

export function playConversations(seed: number): Affinities {
  const random = seededRandom(seed);
  const pool = new KeyPool(random);
  pool.setLimits(
    {
      provider: { requestsPerMinute: 10, tokensPerMinute: null, requestsPerDay: null },
      domains: new Map(),
      keys: new Map(),
      nextMidnightMs: () => 0,
    },
    0,
  );
  for (let number = 0; number < KEYS; number += 1) pool.upsert(poolKey(`pk_${number}`));

  const requests = new Map<string, number>();
  const shares: number[] = [];
  let begun = 0;
  const begin = () => {
    begun += 1;
    return { name: `conversation ${begun} of ${seed}`, turn: 0, keys: new Map<string, number>() };
  };
  const open = Array.from({ length: AT_ONCE }, begin);
  for (let nowMs = 1; shares.length < CONVERSATIONS; nowMs += TURN_GAP_MS) {
    const place = Math.floor(random() * open.length);
    const talk = open[place];
    if (talk === undefined) continue;
    const conversation = { name: talk.name, isContinued: talk.turn > 0 };
    const claim = { tokenId: "at_one", weight: 1, priority: 0 };
    const turn = pool.ask(MODEL, { ...newAsk(claim), conversation }, nowMs);
    if (turn.kind !== "go") throw new Error("half the load must find a key at once");
    const { id } = turn.lease.key;
    pool.succeed(MODEL, turn.lease, [], nowMs);
    requests.set(id, (requests.get(id) ?? 0) + 1);
    talk.keys.set(id, (talk.keys.get(id) ?? 0) + 1);
    talk.turn += 1;
    if (talk.turn < TURNS) continue;
    shares.push(Math.max(...talk.keys.values()) / TURNS);
    open[place] = begin();
  }
  const counts = [...requests.values()];
  const mean = counts.reduce((sum, count) => sum + count, 0) / KEYS;
  const farthest = Math.max(...counts.map((count) => Math.abs(count - mean)));
  return {
    onOneKey: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    spread: farthest / mean,
  };
}
