/**
 * Names of the team's own that stand for models: plain data.
 * @module
 */

/** What a request may ask of a model beyond text, and a target may be marked for. */
export const CAPABILITIES = ["tools", "vision", "json_schema"] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** `ordered`: the first that can serve; `weighted`: drawn by weight, request by request. */
export const ALIAS_CHOICES = ["ordered", "weighted"] as const;
export type AliasChoice = (typeof ALIAS_CHOICES)[number];

/**
 * Whether requests may be said in another API for a target. `needed`: where its provider does not speak that of the
 * request. `preferred`: also where it speaks it beside its own, in which it has more (chat completions at Anthropic).
 */
export const ALIAS_CONVERSIONS = ["needed", "preferred", "never"] as const;
export type AliasConversion = (typeof ALIAS_CONVERSIONS)[number];

export interface RouteTarget {
  /** Slug. */
  readonly provider: string;
  /** As the provider names it. */
  readonly model: string;
  /** 1 to 100; counts where the choice is weighted. */
  readonly weight: number;
  /** Requests that need something else pass it over. */
  readonly capabilities: readonly Capability[];
}

export interface ModelAlias {
  /** What requests name as their model. */
  readonly name: string;
  readonly choice: AliasChoice;
  readonly targets: readonly RouteTarget[];
  readonly conversion: AliasConversion;
  /** US dollars per million tokens: more expensive targets, and those of unknown price, are passed over. Null for no limit. */
  readonly maxInputUsd: number | null;
  readonly maxOutputUsd: number | null;
}
