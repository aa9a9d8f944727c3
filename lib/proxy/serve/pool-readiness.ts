/**
 * Whether models can be served now, or when. Many are asked about at once, so nothing is created for models that
 * weren't requested yet: for these, the keys' cooldowns decide.
 * @module
 */
import { modelMatches } from "../../models/model-matches";
import type { KeySource } from "../../pool/sections/joined-keys";
import { type CooldownTarget, cooldownName, EVERY_MODEL, type PoolKey } from "../../pool/types";

/** `null`: no key serves it. Otherwise epoch milliseconds; now or earlier if it is ready. */
export type ReadyAtMs = number | null;

export class PoolReadiness {
  readonly #pool: KeySource;
  readonly #nowMs: number;
  readonly #active: readonly PoolKey[];
  /** Whether a key that may serve every model isn't in cooldown for any. */
  readonly #isOpen: boolean;

  constructor(pool: KeySource, nowMs: number) {
    this.#pool = pool;
    this.#nowMs = nowMs;
    this.#active = [...pool.keys()].filter(({ status }) => status === "active");
    this.#isOpen = this.#active.some(
      ({ models, cooldowns }) => models === null && cooldowns.size === 0,
    );
  }

  of(model: string): ReadyAtMs {
    const known = this.#pool.knownAvailability(model, this.#nowMs);
    if (known !== null) return known.readyAtMs;
    if (this.#isOpen) return this.#nowMs;
    const scope: CooldownTarget = { every: false, model };
    const name = cooldownName(scope);
    let firstMs: number | null = null;
    for (const { models, cooldowns } of this.#active) {
      if (!modelMatches(models, model)) continue;
      const applicable = [cooldowns.get(EVERY_MODEL), cooldowns.get(name)];
      const atMs = Math.max(this.#nowMs, ...applicable.map((rest) => cooldownEndMs(rest)));
      firstMs = Math.min(firstMs ?? atMs, atMs);
      if (firstMs <= this.#nowMs) break;
    }
    return firstMs;
  }
}

/** A guess rejects no request. */
function cooldownEndMs(rest: { readonly untilMs: number; readonly isGuess?: boolean } | undefined) {
  return rest === undefined || rest.isGuess === true ? 0 : rest.untilMs;
}
