import type { ModelAlias } from "@/lib/models/model-alias";

/** A model alias and its targets, as `{provider}/{model}`. */
export interface AliasChoice {
  readonly name: string;
  readonly targets: readonly string[];
}

export function toAliasChoice({ name, targets }: ModelAlias): AliasChoice {
  return { name, targets: targets.map(({ provider, model }) => `${provider}/${model}`) };
}
