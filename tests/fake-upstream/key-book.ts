/**
 * The keys that an upstream knows and what each does when used.
 * @module
 */
import { GATEWAY_LIMIT, HTML_PAGE } from "./gateway-errors.ts";
import type { ErrorContext } from "./provider-errors.ts";
import { errorsOf } from "./provider-errors.ts";
import type { KeyBehaviour, RawAnswer } from "./types.ts";

/** What happens to one request of a key. */
export type Decision =
  | { readonly kind: "serve"; readonly headersDelayMs: number; readonly chunkDelayMs: number }
  | { readonly kind: "refuse"; readonly answer: RawAnswer }
  | { readonly kind: "reset" };

/** A request served at once. */
export const SERVE = { kind: "serve", headersDelayMs: 0, chunkDelayMs: 0 } as const;

export class KeyBook {
  readonly #behaviours = new Map<string, KeyBehaviour>();
  /** For each behavior object: how often it was used, its window, its generator. */
  readonly #progress = new WeakMap<KeyBehaviour, Progress>();
  #unknown: (key: string, provider: string) => KeyBehaviour;

  /** `unknown` returns the behavior of a key without its own. */
  constructor(unknown: (key: string, provider: string) => KeyBehaviour) {
    this.#unknown = unknown;
  }

  set(key: string, behaviour: KeyBehaviour): void {
    // A copy, so that keys given the same object don't share one window.
    this.#behaviours.set(key, structuredClone(behaviour));
  }

  clear(unknown = this.#unknown): void {
    this.#behaviours.clear();
    this.#unknown = unknown;
  }

  decide(context: ErrorContext): Decision {
    const known = this.#behaviours.get(context.key);
    if (known !== undefined) return this.#apply(known, context);
    this.set(context.key, this.#unknown(context.key, context.provider));
    return this.decide(context);
  }

  #apply(behaviour: KeyBehaviour, context: ErrorContext): Decision {
    const errors = errorsOf(context);
    switch (behaviour.kind) {
      case "ok":
        return SERVE;
      case "invalid":
        return refuse(errors.invalid(context));
      case "banned":
        return refuse(errors.banned(context));
      case "out-of-credit":
        return refuse(errors.outOfCredit(context));
      case "region":
        return refuse(errors.region(context));
      case "html":
        return refuse(HTML_PAGE);
      case "gateway-limit":
        return refuse(GATEWAY_LIMIT);
      case "answer":
        return refuse(behaviour.answer);
      case "reset":
        return { kind: "reset" };
      case "slow-headers":
        return { ...SERVE, headersDelayMs: behaviour.delayMs };
      case "slow-chunks":
        return { ...SERVE, chunkDelayMs: behaviour.delayMs };
      case "flaky":
        return this.#of(behaviour).next(behaviour.seed) < behaviour.share
          ? refuse(errors.overloaded(context))
          : SERVE;
      case "sequence": {
        const turn = this.#of(behaviour).used++;
        const step = behaviour.steps[Math.min(turn, behaviour.steps.length - 1)];
        return step === undefined ? SERVE : this.#apply(step, context);
      }
      case "by-model": {
        const step = behaviour.models[context.model] ?? behaviour.otherwise;
        return step === undefined ? SERVE : this.#apply(step, context);
      }
      case "limited":
        return this.#limit(behaviour, context);
    }
  }

  #limit(behaviour: KeyBehaviour & { kind: "limited" }, context: ErrorContext): Decision {
    if (behaviour.models?.includes(context.model) === false) return SERVE;
    const progress = this.#of(behaviour);
    const now = Date.now();
    if (now >= progress.windowEndsAtMs) {
      progress.windowEndsAtMs = now + behaviour.windowMs;
      progress.used = 0;
    }
    if (progress.used < behaviour.requests) {
      progress.used++;
      return SERVE;
    }
    const errors = errorsOf(context);
    if (behaviour.states === "day") return refuse(errors.dayLimit(context));
    if (behaviour.states === "bare") return refuse(errors.bareLimit(context));
    return refuse(errors.minuteLimit(context, progress.windowEndsAtMs - now));
  }

  #of(behaviour: KeyBehaviour): Progress {
    let progress = this.#progress.get(behaviour);
    if (progress === undefined) {
      progress = new Progress();
      this.#progress.set(behaviour, progress);
    }
    return progress;
  }
}

class Progress {
  used = 0;
  windowEndsAtMs = 0;
  #state: number | null = null;

  /** The next number in [0, 1) of a generator started with `seed` (mulberry32). */
  next(seed: number): number {
    this.#state = ((this.#state ?? seed) + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

function refuse(answer: RawAnswer): Decision {
  return { kind: "refuse", answer };
}
