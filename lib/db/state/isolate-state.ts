/**
 * The proxy's state in one isolate, over D1.
 *
 * A warm request waits for D1 only if the isolate's knowledge is older than 5 s, and then at most 1 s. Everything else
 * happens after responses. If D1 is down, what is known is used; a cold isolate uses the snapshot of another one, and
 * still knows the tokens of `AUTH_KEY`.
 *
 * A request joins a read that another started (see `shared-read.ts`) only for a limited time, and then starts its own.
 * A read continues when the client that started it leaves. Writing has its own rule, see `event-writer.ts`.
 * @module
 */
import type { LimitHolder } from "../../budgets/limit-holder";
import { hashToken } from "../../crypto/hash-token";
import { openSealed, SealError, type SealedPlace, type SealingSecrets } from "../../crypto/seal";
import type { ModelAlias } from "../../models/model-alias";
import type { KeyPool } from "../../pool/key-pool";
import { UseBoard } from "../../pool/peers/use-board";
import type { KeySource } from "../../pool/sections/joined-keys";
import type { PoolKey, TokenGroup } from "../../pool/types";
import type { Provider } from "../../providers/types";
import type {
  AccessToken,
  KeepAlive,
  ProxyState,
  StateEvent,
  StoredThing,
} from "../../proxy/ports";
import type { Tags } from "../../tags/tags";
import { newRowId } from "../new-row-id";
import type { Database } from "../open-database";
import { rootCause } from "../root-cause";
import type { Settings } from "../team/settings";
import { envAccessTokens } from "../tokens/env-access-tokens";
import { BoundedMap } from "./bounded-map";
import { CapCounts } from "./cap-counts";
import { DayCounts } from "./day-counts";
import { EventGate } from "./event-gate";
import { EventWriter } from "./event-writer";
import { KnownState } from "./known-state";
import { isOlderSchema, readOlderState } from "./read-older-state";
import { FIRST_KEYS, loadState, readChanges, readKeyPart, TOMBSTONE_LIFE_MS } from "./read-state";
import { readStoredThings } from "./resource-keys";
import { platformTimer, SharedRead } from "./shared-read";
import type { StateSnapshot } from "./state-snapshot";
import { lastTakenVersion } from "./state-version";
import { steadyClock } from "./steady-clock";
import { isDoneWithin } from "./timers";
import { UseExchange } from "./use-exchange";
import { D1UseRows } from "./use-rows";
import { RESOURCE_GRAIN_MS, writeStateEvents } from "./write-state-events";

export interface IsolateStateOptions {
  readonly db: Database;
  /** Null if `KEY_ENCRYPTION_SECRET` isn't set: then no key can be decrypted. */
  readonly secrets: SealingSecrets | null;
  /** `AUTH_KEY`. */
  readonly authKey: string;
  /** `ALLOW_PRIVATE_UPSTREAMS`; absent: no. */
  readonly allowPrivateUpstreams?: boolean;
  /** Null if the platform has no cache. */
  readonly snapshot?: StateSnapshot | null;
  nowMs(): number;
  /** In [0, 1). */
  random(): number;
}

export interface IsolateState extends ProxyState {
  /** The common keys of a provider. */
  pool(provider: string): KeyPool;
  pool(provider: string, group: TokenGroup | undefined): KeySource;
  /** From the last read; the defaults before the first. */
  readonly settings: Settings;
  /** Makes the next `ready()` query the store, because something was changed through this isolate. */
  expire(): void;
  /** The same, if a change isn't known here yet: most portal calls only read. */
  expireIfChanged(): void;
  /** How many events were lost since the last call. */
  takeLostEvents(): number;
  /** How many events aren't in the store yet. */
  readonly waitingEvents: number;
  /** Requests that wait for a key, by provider; those without are left out. */
  queuedRequests(): Readonly<Record<string, number>>;
}

/** A key's text, and the row whose encrypted text it was decrypted from. */
interface OpenedKey extends SealedPlace {
  readonly text: string;
}

export function createIsolateState(options: IsolateStateOptions): IsolateState {
  return new D1IsolateState(options);
}

/** Under traffic, changes are checked for this often, after a response. */
const REFRESH_GAP_MS = 2_000;
/**
 * The same after a read that found changes: more may follow, and a writer with more to write waits up to a second.
 * Together with that wait, and D1's own time, news is known everywhere within 2.5 s.
 */
const NEWS_REFRESH_GAP_MS = 1_250;
/** Knowledge older than this is refreshed before a request is served. */
const TRUST_MS = 5_000;
const WARM_WAIT_MS = 1_000;
const COLD_WAIT_MS = 10_000;
/** A new isolate looks for a snapshot after waiting for D1 this long. */
const SNAPSHOT_WAIT_MS = 1_500;
/** After a failed or slow read, requests don't wait for another for this long. */
const WARM_RETRY_MS = 5_000;
const COLD_RETRY_MS = 1_000;
/** A read in progress for longer may belong to a terminated request: the next one that needs it starts over. */
const READ_LOST_MS = 3_000;
/** How long an unknown thing isn't looked up again. */
const UNSEEN_FOR_MS = 10_000;
/** How long a request waits for the key of a resource. Then any key is used. */
const RESOURCE_WAIT_MS = 1_000;
/** How often an unknown access token makes the isolate query the store. */
const UNKNOWN_TOKEN_GAP_MS = 1_000;

/** In addition to metering's rows, isolates may write this part as many for usage reports. */
const USES_PART = 0.1;
const OPENED_KEYS_MAX = 10_000;
const TOKEN_HASHES_MAX = 10_000;
const RESOURCES_MAX = 20_000;

class D1IsolateState implements IsolateState {
  readonly #options: IsolateStateOptions;
  readonly #known: KnownState;
  readonly #writer: EventWriter;
  readonly #dayCounts: DayCounts;
  readonly #capCounts: CapCounts;
  readonly #uses: UseExchange;

  #envTokens: ReadonlyMap<string, AccessToken> | null = null;
  /** Hashes of texts that turned out to be tokens. */
  readonly #tokenHashes = new BoundedMap<string, string>(TOKEN_HASHES_MAX);
  /** By encrypted text. */
  readonly #openedKeys = new BoundedMap<string, OpenedKey>(OPENED_KEYS_MAX);
  readonly #gate = new EventGate();

  /** Things stored in keys' accounts, by provider and id. */
  readonly #stored = new BoundedMap<string, StoredThing>(RESOURCES_MAX);
  /** When a thing was last found to be unknown. */
  readonly #unseen = new BoundedMap<string, number>(RESOURCES_MAX);

  /** For gaps and waits; rows contain the machine's own time. */
  readonly #steadyMs: () => number;
  #read: SharedRead | null = null;
  #readStartedMs = Number.NEGATIVE_INFINITY;
  /** Until the next refresh, from the start of the last read. */
  #refreshGapMs = REFRESH_GAP_MS;
  /** Everything written to the store before this moment is known. */
  #freshMs = Number.NEGATIVE_INFINITY;
  #isExpired = false;
  /** Whether a part of the keys may be read after this response: not after the first one. */
  #isPartDue = false;
  #partRead: SharedRead | null = null;
  /** Before this moment, no request waits for the store again. */
  #retryMs = Number.NEGATIVE_INFINITY;
  #resourceRetryMs = Number.NEGATIVE_INFINITY;

  constructor(options: IsolateStateOptions) {
    this.#options = options;
    this.#steadyMs = steadyClock(options.nowMs);
    const board = new UseBoard(() => newRowId("is", options.nowMs()));
    this.#known = new KnownState({
      random: () => options.random(),
      allowPrivateUpstreams: options.allowPrivateUpstreams ?? false,
      uses: board,
      nowMs: () => options.nowMs(),
    });
    this.#uses = new UseExchange({
      board,
      rows: new D1UseRows(options.db),
      dailyRows: () => {
        const { dailyRowBudget } = this.settings.metering;
        return dailyRowBudget === 0 ? null : dailyRowBudget * USES_PART;
      },
      nowMs: () => options.nowMs(),
      setTimer: platformTimer,
    });
    this.#dayCounts = new DayCounts(options.db, this.#known);
    this.#capCounts = new CapCounts(options.db, this.#known, (event) => this.record(event));
    this.#writer = new EventWriter({
      write: async (events) => {
        const version = await writeStateEvents(options.db, events).catch((error: unknown) => {
          if (!isOlderSchema(error)) throw error;
          // The maker of a thing isn't part of the state; key events are.
          const others = events.filter(({ kind }) => kind !== "resource-seen");
          return writeStateEvents(options.db, others);
        });
        if (version !== null) this.#known.advance(version);
      },
      nowMs: this.#steadyMs,
    });
  }

  get isLoaded(): boolean {
    return this.#known.version !== null;
  }

  ready(keep?: KeepAlive, trustMs = TRUST_MS): Promise<void> | null {
    const nowMs = this.#steadyMs();
    if (!this.#isExpired && nowMs - this.#freshMs <= trustMs) return null;
    if (nowMs < this.#retryMs) return this.isLoaded ? null : this.#recall();
    return this.isLoaded ? this.#catchUp(WARM_WAIT_MS, keep) : this.#load(keep);
  }

  async #load(keep?: KeepAlive): Promise<void> {
    if (this.#options.snapshot == null) return this.#catchUp(COLD_WAIT_MS, keep);
    const isRead = await this.#isReadWithin(SNAPSHOT_WAIT_MS, keep);
    await this.#recall();
    if (this.isLoaded || isRead) return;
    await this.#catchUp(COLD_WAIT_MS - SNAPSHOT_WAIT_MS, keep);
  }

  /** Each request that still knows nothing looks for itself: none may wait for another's. */
  async #recall(): Promise<void> {
    const { snapshot, nowMs } = this.#options;
    if (snapshot == null || this.isLoaded) return;
    const state = await snapshot.recall(nowMs());
    // D1 may have responded after all.
    if (state !== null && !this.isLoaded) this.#known.apply(state, this.#writer.unwritten());
  }

  whole(keep?: KeepAlive): Promise<void> | null {
    return this.#known.nextPart === null ? null : this.#readAllParts(keep);
  }

  async #readAllParts(keep?: KeepAlive): Promise<void> {
    const untilMs = this.#steadyMs() + COLD_WAIT_MS;
    while (this.#known.nextPart !== null && this.#steadyMs() < untilMs) {
      const before = this.#known.nextPart;
      const read = this.#partUnderWay() ?? this.#startPart();
      keep?.(read.done);
      if (!(await read.endsWithin(READ_LOST_MS)) || this.#known.nextPart === before) return;
    }
  }

  #partUnderWay(): SharedRead | null {
    const read = this.#partRead;
    return read !== null && this.#steadyMs() - read.sinceMs < READ_LOST_MS ? read : null;
  }

  /** Reads the next part of the keys. A part that was considered lost and arrives late changes nothing. */
  #startPart(): SharedRead {
    const afterId = this.#known.nextPart ?? "";
    const read = new SharedRead(this.#steadyMs(), async () => {
      try {
        const nowMs = this.#options.nowMs();
        const part = await readKeyPart(this.#options.db, afterId, nowMs);
        if (this.#known.nextPart === afterId) {
          this.#known.applyPart(part, this.#writer.unwritten());
          this.#dayCounts.countAgain();
          await this.#dayCounts.refresh(nowMs);
          await this.#capCounts.refresh(nowMs);
        }
      } catch (error) {
        console.error("state: not all keys can be read, tried again later:", rootCause(error));
      }
      if (this.#partRead === read) this.#partRead = null;
    });
    this.#partRead = read;
    return read;
  }

  findAccessToken(
    text: string,
    keep?: KeepAlive,
  ): AccessToken | null | Promise<AccessToken | null> {
    const hash = this.#tokenHashes.get(text);
    const token = hash && (this.#envTokens?.get(hash) ?? this.#known.accessToken(hash));
    return token || this.#lookUpAccessToken(text, keep);
  }

  async #lookUpAccessToken(text: string, keep?: KeepAlive): Promise<AccessToken | null> {
    const hash = await hashToken(text);
    this.#envTokens ??= await envAccessTokens(this.#options.authKey);
    let token = this.#envTokens.get(hash) ?? this.#known.accessToken(hash);
    if (token === undefined && this.#mayAskForToken()) {
      await this.#catchUp(WARM_WAIT_MS, keep);
      token = this.#known.accessToken(hash);
    }
    if (token === undefined) return null;
    this.#tokenHashes.set(text, hash);
    return token;
  }

  get settings(): Settings {
    return this.#known.settings;
  }

  customProvider(slug: string): Provider | undefined {
    return this.#known.customProviders.get(slug);
  }

  customProviders(): readonly Provider[] {
    return [...this.#known.customProviders.values()];
  }

  modelAliases(): ReadonlyMap<string, ModelAlias> {
    return this.#known.modelAliases;
  }

  tagHolders(tags: Tags): readonly LimitHolder[] {
    return this.#known.tagHolders(tags);
  }

  goesDirect(slug: string): boolean {
    return this.#known.goesDirect(slug);
  }

  pool(provider: string): KeyPool;
  pool(provider: string, group: TokenGroup | undefined): KeySource;
  pool(provider: string, group?: TokenGroup): KeySource {
    return this.#known.pools(provider).forCaller(group);
  }

  everyKey(provider: string): KeySource {
    return this.#known.pools(provider).everyKey();
  }

  openKey(key: PoolKey): string | Promise<string> {
    const opened = this.#openedKeys.get(key.sealed);
    // In another row, the same encrypted text must not count as decrypted because it was decrypted where it belongs.
    const isItsOwn = opened?.id === key.id && opened.provider === key.provider;
    return isItsOwn ? opened.text : this.#unseal(key);
  }

  async #unseal(key: PoolKey): Promise<string> {
    if (this.#options.secrets === null) throw new SealError("KEY_ENCRYPTION_SECRET is not set");
    const text = await openSealed(key.sealed, this.#options.secrets, key);
    this.#openedKeys.set(key.sealed, { id: key.id, provider: key.provider, text });
    return text;
  }

  storedThings(
    provider: string,
    resources: readonly string[],
    again = false,
  ): ReadonlyMap<string, StoredThing> | Promise<ReadonlyMap<string, StoredThing>> {
    const missing = resources.filter((resource) => {
      const name = `${provider} ${resource}`;
      if (this.#stored.has(name)) return false;
      const unseenMs = again ? undefined : this.#unseen.get(name);
      return unseenMs === undefined || this.#steadyMs() - unseenMs > UNSEEN_FOR_MS;
    });
    if (missing.length === 0 || this.#steadyMs() < this.#resourceRetryMs) {
      return this.#knownThings(provider, resources);
    }
    return this.#readThings(provider, missing).then(() => this.#knownThings(provider, resources));
  }

  #knownThings(provider: string, resources: readonly string[]): ReadonlyMap<string, StoredThing> {
    const things = new Map<string, StoredThing>();
    for (const resource of resources) {
      const thing = this.#stored.get(`${provider} ${resource}`);
      if (thing !== undefined) things.set(resource, thing);
    }
    return things;
  }

  async #readThings(provider: string, resources: readonly string[]): Promise<void> {
    const reading = readStoredThings(this.#options.db, provider, resources).then(
      (rows) => {
        const nowMs = this.#options.nowMs();
        for (const resource of resources)
          this.#unseen.set(`${provider} ${resource}`, this.#steadyMs());
        for (const { resource, atMs, ...thing } of rows) {
          this.#stored.set(`${provider} ${resource}`, thing);
          // What is used is remembered.
          if (nowMs - atMs <= RESOURCE_GRAIN_MS) continue;
          this.#writer.add({ kind: "resource-seen", provider, resource, ...thing, atMs: nowMs });
        }
      },
      (error: unknown) => {
        console.error("state: what is stored cannot be looked up:", rootCause(error));
      },
    );
    if (!(await isDoneWithin(reading, RESOURCE_WAIT_MS))) {
      this.#resourceRetryMs = this.#steadyMs() + WARM_RETRY_MS;
    }
  }

  record(event: StateEvent): void {
    if (event.kind === "resource-seen") {
      const { provider, resource, keyId, tokenId, userId, groupId } = event;
      const name = `${provider} ${resource}`;
      const known = this.#stored.get(name);
      if (known?.keyId === keyId || (known !== undefined && event.isMentioned === true)) return;
      // As in the store: the first known maker stays.
      this.#stored.set(
        name,
        known === undefined
          ? { keyId, tokenId, userId, ...(groupId !== undefined && { groupId }) }
          : { ...known, keyId },
      );
    }
    if (!this.#gate.passes(event)) return;
    this.#writer.add(event);
  }

  takeLostEvents(): number {
    return this.#writer.takeLost();
  }

  get waitingEvents(): number {
    return this.#writer.waiting;
  }

  queuedRequests(): Readonly<Record<string, number>> {
    return this.#known.queuedRequests();
  }

  shareUse(keep?: KeepAlive): void {
    const exchange = this.#uses.exchangeIfDue();
    if (exchange !== null) keep?.(exchange);
  }

  afterResponse(): Promise<void> | null {
    const work: Promise<void>[] = [];
    const keeping = this.#options.snapshot?.keepIfDue() ?? null;
    if (keeping !== null) work.push(keeping);
    if (this.#writer.isDue()) work.push(this.#writer.flush());
    if (this.#isRefreshDue()) work.push(this.#startRead().done);
    if (this.#takesPart()) work.push(this.#startPart().done);
    return work.length === 0 ? null : Promise.all(work).then(() => {});
  }

  expire(): void {
    this.#isExpired = true;
    this.#retryMs = Number.NEGATIVE_INFINITY;
    // A read in progress may have seen the state before the change.
    this.#read = null;
  }

  expireIfChanged(): void {
    const taken = lastTakenVersion(this.#options.db);
    const known = this.#known.version;
    if (taken !== undefined && known !== null && taken > known) this.expire();
  }

  /** Whether to read a part of the keys now: one after each response. */
  #takesPart(): boolean {
    if (this.#known.nextPart === null || this.#partUnderWay() !== null) return false;
    const isDue = this.#isPartDue;
    this.#isPartDue = true;
    return isDue;
  }

  #isRefreshDue(): boolean {
    const nowMs = this.#steadyMs();
    return (
      nowMs >= this.#retryMs &&
      nowMs - this.#readStartedMs >= this.#refreshGapMs &&
      this.#readUnderWay() === null
    );
  }

  #mayAskForToken(): boolean {
    const nowMs = this.#steadyMs();
    if (nowMs < this.#retryMs) return false;
    return this.#readUnderWay() !== null || nowMs - this.#readStartedMs >= UNKNOWN_TOKEN_GAP_MS;
  }

  /** Waits until a read is over; if that takes longer than `limitMs`, no request waits for a while. */
  async #catchUp(limitMs: number, keep?: KeepAlive): Promise<void> {
    if (await this.#isReadWithin(limitMs, keep)) return;
    this.#retryMs = this.#steadyMs() + this.#retryGapMs();
  }

  /** Whether a read ends within `limitMs`, its own or another request's, with or without success. */
  async #isReadWithin(limitMs: number, keep?: KeepAlive): Promise<boolean> {
    let leftMs = limitMs;
    while (leftMs > 0) {
      let read = this.#readUnderWay();
      if (read === null) {
        read = this.#startRead();
        keep?.(read.done);
      }
      const waitMs = Math.min(leftMs, Math.max(1, read.sinceMs + READ_LOST_MS - this.#steadyMs()));
      if (await read.endsWithin(waitMs)) return true;
      leftMs -= waitMs;
    }
    return false;
  }

  #readUnderWay(): SharedRead | null {
    const read = this.#read;
    return read !== null && this.#steadyMs() - read.sinceMs < READ_LOST_MS ? read : null;
  }

  #startRead(): SharedRead {
    const sinceMs = this.#steadyMs();
    const read = new SharedRead(sinceMs, async () => {
      try {
        await this.#readStore(this.#options.nowMs());
        this.#freshMs = Math.max(this.#freshMs, sinceMs);
        // Another read replaced this one if it was considered lost, or started before a change here.
        if (this.#read !== read) return;
        this.#read = null;
        this.#isExpired = false;
        this.#retryMs = Number.NEGATIVE_INFINITY;
      } catch (error) {
        console.error("state: the store cannot be read, what is known is used:", rootCause(error));
        if (this.#read !== read) return;
        this.#read = null;
        this.#retryMs = this.#steadyMs() + this.#retryGapMs();
      }
    });
    this.#read = read;
    this.#readStartedMs = sinceMs;
    return read;
  }

  async #readStore(nowMs: number): Promise<void> {
    const { db } = this.#options;
    const since = this.#known.version;
    // Half the tombstones' life: deletions must not be missed.
    const mustLoad = since === null || this.#steadyMs() - this.#freshMs > TOMBSTONE_LIFE_MS / 2;
    const read = mustLoad
      ? loadState(db, nowMs, since === null ? FIRST_KEYS : null)
      : readChanges(db, since, nowMs);
    const changes = await read.catch((error: unknown) => {
      if (!isOlderSchema(error)) throw error;
      return readOlderState(db, mustLoad ? null : since, nowMs);
    });
    const isNews = since !== null && changes !== null;
    this.#refreshGapMs = isNews ? NEWS_REFRESH_GAP_MS : REFRESH_GAP_MS;
    // This one was considered lost, and what was read instead is newer. Only a restored store goes back.
    const { version } = this.#known;
    const isReplaced = changes?.since === null && version !== since;
    if (isReplaced && version !== null && version > changes.version) return;
    if (changes !== null) this.#known.apply(changes, this.#writer.unwritten());
    if (since === null && changes !== null) this.#options.snapshot?.note(changes, nowMs);
    await this.#dayCounts.refresh(nowMs);
    await this.#capCounts.refresh(nowMs);
  }

  #retryGapMs(): number {
    return this.isLoaded ? WARM_RETRY_MS : COLD_RETRY_MS;
  }
}
