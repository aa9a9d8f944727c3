/** What no key cures is taken to last so long. */
const INCURABLE_MS = 10_000;
const MAX_MODELS = 500;

/** Failures that no key cures, by model: one that does not exist, a provider behind the provider that is busy. */
export class IncurableFailures {
  readonly #known = new Map<string, { readonly rule: string; readonly untilMs: number }>();

  /** Whether the failure was met a moment ago. */
  has(model: string, rule: string, nowMs: number): boolean {
    const known = this.#known.get(model);
    return known !== undefined && known.rule === rule && nowMs < known.untilMs;
  }

  note(model: string, rule: string, nowMs: number): void {
    if (this.#known.size >= MAX_MODELS) this.#known.clear();
    this.#known.set(model, { rule, untilMs: nowMs + INCURABLE_MS });
  }
}
