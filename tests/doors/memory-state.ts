/**
 * The proxy's state without a store, for the handler on its own.
 * @module
 */
import { KeyPool } from "../../lib/pool/key-pool.ts";
import type { PoolKey } from "../../lib/pool/types.ts";
import type { AccessToken, ProxyState, StateEvent } from "../../lib/proxy/ports.ts";

export class MemoryState implements ProxyState {
  readonly #pools = new Map<string, KeyPool>();
  readonly #tokens: ReadonlyMap<string, AccessToken>;
  /** What the proxy noted, oldest first. */
  readonly events: StateEvent[] = [];

  constructor(tokens: ReadonlyMap<string, AccessToken>) {
    this.#tokens = tokens;
  }

  setKeys(provider: string, texts: readonly string[]): void {
    const pool = new KeyPool(Math.random);
    for (const text of texts) pool.upsert(newKey(provider, text));
    this.#pools.set(provider, pool);
  }

  pool(provider: string): KeyPool {
    let pool = this.#pools.get(provider);
    if (pool === undefined) {
      pool = new KeyPool(Math.random);
      this.#pools.set(provider, pool);
    }
    return pool;
  }

  customProvider(): undefined {
    return undefined;
  }

  customProviders(): readonly [] {
    return [];
  }

  goesDirect(): boolean {
    return false;
  }

  ready(): null {
    return null;
  }

  async findAccessToken(text: string): Promise<AccessToken | null> {
    return this.#tokens.get(text) ?? null;
  }

  async openKey(key: PoolKey): Promise<string> {
    return key.sealed;
  }

  record(event: StateEvent): void {
    this.events.push(event);
  }

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
    models: null,
    cooldowns: new Map(),
  };
}
