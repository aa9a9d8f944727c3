/**
 * The store's state as one isolate knows it: pools, access tokens, custom providers and settings in memory.
 * @module
 */

import type { LimitHolder } from "../../budgets/limit-holder";
import type { ModelAlias } from "../../models/model-alias";
import { capsOf } from "../../pool/caps/key-caps";
import { KeyPool } from "../../pool/key-pool";
import type { UseBoard } from "../../pool/peers/use-board";
import { COMMON, ProviderPools, sectionName } from "../../pool/sections/provider-pools";
import {
  type Cooldown,
  isCap,
  type LimitRule,
  NO_COOLDOWNS,
  type PoolKey,
  type TokenGroup,
} from "../../pool/types";
import { customProvider } from "../../providers/custom-provider";
import { providerOf, providersWith } from "../../providers/registry";
import type { Provider, Route } from "../../providers/types";
import type { AccessScope, AccessToken, StateEvent } from "../../proxy/ports";
import { type TagLimit, tagHolderId } from "../../tags/tag-limits";
import type { Tags } from "../../tags/tags";
import { NANO_PER_USD } from "../../usage/price";
import { tagSubject } from "../../usage/rollup";
import { budgetsOf, hasLimits, limitsOf, PRIORITY_CLASSES } from "../../usage/token-limits";
import { DEFAULT_SETTINGS, type Settings, withSettingRows } from "../team/settings";
import type { CooldownState, KeyPart, KeyState, StateChanges, TokenState } from "./read-state";

export interface KnownStateOptions {
  /** In [0, 1). */
  random(): number;
  /** See `customProvider`. */
  readonly allowPrivateUpstreams: boolean;
  /** Through which isolates report their use to each other. */
  readonly uses: UseBoard;
  nowMs(): number;
}

export class KnownState {
  readonly #options: KnownStateOptions;
  readonly #pools = new Map<string, ProviderPools>();
  readonly #keys = new Map<string, KnownKey>();
  /** Active tokens by hash, and each one's hash by id. */
  readonly #tokens = new Map<string, AccessToken>();
  readonly #tokenHashes = new Map<string, string>();
  /** Members with limits, by their ids. */
  readonly #members = new Map<string, LimitHolder>();
  /** Groups by their ids. */
  readonly #groups = new Map<string, KnownGroup>();
  #customProviders: ReadonlyMap<string, Provider> = new Map();
  #modelAliases: ReadonlyMap<string, ModelAlias> = new Map();
  /** Rules by provider and quota domain; an empty name stands for all of the provider's keys. */
  readonly #limits = new Map<string, Map<string, readonly LimitRule[]>>();
  /** Providers whose pools don't have their limits yet. */
  readonly #limitsDue = new Set<string>();
  #settings = DEFAULT_SETTINGS;
  /** Tags with budgets, by `tagSubject`. */
  #tagHolders: ReadonlyMap<string, LimitHolder> = new Map();
  /** Providers with their own route. */
  #routes: ReadonlyMap<string, Route> = new Map();
  #version: number | null = null;
  /** The keys still to be read; null once all are known. */
  #missing: MissingKeys | null = null;

  constructor(options: KnownStateOptions) {
    this.#options = options;
  }

  /** Null if nothing was loaded. */
  get version(): number | null {
    return this.#version;
  }

  /** The id after which the next part of the keys begins; null once all are known. */
  get nextPart(): string | null {
    return this.#missing?.afterId ?? null;
  }

  pools(provider: string): ProviderPools {
    let pools = this.#pools.get(provider);
    if (pools === undefined) {
      const { nowMs, random, uses } = this.#options;
      pools = new ProviderPools((section) => {
        const name = section === COMMON ? provider : `${provider}\n${section}`;
        this.#limitsDue.add(provider);
        return new KeyPool(random, { board: uses, name, nowMs });
      });
      this.#pools.set(provider, pools);
    }
    return pools;
  }

  *#eachPool(): Generator<KeyPool, void> {
    for (const pools of this.#pools.values()) yield* pools.all();
  }

  /** Providers with daily limits. */
  providersWithDailyLimits(): string[] {
    return [...this.#pools].flatMap(([slug, pools]) =>
      pools.all().some(({ hasDailyLimits }) => hasDailyLimits) ? [slug] : [],
    );
  }

  /** Requests that wait for a key, by provider. */
  queuedRequests(): Readonly<Record<string, number>> {
    const queued = [...this.#pools].map(([slug, pools]) => {
      const counts = pools.all().map((pool) => pool.queued);
      return [slug, counts.reduce((sum, count) => sum + count, 0)] as const;
    });
    return Object.fromEntries(queued.filter(([, count]) => count > 0));
  }

  /** Keys with a cap on their cost, by provider. */
  costCappedKeys(): ReadonlyMap<string, readonly string[]> {
    const capped = new Map<string, readonly string[]>();
    for (const [slug, pools] of this.#pools) {
      const keys = pools.all().flatMap(({ costCappedKeys }) => costCappedKeys);
      if (keys.length > 0) capped.set(slug, keys);
    }
    return capped;
  }

  /** Whether there is one that wasn't counted yet. */
  get hasUncountedCaps(): boolean {
    return this.#eachPool().some((pool) => pool.hasUncountedCaps);
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** By slug. */
  get customProviders(): ReadonlyMap<string, Provider> {
    return this.#customProviders;
  }

  /** By name. */
  get modelAliases(): ReadonlyMap<string, ModelAlias> {
    return this.#modelAliases;
  }

  /** Those of a request's tags that have budgets. */
  tagHolders(tags: Tags): readonly LimitHolder[] {
    if (this.#tagHolders.size === 0) return [];
    return Object.entries(tags).flatMap(
      ([name, value]) => this.#tagHolders.get(tagSubject(name, value)) ?? [],
    );
  }

  goesDirect(slug: string): boolean {
    return (this.#routes.get(slug) ?? this.#settings.upstream.route) === "direct";
  }

  accessToken(hash: string): AccessToken | undefined {
    return this.#tokens.get(hash);
  }

  /** Records a write of this isolate's own: what it wrote is already known here. */
  advance(version: number): void {
    if (this.#version === version - 1) this.#version = version;
  }

  /**
   * Applies what was read from the store. What this isolate recorded itself stays: cooldowns end no earlier, blocks
   * remain, unless a later reset is in the store.
   *
   * @param unwritten Events of this isolate that the rows may not include yet.
   */
  apply(changes: StateChanges, unwritten: readonly StateEvent[]): void {
    if (changes.since === null) {
      this.#forgetAllBut(changes);
    } else if (
      this.#version === null ||
      this.#version < changes.since ||
      this.#version >= changes.version
    ) {
      // Another read overtook this one.
      return;
    }
    for (const id of changes.deletedKeyIds) this.#removeKey(id);
    this.#takeKeys(changes.keys, changes.cooldowns);
    if (changes.isFirstPart === true) this.#missing = missingBesides(changes.keys);
    this.#takeMemberLimits(changes);
    this.#takeGroups(changes);
    for (const token of changes.tokens) this.#upsertToken(token);
    this.#takeProviders(changes);
    this.#takeAliases(changes);
    this.#takeLimits(changes);
    this.#settings = withSettingRows(
      changes.since === null ? DEFAULT_SETTINGS : this.#settings,
      changes.settings,
    );
    this.#routes = this.#ownRoutes();
    this.#tagHolders = tagHoldersOf(this.#settings.tags.limits);
    for (const event of unwritten) this.#replay(event);
    this.#version = changes.version;
  }

  /**
   * Applies a part of the missing keys. A key that was added or deleted by a change since is left as it is, because the
   * change may be newer than the part. A key with a lower priority than all known ones waits until all are known, so
   * that it isn't used while a better one is still to be read.
   */
  applyPart({ keys, cooldowns, nextAfterId }: KeyPart, unwritten: readonly StateEvent[]): void {
    const missing = this.#missing;
    if (missing === null) return;
    const isNew = ({ id }: KeyState) => !this.#keys.has(id) && !missing.gone.has(id);
    const [now, later]: [KeyState[], KeyState[]] = [[], []];
    for (const key of keys) {
      if (!isNew(key)) continue;
      const lastPriority = missing.lastPriorities.get(placeOf(key));
      if (lastPriority === undefined || key.priority <= lastPriority) now.push(key);
      else later.push(key);
    }
    this.#takeKeys(now, cooldowns);
    missing.later.push(...later);
    missing.laterCooldowns.push(...cooldownsOf(later, cooldowns));
    if (nextAfterId !== null) missing.afterId = nextAfterId;
    else {
      this.#missing = null;
      this.#takeKeys(missing.later.filter(isNew), missing.laterCooldowns);
    }
    this.#giveLimits();
    for (const event of unwritten) this.#replay(event);
  }

  #takeKeys(keys: readonly KeyState[], cooldowns: readonly CooldownState[]): void {
    const byKey = Map.groupBy(cooldowns, (cooldown) => cooldown.keyId);
    for (const key of keys) {
      const stored =
        byKey.size === 0
          ? undefined
          : byKey
              .get(key.id)
              ?.map(({ model, untilMs, reason }) => [model, { untilMs, reason }] as const);
      this.#upsertKey(key, stored === undefined ? NO_COOLDOWNS : new Map(stored));
    }
    for (const { keyId, model, untilMs, reason } of cooldowns) {
      this.#poolOf(keyId)?.cool(keyId, model, untilMs, reason);
    }
  }

  #forgetAllBut(changes: StateChanges): void {
    this.#missing = null;
    if (this.#keys.size > 0) {
      const present = new Set(changes.keys.map((key) => key.id));
      for (const id of this.#keys.keys()) {
        if (!present.has(id)) this.#removeKey(id);
      }
    }
    this.#tokens.clear();
    this.#tokenHashes.clear();
    this.#members.clear();
    this.#groups.clear();
  }

  #upsertKey(row: KeyState, cooldowns: ReadonlyMap<string, Cooldown>): void {
    const { resetAtMs } = row;
    const known = this.#keys.get(row.id);
    const section = sectionName(row.groups);
    const pool = this.pools(row.provider).of(row.groups);
    if (known !== undefined && known.provider !== row.provider) this.#removeKey(row.id);
    else if (known !== undefined && known.section !== section) {
      known.pool.handOver(row.id, pool);
      this.#removeKey(row.id);
    }
    const key = poolKeyOf(row, cooldowns);
    const before = pool.get(row.id);
    if (before !== undefined && known !== undefined && known.resetAtMs === resetAtMs) {
      const hasOtherCaps = JSON.stringify(before.caps) !== JSON.stringify(key.caps);
      for (const [model, cooldown] of before.cooldowns) {
        // Whether another cap is reached as well is counted again.
        if (hasOtherCaps && isCap(cooldown.reason)) continue;
        if ((key.cooldowns.get(model)?.untilMs ?? 0) >= cooldown.untilMs) continue;
        key.cooldowns = new Map(key.cooldowns).set(model, cooldown);
      }
    }
    pool.upsert(key);
    if (before !== undefined && known?.resetAtMs !== resetAtMs) pool.forget(row.id);
    this.#keys.set(row.id, { provider: row.provider, section, pool, resetAtMs });
  }

  #removeKey(id: string): void {
    this.#missing?.gone.add(id);
    const known = this.#keys.get(id);
    if (known === undefined) return;
    known.pool.remove(id);
    this.#pools.get(known.provider)?.removed(known.pool);
    this.#keys.delete(id);
  }

  #poolOf(keyId: string): KeyPool | undefined {
    return this.#keys.get(keyId)?.pool;
  }

  #upsertToken(row: TokenState): void {
    const oldHash = this.#tokenHashes.get(row.id);
    if (oldHash !== undefined) this.#tokens.delete(oldHash);
    if (row.status !== "active") return;
    this.#tokenHashes.set(row.id, row.tokenHash);
    const { id, name, ownerId, expiresAtMs } = row;
    const showsKey = row.kind === "playground";
    const budgetId = row.budgetId ?? id;
    const own: LimitHolder = { kind: "token", id, budgetId, limits: limitsOf(row) };
    this.#tokens.set(row.tokenHash, {
      ...{ id, name, ownerId, scopes: scopesOf(row), expiresAtMs, showsKey },
      ...(row.budgetId !== null && { familyId: row.budgetId }),
      ...shareOf(row),
      ...this.#groupOf(row.groupId, hasLimits(row) ? own : undefined, ownerId),
      ...tagsOf(row),
    });
  }

  /**
   * A token's group, and its limit holders: the token itself, its owner and its group, if they have limits. Other
   * tokens cost a request nothing extra.
   */
  #groupOf(groupId: string | null, own: LimitHolder | undefined, ownerId: string | null) {
    const member = ownerId === null ? undefined : this.#members.get(ownerId);
    const known = groupId === null ? undefined : this.#groups.get(groupId);
    // Of a group that isn't known, only the id counts: nothing is allowed that it may not allow.
    const group = known?.group ?? (groupId === null ? undefined : unknownGroup(groupId));
    const limitHolders = [own, member, known?.holder].filter((holder) => holder !== undefined);
    return {
      ...(group !== undefined && { group }),
      ...(limitHolders.length > 0 && { limitHolders }),
    };
  }

  /** Tokens whose owner or group has changed. */
  #renewTokens(hasChanged: (token: AccessToken) => boolean): void {
    for (const [hash, token] of this.#tokens) {
      if (!hasChanged(token)) continue;
      const { limitHolders = [], group, ...rest } = token;
      const own = limitHolders.find(({ kind }) => kind === "token");
      this.#tokens.set(hash, { ...rest, ...this.#groupOf(group?.id ?? null, own, token.ownerId) });
    }
  }

  #takeGroups({ groups, deletedGroups }: StateChanges): void {
    if (groups.length === 0 && deletedGroups.length === 0) return;
    for (const id of deletedGroups) this.#groups.delete(id);
    for (const row of groups) {
      const { id, name, weight, usesCommonKeys } = row;
      const holder = { kind: "group", id, budgetId: id, name, limits: limitsOf(row) } as const;
      const group = { id, weight, usesCommonKeys };
      this.#groups.set(id, { group, holder: hasLimits(row) ? holder : undefined });
    }
    const changed = new Set([...groups.map(({ id }) => id), ...deletedGroups]);
    this.#renewTokens(({ group }) => group !== undefined && changed.has(group.id));
  }

  #takeMemberLimits({ memberLimits }: StateChanges): void {
    if (memberLimits.length === 0) return;
    for (const { userId, ...limits } of memberLimits) {
      if (hasLimits(limits)) {
        const holder = { kind: "member", id: userId, budgetId: userId, limits } as const;
        this.#members.set(userId, holder);
      } else this.#members.delete(userId);
    }
    const changed = new Set(memberLimits.map(({ userId }) => userId));
    this.#renewTokens(({ ownerId }) => ownerId !== null && changed.has(ownerId));
  }

  #takeProviders({ since, customProviders, deletedProviders }: StateChanges): void {
    const providers = new Map(since === null ? [] : this.#customProviders);
    for (const slug of deletedProviders) providers.delete(slug);
    for (const row of customProviders) {
      providers.set(row.slug, customProvider(row, this.#options.allowPrivateUpstreams));
    }
    this.#customProviders = new Map(
      [...providers].sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  }

  #takeAliases({ since, modelAliases, deletedAliases }: StateChanges): void {
    const aliases = new Map(since === null ? [] : this.#modelAliases);
    for (const name of deletedAliases) aliases.delete(name);
    for (const alias of modelAliases) aliases.set(alias.name, alias);
    this.#modelAliases = aliases;
  }

  #takeLimits({ since, quotaLimits }: StateChanges): void {
    if (since === null) {
      for (const slug of this.#limits.keys()) this.#limitsDue.add(slug);
      this.#limits.clear();
    }
    for (const { provider, domain, rules } of quotaLimits) {
      const ofProvider = this.#limits.get(provider) ?? new Map<string, readonly LimitRule[]>();
      this.#limits.set(provider, ofProvider.set(domain, rules));
      this.#limitsDue.add(provider);
    }
    this.#giveLimits();
  }

  #giveLimits(): void {
    for (const slug of this.#limitsDue) {
      const domains = new Map(this.#limits.get(slug));
      const provider = domains.get("") ?? [];
      domains.delete("");
      for (const pool of this.#pools.get(slug)?.all() ?? []) {
        pool.setLimits({ provider, domains }, this.quotaDayZone(slug));
      }
    }
    this.#limitsDue.clear();
  }

  quotaDayZone(slug: string): Provider["quotaDayZone"] {
    const provider = providerOf(slug, (own) => this.#customProviders.get(own));
    return provider?.quotaDayZone ?? "UTC";
  }

  #ownRoutes(): Map<string, Route> {
    const routes = new Map(Object.entries(this.#settings.upstream.providers));
    for (const { slug, isAtGateway } of providersWith([...this.#customProviders.values()])) {
      if (!isAtGateway) routes.set(slug, "direct");
    }
    return routes;
  }

  #replay(event: StateEvent): void {
    if (event.kind !== "key-cooled" && event.kind !== "key-blocked") return;
    const { keyId, evidence } = event;
    const pool = this.#poolOf(keyId);
    if (pool === undefined || evidence.atMs <= (this.#keys.get(keyId)?.resetAtMs ?? 0)) return;
    if (event.kind === "key-cooled") pool.cool(keyId, event.model, event.untilMs, evidence.meaning);
    else if (pool.get(keyId)?.status === "active") pool.block(keyId);
  }
}

interface KnownKey {
  readonly provider: string;
  /** As named by `sectionName`. */
  readonly section: string;
  readonly pool: KeyPool;
  /** The last reset included in its known state. */
  readonly resetAtMs: number;
}

interface KnownGroup {
  readonly group: TokenGroup;
  /** Undefined if it has no limits. */
  readonly holder: LimitHolder | undefined;
}

function unknownGroup(id: string): TokenGroup {
  return { id, weight: 1, usesCommonKeys: false };
}

interface MissingKeys {
  /** The next part begins after it. */
  afterId: string;
  /** The lowest priority (highest number) among the known keys of each section that may serve. */
  readonly lastPriorities: ReadonlyMap<string, number>;
  /** Keys that were deleted, which a part may still contain. */
  readonly gone: Set<string>;
  /** Keys that wait until all are known, and their cooldowns. */
  readonly later: KeyState[];
  readonly laterCooldowns: CooldownState[];
}

function missingBesides(keys: readonly KeyState[]): MissingKeys {
  const lastPriorities = new Map<string, number>();
  for (const key of keys) {
    const { status, priority } = key;
    if (status !== "active") continue;
    const place = placeOf(key);
    lastPriorities.set(place, Math.max(priority, lastPriorities.get(place) ?? priority));
  }
  return { afterId: "", lastPriorities, gone: new Set(), later: [], laterCooldowns: [] };
}

/** The name of a key's section, among those of all providers. */
function placeOf({ provider, groups }: KeyState): string {
  return `${provider} ${sectionName(groups)}`;
}

function cooldownsOf(
  keys: readonly KeyState[],
  cooldowns: readonly CooldownState[],
): readonly CooldownState[] {
  const ids = new Set(keys.map(({ id }) => id));
  return cooldowns.filter(({ keyId }) => ids.has(keyId));
}

/** Field by field, because copying ten thousand rows as a whole takes several times as long. */
function poolKeyOf(row: KeyState, cooldowns: ReadonlyMap<string, Cooldown>): PoolKey {
  const caps = capsOf(row);
  return {
    id: row.id,
    provider: row.provider,
    sealed: row.sealed,
    masked: row.masked,
    status: row.status,
    weight: row.weight,
    priority: row.priority,
    quotaDomain: row.quotaDomain,
    models: row.models,
    limits: row.limits,
    ...(caps !== undefined && { caps }),
    cooldowns,
  };
}

/** Only what differs from most tokens. */
function shareOf({ weight, priorityClass, maxWaitSeconds, unpricedReserveUsd }: TokenState) {
  const priority = PRIORITY_CLASSES.indexOf(priorityClass);
  return {
    ...((weight !== 1 || priority !== 0) && { share: { weight, priority } }),
    ...(maxWaitSeconds !== null && { maxWaitMs: maxWaitSeconds * 1_000 }),
    ...(unpricedReserveUsd !== null && {
      unpricedReserveNanoUsd: unpricedReserveUsd * NANO_PER_USD,
    }),
  };
}

/** The same. */
function tagsOf({ fixedTags, requiredTags }: TokenState) {
  return {
    ...(fixedTags !== null && { fixedTags }),
    ...(requiredTags !== null && { requiredTags }),
  };
}

/** A token's lists of providers and models combine: every provider with every model. */
function scopesOf({ providers, models }: TokenState): readonly AccessScope[] | null {
  if (providers !== null) return providers.map((provider) => ({ provider, models }));
  return models === null ? null : [{ provider: null, models }];
}

function tagHoldersOf(limits: readonly TagLimit[]): ReadonlyMap<string, LimitHolder> {
  return new Map(
    limits.map((limit) => {
      const id = tagHolderId(limit.name, limit.value);
      const name = tagSubject(limit.name, limit.value);
      return [name, { kind: "tag", id, budgetId: id, name, limits: budgetsOf(limit) }];
    }),
  );
}
