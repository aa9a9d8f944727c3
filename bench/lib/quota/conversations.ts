/**
 * Conversations of twenty turns on a pool of 100 keys at half its load, for several hours.
 * @module
 */
import { KeyPool } from "../../../lib/pool/key-pool.ts";
import { newKeyRequest } from "../../../lib/pool/pick-result.ts";
import { WakeHeap } from "../../../lib/pool/schedule/wake-heap.ts";
import { poolKey } from "./pool-key.ts";
import { seededRandom } from "./random.ts";

const KEYS = 100;
const LIMIT = 10;
const TURNS = 20;
const CONVERSATIONS = 6_000;
/** From one turn to the next: people read and type, agents work. */
const GAP_MS = [10_000, 30_000] as const;
/** Half of what the keys allow. */
const TURNS_PER_MS = (KEYS * LIMIT) / 60_000 / 2;
const AT_ONCE = Math.round((TURNS_PER_MS * (GAP_MS[0] + GAP_MS[1])) / 2);
const MODEL = "gpt-sim";

interface Talk {
  readonly name: string;
  /** Turns by the key that served them. */
  readonly keys: Map<string, number>;
  turn: number;
}

export interface Affinities {
  /** The share of a conversation's turns that its most common key served, averaged. */
  readonly onOneKey: number;
  /** The greatest deviation of any key's requests from the mean, as a part of the mean. */
  readonly spread: number;
}

export function playConversations(seed: number): Affinities {
  const random = seededRandom(seed);
  const gapMs = () => GAP_MS[0] + random() * (GAP_MS[1] - GAP_MS[0]);
  const pool = new KeyPool(random);
  pool.setLimits(
    {
      provider: [{ model: "*", rpm: LIMIT, tpm: null, dailyRequests: null }],
      domains: new Map(),
    },
    "UTC",
  );
  for (let number = 0; number < KEYS; number += 1) pool.upsert(poolKey(`pk_${number}`));

  const requests = new Map<string, number>();
  const shares: number[] = [];
  const open = new WakeHeap<Talk>();
  let begun = 0;
  const begin = (atMs: number) => {
    begun += 1;
    open.push({ name: `conversation ${begun} of ${seed}`, turn: 0, keys: new Map() }, atMs);
  };
  for (let number = 0; number < AT_ONCE; number += 1) begin(random() * TURNS * GAP_MS[1]);

  while (shares.length < CONVERSATIONS) {
    const next = open.pop();
    if (next === undefined) break;
    const { item: talk, wakeMs: nowMs } = next;
    const conversation = { name: talk.name, isContinued: talk.turn > 0 };
    const claim = { tokenId: "at_one", weight: 1, priority: 0 };
    const turn = pool.ask(MODEL, { ...newKeyRequest(claim), conversation }, nowMs);
    if (turn.kind !== "granted") throw new Error("half the load must find a key at once");
    const { id } = turn.lease.key;
    pool.succeed(MODEL, turn.lease, [], nowMs);
    requests.set(id, (requests.get(id) ?? 0) + 1);
    talk.keys.set(id, (talk.keys.get(id) ?? 0) + 1);
    talk.turn += 1;
    if (talk.turn < TURNS) {
      open.push(talk, nowMs + gapMs());
    } else {
      shares.push(Math.max(...talk.keys.values()) / TURNS);
      begin(nowMs + gapMs());
    }
  }
  const counts = [...requests.values()];
  const mean = counts.reduce((sum, count) => sum + count, 0) / KEYS;
  const farthest = Math.max(...counts.map((count) => Math.abs(count - mean)));
  return {
    onOneKey: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    spread: farthest / mean,
  };
}
