/**
 * The proxy's state without a store, for the handler alone.
 * @module
 */

import type { LimitHolder } from "../../lib/budgets/limit-holder.ts";
import type { ModelAlias } from "../../lib/models/model-alias.ts";
import { KeyPool } from "../../lib/pool/key-pool.ts";
import type { KeySource } from "../../lib/pool/sections/joined-keys.ts";
import { ProviderPools } from "../../lib/pool/sections/provider-pools.ts";
import type { PoolKey, TokenGroup } from "../../lib/pool/types.ts";
import type { Provider } from "../../lib/providers/types.ts";
import type { AccessToken, ProxyState, StateEvent, StoredThing } from "../../lib/proxy/ports.ts";
import type { Tags } from "../../lib/tags/tags.ts";

/** The team's settings for upstreams. */
export interface MemoryUpstreams {
  readonly customProviders?: readonly Provider[];
  /** Slugs of providers that are called directly. */
  readonly direct?: readonly string[];
}

export class MemoryState implements ProxyState {
  readonly #pools = new Map<string, ProviderPools>();
  readonly #tokens: ReadonlyMap<string, AccessToken>;
  readonly #upstreams: MemoryUpstreams;
  #aliases: ReadonlyMap<string, ModelAlias> = new Map();
  /** What the proxy recorded, oldest first. */
  readonly events: StateEvent[] = [];

  constructor(tokens: ReadonlyMap<string, AccessToken>, upstreams: MemoryUpstreams = {}) {
    this.#tokens = tokens;
    this.#upstreams = upstreams;
  }

  setKeys(provider: string, texts: readonly string[]): void {
    const pool = new KeyPool(Math.random);
    for (const text of texts) pool.upsert(newKey(provider, text));
    this.setPool(provider, pool);
  }

  readonly isLoaded = true;

  /** Sets the common keys. */
  setPool(provider: string, common: KeyPool): void {
    const sections = [common];
    this.#pools.set(provider, new ProviderPools(() => sections.pop() ?? new KeyPool(Math.random)));
  }

  /** Adds keys that serve these groups only. */
  addGroupKeys(provider: string, groups: readonly string[], texts: readonly string[]): void {
    const pool = this.#poolsOf(provider).of(groups);
    for (const text of texts) pool.upsert(newKey(provider, text));
  }

  pool(provider: string): KeyPool;
  pool(provider: string, group: TokenGroup | undefined): KeySource;
  pool(provider: string, group?: TokenGroup): KeySource {
    return this.#poolsOf(provider).forCaller(group);
  }

  everyKey(provider: string): KeySource {
    return this.#poolsOf(provider).everyKey();
  }

  #poolsOf(provider: string): ProviderPools {
    let pools = this.#pools.get(provider);
    if (pools === undefined) {
      pools = new ProviderPools(() => new KeyPool(Math.random));
      this.#pools.set(provider, pools);
    }
    return pools;
  }

  customProvider(slug: string): Provider | undefined {
    return this.customProviders().find((provider) => provider.slug === slug);
  }

  customProviders(): readonly Provider[] {
    return this.#upstreams.customProviders ?? [];
  }

  modelAliases(): ReadonlyMap<string, ModelAlias> {
    return this.#aliases;
  }

  setAliases(...aliases: readonly ModelAlias[]): void {
    this.#aliases = new Map(aliases.map((alias) => [alias.name, alias]));
  }

  /** By the tag, as `name=value`. */
  readonly tagLimits = new Map<string, LimitHolder>();

  tagHolders(tags: Tags): readonly LimitHolder[] {
    return Object.entries(tags).flatMap(
      ([name, value]) => this.tagLimits.get(`${name}=${value}`) ?? [],
    );
  }

  goesDirect(slug: string): boolean {
    return this.#upstreams.direct?.includes(slug) ?? false;
  }

  ready(): null {
    return null;
  }

  whole(): null {
    return null;
  }

  async findAccessToken(text: string): Promise<AccessToken | null> {
    return this.#tokens.get(text) ?? null;
  }

  async openKey(key: PoolKey): Promise<string> {
    return key.sealed;
  }

  storedThings(provider: string, resources: readonly string[]): ReadonlyMap<string, StoredThing> {
    const things = new Map<string, StoredThing>();
    for (const event of this.events) {
      if (event.kind !== "resource-seen" || event.provider !== provider) continue;
      if (!resources.includes(event.resource)) continue;
      const { keyId, tokenId, userId, groupId } = event;
      const known = things.get(event.resource);
      if (known !== undefined && event.isMentioned === true) continue;
      const made = { keyId, tokenId, userId, ...(groupId !== undefined && { groupId }) };
      things.set(event.resource, known ? { ...known, keyId } : made);
    }
    return things;
  }

  record(event: StateEvent): void {
    this.events.push(event);
  }

  shareUse(): void {}

  afterResponse(): null {
    return null;
  }
}

function newKey(provider: string, text: string): PoolKey {
  return {
    id: `pk_${text}`,
    provider,
    sealed: text,
    masked: text,
    status: "active",
    weight: 1,
    priority: 0,
    quotaDomain: null,
    limits: null,
    models: null,
    cooldowns: new Map(),
  };
}
