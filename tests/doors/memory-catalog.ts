import type { ModelCatalog, ModelList } from "../../lib/proxy/ports.ts";

/** Model lists of a handler without a store. */
export class MemoryCatalog implements ModelCatalog {
  readonly #lists = new Map<string, ModelList>();

  async lists(): Promise<ReadonlyMap<string, ModelList>> {
    return this.#lists;
  }

  async keep(slug: string, list: ModelList): Promise<void> {
    this.#lists.set(slug, list);
  }
}
