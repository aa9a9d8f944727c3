import type { SourceCooldown, SourceKey, SourceState } from "./source-key";

export interface MergedKeys {
  readonly keys: readonly SourceKey[];
  /** Entries that added information about a key that was already there. */
  readonly repeated: number;
}

/** Merges all entries for the same key of the same service. */
export function mergeSameKeys(keys: readonly SourceKey[]): MergedKeys {
  const merged = new Map<string, SourceKey>();
  for (const key of keys) {
    const place = JSON.stringify([key.text, key.service ?? key.hint, key.baseUrl]);
    const known = merged.get(place);
    merged.set(place, known === undefined ? key : merge(known, key));
  }
  return { keys: [...merged.values()], repeated: keys.length - merged.size };
}

function merge(first: SourceKey, second: SourceKey): SourceKey {
  const { models: _, ...settings } = { ...second.settings, ...first.settings };
  const models = bothOf(first.settings.models, second.settings.models);
  return {
    ...first,
    settings: { ...settings, ...(models && { models }) },
    state: betterOf(first.state, second.state),
    cooldowns: longestOf([...first.cooldowns, ...second.cooldowns]),
  };
}

/** A key without a list may serve every model. */
function bothOf(
  first: readonly string[] | undefined,
  second: readonly string[] | undefined,
): readonly string[] | undefined {
  if (first === undefined || second === undefined) return undefined;
  return [...new Set([...first, ...second])];
}

/** What works in one place works: elsewhere it was disabled for another reason than the key. */
function betterOf(first: SourceState, second: SourceState): SourceState {
  const order: readonly SourceState["kind"][] = ["active", "disabled", "blocked"];
  return order.indexOf(second.kind) < order.indexOf(first.kind) ? second : first;
}

function longestOf(cooldowns: readonly SourceCooldown[]): SourceCooldown[] {
  const byModel = new Map<string, SourceCooldown>();
  for (const cooldown of cooldowns) {
    const known = byModel.get(cooldown.model);
    if (known === undefined || known.untilMs < cooldown.untilMs) {
      byModel.set(cooldown.model, cooldown);
    }
  }
  return [...byModel.values()];
}
