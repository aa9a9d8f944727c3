/**
 * The pools of the models in use. Clients choose model names, so the number of pools is bounded.
 * @module
 */
import { ModelPool, type ModelPoolOptions } from "./model-pool";

/** The most groups that all models of one pool may have in total. */
const MAX_PLACES = 1_000_000;
const MAX_MODELS = 500;
const LEAST_MODELS = 4;

export class ModelPools {
  readonly #pools = new Map<string, ModelPool>();
  readonly #optionsOf: (model: string) => ModelPoolOptions;
  readonly #keys: () => number;

  /** @param keys The number of keys in the pool. */
  constructor(optionsOf: (model: string) => ModelPoolOptions, keys: () => number) {
    this.#optionsOf = optionsOf;
    this.#keys = keys;
  }

  /** The pool of a model, if it was requested before. */
  get(model: string): ModelPool | undefined {
    return this.#pools.get(model);
  }

  of(model: string): ModelPool {
    let known = this.#pools.get(model);
    if (known === undefined) {
      this.#makeRoom();
      known = new ModelPool(this.#optionsOf(model));
      this.#pools.set(model, known);
    }
    return known;
  }

  all(): Iterable<ModelPool> {
    return this.#pools.values();
  }

  named(): Iterable<[model: string, pool: ModelPool]> {
    return this.#pools;
  }

  clear(): void {
    this.#pools.clear();
  }

  #makeRoom(): void {
    const byKeys = Math.max(LEAST_MODELS, MAX_PLACES / Math.max(1, this.#keys()));
    while (this.#pools.size >= Math.min(MAX_MODELS, byKeys)) {
      let oldest: string | null = null;
      let oldestMs = Number.POSITIVE_INFINITY;
      for (const [name, pool] of this.#pools) {
        if (pool.isBusy || pool.usedMs >= oldestMs) continue;
        [oldest, oldestMs] = [name, pool.usedMs];
      }
      if (oldest === null) return;
      this.#pools.delete(oldest);
    }
  }
}
