/**
 * The keys of one provider, divided by whom they serve: every key is in exactly one section, the set of groups that it
 * serves, and each section is a pool of its own. So a key that serves a group can't be picked for anyone else, its
 * limits are counted once, and a pick takes no longer however many keys other sections have.
 * @module
 */
import type { KeyPool } from "../key-pool";
import type { TokenGroup } from "../types";
import { JoinedKeys, type KeySource, type SectionOrder } from "./joined-keys";

interface Section {
  readonly groups: readonly string[];
  readonly pool: KeyPool;
}

/** The name of the section of the common keys, which serve everyone. */
export const COMMON = "";

/**
 * The name of the section with the keys that serve these groups.
 * @param groups Sorted ids; null for a common key. A key that serves none is in a section that no one may use.
 */
export function sectionName(groups: readonly string[] | null): string {
  return groups === null ? COMMON : `=${groups.join("+")}`;
}

export class ProviderPools {
  /** Exists even without keys: a request may wait for the first. */
  readonly common: KeyPool;
  readonly #newPool: (section: string) => KeyPool;
  readonly #sections = new Map<string, Section>();
  /** What the tokens of each group may use. */
  readonly #joined = new Map<string, JoinedKeys>();
  /** Created on first use, as the others. */
  #all: JoinedKeys | null = null;

  constructor(newPool: (section: string) => KeyPool) {
    this.#newPool = newPool;
    this.common = newPool(COMMON);
  }

  /** The pool for the keys that serve these groups. */
  of(groups: readonly string[] | null): KeyPool {
    if (groups === null) return this.common;
    const name = sectionName(groups);
    let section = this.#sections.get(name);
    if (section === undefined) {
      section = { groups, pool: this.#newPool(name) };
      this.#sections.set(name, section);
      this.#forgetOrder();
    }
    return section.pool;
  }

  all(): readonly KeyPool[] {
    if (this.#sections.size === 0) return [this.common];
    return [this.common, ...this.#sections.values().map(({ pool }) => pool)];
  }

  /** The keys that serve a caller. */
  forCaller(group: TokenGroup | undefined): KeySource {
    if (group === undefined) return this.common;
    const { id, usesCommonKeys } = group;
    const name = `${id} ${usesCommonKeys}`;
    let joined = this.#joined.get(name);
    if (joined === undefined) {
      joined = new JoinedKeys(() => this.#inOrder(id, usesCommonKeys));
      this.#joined.set(name, joined);
    }
    return joined;
  }

  /** Every key: for requests of One Balance itself, which are free. */
  everyKey(): KeySource {
    if (this.#sections.size === 0) return this.common;
    this.#all ??= new JoinedKeys(() => ({ pools: this.all(), own: null }));
    return this.#all;
  }

  /** Discards a section without keys, unless requests wait in it. */
  removed(pool: KeyPool): void {
    if (pool === this.common || pool.size > 0 || pool.queued > 0) return;
    for (const [name, section] of this.#sections) {
      if (section.pool !== pool) continue;
      this.#sections.delete(name);
      this.#forgetOrder();
      return;
    }
  }

  /** A group's own keys first, then those that it shares with fewer others, then the common ones. */
  #inOrder(groupId: string, usesCommonKeys: boolean): SectionOrder {
    const sections = [...this.#sections.values()]
      .filter(({ groups }) => groups.includes(groupId))
      .sort((one, other) => one.groups.length - other.groups.length)
      .map(({ pool }) => pool);
    const own = this.#sections.get(sectionName([groupId]))?.pool ?? null;
    return { pools: usesCommonKeys ? [...sections, this.common] : sections, own };
  }

  #forgetOrder(): void {
    this.#all?.forgetOrder();
    for (const joined of this.#joined.values()) joined.forgetOrder();
  }
}
