/** How long a failure that no other key can fix is assumed to last. */
const INCURABLE_MS = 10_000;
const MAX_MODELS = 500;

/** Failures that no other key can fix, by model: a model that doesn't exist, a busy provider behind a router. */
export class IncurableFailures {
  readonly #known = new Map<string, { readonly rule: string; readonly untilMs: number }>();

  /** Whether the failure occurred within `INCURABLE_MS`. */
  has(model: string, rule: string, nowMs: number): boolean {
    const known = this.#known.get(model);
    return known !== undefined && known.rule === rule && nowMs < known.untilMs;
  }

  note(model: string, rule: string, nowMs: number): void {
    if (this.#known.size >= MAX_MODELS) this.#known.clear();
    this.#known.set(model, { rule, untilMs: nowMs + INCURABLE_MS });
  }
}
