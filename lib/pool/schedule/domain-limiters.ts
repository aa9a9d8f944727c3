/**
 * The rate limiters of one model, by quota domain. They outlive the order of the keys.
 * @module
 */
import { SharedLimitPrior } from "../learn/shared-limit-prior";
import { RateLimiter } from "../limits/rate-limiter";
import type { SharedDomains } from "../peers/model-sharing";
import { isOfTheDomain } from "../types";
import type { Group } from "./group";

export interface LimiterOptions {
  readonly model: string;
  /** Called with a new limiter, and when limits changed, to apply the configured limits. */
  prepare(limiter: RateLimiter, domain: string, nowMs: number): void;
  /** Whether a domain needs its limiter before its first request here. */
  isCounted(domain: string): boolean;
}

export class DomainLimiters implements SharedDomains {
  readonly prior = new SharedLimitPrior();
  readonly #options: LimiterOptions;
  readonly #limiters = new Map<string, RateLimiter>();
  /** Domains whose limiters have outdated limits. */
  readonly #stale = new Set<string>();

  constructor(options: LimiterOptions) {
    this.#options = options;
  }

  /** The limiter of a domain, if it was used before. */
  get(domain: string): RateLimiter | undefined {
    return this.#limiters.get(domain);
  }

  /** The domains used in this isolate. */
  used(): Iterable<[domain: string, limiter: RateLimiter]> {
    return this.#limiters;
  }

  /** The limiter of a domain that another isolate reported. */
  shared(domain: string, nowMs: number): RateLimiter {
    return this.#ofDomain(domain, nowMs);
  }

  of(group: Group, nowMs: number): RateLimiter {
    group.limiter ??= this.#ofDomain(group.id, nowMs);
    return group.limiter;
  }

  /** Gives away the limiter of a domain whose keys leave; undefined if it was never used. */
  release(domain: string): RateLimiter | undefined {
    const limiter = this.#limiters.get(domain);
    this.#limiters.delete(domain);
    return limiter;
  }

  /** Takes over the limiter of a domain whose keys come from another pool, before they are added. */
  adopt(domain: string, limiter: RateLimiter): void {
    this.#limiters.set(domain, limiter);
    this.#stale.add(domain);
  }

  /** Records that configured limits changed, for all domains or for one. */
  limitsChanged(domain: string | undefined): void {
    for (const name of domain === undefined ? this.#limiters.keys() : [domain]) {
      this.#stale.add(name);
    }
  }

  /** Gives new groups the limiters that their domains already have. */
  equip(groups: readonly Group[], nowMs: number): void {
    for (const domain of this.#stale) {
      const limiter = this.#limiters.get(domain);
      if (limiter !== undefined) this.#options.prepare(limiter, domain, nowMs);
    }
    this.#stale.clear();
    for (const group of groups) {
      // Groups of one domain share a limiter, which can't be left to the first of them to create.
      if (group.isShared) group.limiter = this.#ofGroup(group, nowMs);
      else if (this.#options.isCounted(group.id)) group.limiter = this.#ofDomain(group.id, nowMs);
      else group.limiter = this.#limiters.get(group.id) ?? null;
    }
  }

  /** The limiter of a named domain, in cooldown as long as any of its keys. */
  #ofGroup({ id: domain, entries }: Group, nowMs: number): RateLimiter {
    const limiter = this.#ofDomain(domain, nowMs);
    for (const { key } of entries) {
      const cooldown = key.cooldowns.get(this.#options.model);
      if (cooldown !== undefined && isOfTheDomain(cooldown.reason)) limiter.cool(cooldown.untilMs);
    }
    return limiter;
  }

  #ofDomain(domain: string, nowMs: number): RateLimiter {
    let limiter = this.#limiters.get(domain);
    if (limiter === undefined) {
      limiter = new RateLimiter(this.prior);
      this.#options.prepare(limiter, domain, nowMs);
      this.#limiters.set(domain, limiter);
    }
    return limiter;
  }
}
