/**
 * How soon all isolates know what one of them learned: real states over a modelled D1, in virtual time.
 * @module
 */
import { createHash } from "node:crypto";
import type { IsolateState } from "../../../lib/db/state/isolate-state.ts";
import type { ManageContext } from "../../../lib/manage/manage-context.ts";
import type { Evidence } from "../../../lib/proxy/ports.ts";
import { quantile } from "../quantile.ts";
import { seededRandom } from "../quota/random.ts";
import { VirtualTime } from "../quota/virtual-time.ts";
import { openSimD1, type SimD1 } from "./sim-d1.ts";
import type { Latency } from "./sim-store.ts";

const { openDatabase } = await import("../../../lib/db/open-database.ts");
const { providerKeys } = await import("../../../lib/db/schema/schema.ts");
const { createIsolateState } = await import("../../../lib/db/state/isolate-state.ts");
const { addProviderKeys } = await import("../../../lib/manage/keys/add-provider-keys.ts");
const { createAccessToken } = await import("../../../lib/manage/tokens/create-access-token.ts");
const { revokeAccessToken } = await import("../../../lib/manage/tokens/revoke-access-token.ts");

const KINDS = ["cooldown", "block", "revocation"] as const;
export type NewsKind = (typeof KINDS)[number];

export interface NewsGame {
  readonly seed: number;
  readonly isolates: number;
  /** How many of each kind. */
  readonly count: number;
  /** Between one and the next, in milliseconds. */
  readonly gapMs: Latency;
}

export interface NewsFigures {
  readonly kind: NewsKind;
  /** News times isolates that had to learn of it. */
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

interface News {
  readonly kind: NewsKind;
  readonly atMs: number;
  /** The isolates that don't know it. */
  readonly unaware: Set<number>;
  /** Whether an isolate knows it; for a revocation, whether its next request would be refused. */
  isKnown(state: IsolateState): boolean | Promise<boolean>;
}

const D1_MS: Latency = [10, 60];
/** Between two requests of an isolate. */
const REQUEST_GAP_MS: Latency = [40, 160];
/** News that an isolate has not learned after this long counts as this late. */
const LATEST_MS = 15_000;
const SECRETS = { current: "a secret for benchmarks", previous: null };

const START_MS = Date.parse("2026-03-10T12:00:00Z");

/** Plays one game; figures by kind of news. */
export async function playNews(game: NewsGame): Promise<readonly NewsFigures[]> {
  const d1 = openSimD1();
  const time = new VirtualTime(START_MS);
  const platform = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const { digest } = crypto.subtle;
  // The real one answers from another thread, for which the clock doesn't stand still.
  crypto.subtle.digest = async (_algorithm, data) => sha256(data);
  Object.assign(globalThis, {
    setTimeout: (callback: () => void, ms = 0) => time.at(time.nowMs + ms, callback),
    clearTimeout: (cancel?: () => void) => cancel?.(),
  });
  try {
    let isOver = false;
    const playing = play(game, d1, time).finally(() => {
      isOver = true;
    });
    // Keys are sealed by other threads, and meanwhile no timer may be left.
    while (!isOver) {
      await time.run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return await playing;
  } finally {
    Object.assign(globalThis, platform);
    crypto.subtle.digest = digest;
    d1.close();
  }
}

async function play(game: NewsGame, d1: SimD1, time: VirtualTime): Promise<readonly NewsFigures[]> {
  const random = seededRandom(game.seed);
  const between = ([least, most]: Latency) => least + random() * (most - least);
  const nowMs = () => time.nowMs;
  const database = () => openDatabase(d1.binding(() => time.sleep(between(D1_MS) / 2)));
  const manage: ManageContext = {
    db: database(),
    secrets: SECRETS,
    nowMs,
    actor: { kind: "system", id: "system", name: "bench", ip: null, userAgent: null },
  };
  const keys = Array.from({ length: game.count }, (_, index) => `sk-bench-${game.seed}-${index}`);
  await addProviderKeys(manage, { provider: "openai", keys });
  const tokens = [];
  for (let index = 0; index < game.count; index += 1) {
    tokens.push(await createAccessToken(manage, "everyone", null, { name: `token ${index}` }));
  }

  const states = Array.from({ length: game.isolates }, () =>
    createIsolateState({
      db: database(),
      secrets: SECRETS,
      authKey: "",
      nowMs,
      random,
    }),
  );
  await Promise.all(states.map((state) => state.ready()));
  const keyIds = (await manage.db.select({ id: providerKeys.id }).from(providerKeys)).map(
    ({ id }) => id,
  );

  const open: News[] = [];
  const delays = new Map<NewsKind, number[]>(KINDS.map((kind) => [kind, []]));
  let isOver = false;
  const serving = states.map(async (state, own) => {
    const background = new Set<Promise<void>>();
    while (!isOver) {
      await time.sleep(between(REQUEST_GAP_MS));
      await state.ready();
      for (const news of open) {
        if (!news.unaware.has(own) || !(await news.isKnown(state))) continue;
        news.unaware.delete(own);
        delays.get(news.kind)?.push(time.nowMs - news.atMs);
      }
      const work = state.afterResponse();
      if (work !== null) {
        background.add(work);
        void work.finally(() => background.delete(work));
      }
    }
    await Promise.all(background);
  });

  for (let index = 0; index < game.count; index += 1) {
    for (const kind of KINDS) {
      await time.sleep(between(game.gapMs));
      const source = Math.floor(random() * states.length);
      const [state, keyId] = [states[source], keyIds[index]];
      const token = tokens[index];
      if (state === undefined || keyId === undefined || token === undefined) continue;
      const unaware = new Set(states.keys());
      if (kind === "revocation") {
        await revokeAccessToken(manage, "everyone", token.id);
        const isKnown = async (other: IsolateState) =>
          (await other.findAccessToken(token.token)) === null;
        open.push({ kind, atMs: time.nowMs, unaware, isKnown });
        continue;
      }
      unaware.delete(source);
      const atMs = time.nowMs;
      const model = `model-${index}`;
      if (kind === "cooldown") {
        const untilMs = atMs + 3_600_000;
        const because = evidence("rate_limit_minute", model, atMs);
        state.record({ kind: "key-cooled", keyId, model, untilMs, evidence: because });
        open.push({
          ...{ kind, atMs, unaware },
          isKnown: (other) => other.pool("openai").get(keyId)?.cooldowns.has(model) === true,
        });
      } else {
        state.record({
          kind: "key-blocked",
          keyId,
          evidence: evidence("key_invalid", model, atMs),
        });
        open.push({
          ...{ kind, atMs, unaware },
          isKnown: (other) => other.pool("openai").get(keyId)?.status === "blocked",
        });
      }
    }
  }
  const endMs = time.nowMs + LATEST_MS;
  while (time.nowMs < endMs && open.some(({ unaware }) => unaware.size > 0)) await time.sleep(100);
  isOver = true;
  await Promise.all(serving);
  for (const { kind, unaware } of open) {
    for (const _ of unaware) delays.get(kind)?.push(LATEST_MS);
  }
  return KINDS.map((kind) => {
    const own = delays.get(kind) ?? [];
    return {
      kind,
      samples: own.length,
      p50Ms: Math.round(quantile(own, 0.5)),
      p99Ms: Math.round(quantile(own, 0.99)),
      mostMs: Math.round(Math.max(...own)),
    };
  });
}

function sha256(data: BufferSource): ArrayBuffer {
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  return Uint8Array.from(createHash("sha256").update(bytes).digest()).buffer;
}

function evidence(meaning: Evidence["meaning"], model: string, atMs: number): Evidence {
  return {
    ...{ meaning, rule: "bench", status: meaning === "key_invalid" ? 401 : 429, words: "bench" },
    ...{ requestId: "req_bench", model, atMs },
  };
}
