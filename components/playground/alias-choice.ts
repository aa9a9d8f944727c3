import type { ModelAlias } from "@/lib/models/model-alias";

/** An alias of models, and where it may lead, as `{provider}/{model}`. */
export interface AliasChoice {
  readonly name: string;
  readonly targets: readonly string[];
}

export function toAliasChoice({ name, targets }: ModelAlias): AliasChoice {
  return { name, targets: targets.map(({ provider, model }) => `${provider}/${model}`) };
}
