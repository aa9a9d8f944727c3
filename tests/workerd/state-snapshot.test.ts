/** A new isolate serves from another one's snapshot while D1 doesn't respond, and from nothing else. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { hashToken } from "../../lib/crypto/hash-token";
import { openDatabase } from "../../lib/db/open-database";
import { createIsolateState, type IsolateState } from "../../lib/db/state/isolate-state";
import {
  SNAPSHOT_LIFE_MS,
  type SnapshotCache,
  StateSnapshot,
} from "../../lib/db/state/state-snapshot";
import { db, emptyStore, SECRETS, storeKey, storeToken } from "./test-store";
import { type D1Mode, unreliable } from "./unreliable-d1";

const TOKEN = "ob-snapshot-token";
/** The types of the platform are those of browsers here. */
const cache = (caches as unknown as { readonly default: SnapshotCache }).default;
const OTHER_SECRETS = { current: "another-secret", previous: null };

let nowMs = 0;
let deployments = 0;
/** A deployment of its own for each test: the cache outlives them. */
let authKey = "";

beforeEach(async () => {
  nowMs = Date.now();
  deployments += 1;
  authKey = `deployment-${deployments}`;
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  await emptyStore();
});

afterEach(() => vi.restoreAllMocks());

function startIsolate(mode: D1Mode = "up", secrets: typeof SECRETS = SECRETS): IsolateState {
  const store = unreliable(env.DB);
  store.mode = mode;
  return createIsolateState({
    db: openDatabase(store.d1),
    secrets,
    authKey,
    snapshot: new StateSnapshot(cache, secrets.current, authKey),
    nowMs: () => nowMs,
    random: () => 0.5,
  });
}

/** An isolate that has served two requests, so that its snapshot is kept. */
async function keepSnapshot(): Promise<void> {
  const state = startIsolate();
  await state.ready();
  await state.afterResponse();
  await state.afterResponse();
}

describe.each<D1Mode>(["down", "hanging"])("while D1 is %s", (mode) => {
  test("a new isolate knows the keys, tokens and settings that another one read", async () => {
    const id = await storeKey("sk-snapshot");
    await storeToken(TOKEN);
    await keepSnapshot();

    const state = startIsolate(mode);
    await state.ready();
    expect(state.isLoaded).toBe(true);
    expect(await state.findAccessToken(TOKEN)).toMatchObject({ name: expect.any(String) });
    const key = state.pool("openai").get(id);
    expect(key && (await state.openKey(key))).toBe("sk-snapshot");
  });
});

test("a request that comes while another one looks for the snapshot is served from it too", async () => {
  await storeToken(TOKEN);
  await keepSnapshot();
  const looking = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const slowCache: SnapshotCache = {
    put: async () => undefined,
    match: async (url) => {
      looking.resolve();
      await gate.promise;
      return cache.match(url);
    },
  };
  const store = unreliable(env.DB);
  store.mode = "down";
  const state = createIsolateState({
    db: openDatabase(store.d1),
    secrets: SECRETS,
    authKey,
    snapshot: new StateSnapshot(slowCache, SECRETS.current, authKey),
    nowMs: () => nowMs,
    random: () => 0.5,
  });
  const first = state.ready();
  await looking.promise;
  const second = state.ready();
  expect(second).not.toBeNull();
  gate.resolve();
  await second;
  expect(state.isLoaded).toBe(true);
  await first;
});

test("what D1 says replaces the snapshot", async () => {
  const store = unreliable(env.DB);
  await keepSnapshot();
  store.mode = "down";
  const state = createIsolateState({
    db: openDatabase(store.d1),
    secrets: SECRETS,
    authKey,
    snapshot: new StateSnapshot(cache, SECRETS.current, authKey),
    nowMs: () => nowMs,
    random: () => 0.5,
  });
  await state.ready();
  expect(await state.findAccessToken(TOKEN)).toBeNull();
  await storeToken(TOKEN);
  store.mode = "up";
  nowMs += 10_000;
  await state.ready();
  expect(await state.findAccessToken(TOKEN)).not.toBeNull();
});

test("without a snapshot, of another secret or too old, nothing is known", async () => {
  await storeToken(TOKEN);
  const without = startIsolate("down");
  await without.ready();
  expect(without.isLoaded).toBe(false);

  await keepSnapshot();
  const other = startIsolate("down", OTHER_SECRETS);
  await other.ready();
  expect(other.isLoaded).toBe(false);

  nowMs += SNAPSHOT_LIFE_MS + 1;
  const late = startIsolate("down");
  await late.ready();
  expect(late.isLoaded).toBe(false);
});

test("also the state of a large team is kept", async () => {
  const ids: string[] = [];
  for (let index = 0; index < 100; index += 1) {
    ids.push(await storeKey(`sk-${"long".repeat(500)}-${index}`));
  }
  await keepSnapshot();
  const state = startIsolate("down");
  await state.ready();
  expect(ids.every((id) => state.pool("openai").get(id) !== undefined)).toBe(true);
});

test("the cache holds neither a key's text, nor a token's hash, nor a name", async () => {
  const id = await storeKey("sk-snapshot");
  await storeToken(TOKEN);
  const put = vi.fn(async (_url: string, _response: Response) => undefined);
  const snapshot = new StateSnapshot(
    { match: async () => undefined, put },
    SECRETS.current,
    authKey,
  );
  const state = createIsolateState({
    db,
    secrets: SECRETS,
    authKey,
    snapshot,
    nowMs: () => nowMs,
    random: () => 0.5,
  });
  await state.ready();
  await state.afterResponse();
  expect(put).not.toHaveBeenCalled();
  await state.afterResponse();
  const [url = "", response = new Response()] = put.mock.calls[0] ?? [];
  const text = new TextDecoder("latin1").decode(await response.arrayBuffer());
  expect(text.length).toBeGreaterThan(500);
  for (const secret of ["sk-snapshot", await hashToken(TOKEN), id]) {
    expect(text).not.toContain(secret);
  }
  expect(url).toMatch(/^https:\/\/state\.one-balance\.internal\/[\da-f]{64}$/);
});
