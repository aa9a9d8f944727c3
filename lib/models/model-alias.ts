/**
 * The team's own names for models: plain data.
 * @module
 */

/** What a request may need from a model beyond text, and what a target may support. */
export const CAPABILITIES = ["tools", "vision", "json_schema"] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** `ordered`: the first that can serve; `weighted`: drawn by weight, for each request. */
export const ALIAS_CHOICES = ["ordered", "weighted"] as const;
export type AliasChoice = (typeof ALIAS_CHOICES)[number];

/**
 * Whether requests may be converted to another API for a target. `needed`: if its provider doesn't support the
 * request's API. `preferred`: also if it supports that besides its own API, in which it has more features (chat
 * completions at Anthropic and Google), and to Responses where OpenAI has a choice.
 */
export const ALIAS_CONVERSIONS = ["needed", "preferred", "never"] as const;
export type AliasConversion = (typeof ALIAS_CONVERSIONS)[number];

export interface RouteTarget {
  /** The provider's slug. */
  readonly provider: string;
  /** As the provider names it. */
  readonly model: string;
  /** 1 to 100; used if the choice is weighted. */
  readonly weight: number;
  /** Requests that need anything else skip it. */
  readonly capabilities: readonly Capability[];
}

export interface ModelAlias {
  /** The model's name in requests. */
  readonly name: string;
  readonly choice: AliasChoice;
  readonly targets: readonly RouteTarget[];
  readonly conversion: AliasConversion;
  /**
   * US dollars per million tokens: more expensive targets, and those with an unknown price, are skipped. Null for no
   * limit.
   */
  readonly maxInputUsd: number | null;
  readonly maxOutputUsd: number | null;
}
