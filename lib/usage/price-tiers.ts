/**
 * What a response costs more or less for how it was served.
 *
 * Sources, read in November 2026: OpenAI's "Pricing" (Batch and Flex at half the price) and "Fast mode" (priority
 * processing until July 2026) by model; Anthropic's "Pricing" (batch, fast mode, data residency); the Gemini API's
 * "Optimization" (Flex and Batch at half, Priority at 1.8 times the price); Amazon Bedrock's "Service tiers". What
 * Anthropic calls priority is paid for by commitment, at the prices of its contract.
 * @module
 */
import type { Tier } from "./types";

interface TierPrice {
  /** Matches the list's model. */
  readonly model: RegExp;
  readonly factor: number;
}

const ANY = /^/;
const HALF: readonly TierPrice[] = [{ model: ANY, factor: 0.5 }];

/** The first match counts. */
const OPENAI_FAST: readonly TierPrice[] = [
  { model: /^gpt-4\.1-nano/, factor: 2 },
  { model: /^gpt-4\.1/, factor: 1.75 },
  { model: /^gpt-4o-mini/, factor: 5 / 3 },
  { model: /^gpt-4o-2024-05-13/, factor: 1.75 },
  { model: /^gpt-4o/, factor: 1.7 },
  { model: /^gpt-5-mini/, factor: 1.8 },
  { model: /^gpt-5\.5(?!-pro)/, factor: 2.5 },
  { model: /^o3(?!-)/, factor: 1.75 },
  { model: /^o4-mini/, factor: 20 / 11 },
  { model: ANY, factor: 2 },
];

const OPENAI: TierPrices = { flex: HALF, batch: HALF, priority: OPENAI_FAST, fast: OPENAI_FAST };

type TierPrices = Readonly<Partial<Record<Tier, readonly TierPrice[]>>>;

/** By the list's name of the provider. */
const TIERS: Readonly<Record<string, TierPrices>> = {
  openai: OPENAI,
  azure: { batch: HALF, priority: OPENAI_FAST },
  anthropic: {
    batch: HALF,
    fast: [
      { model: /opus-4-[67]/, factor: 6 },
      { model: ANY, factor: 2 },
    ],
  },
  google: { flex: HALF, batch: HALF, priority: [{ model: ANY, factor: 1.8 }] },
  aws: { flex: HALF, batch: HALF, priority: [{ model: ANY, factor: 1.75 }] },
  groq: { batch: HALF },
  mistral: { batch: HALF },
};

/** The factor for inference only in the United States, for models since Opus 4.6. */
const US_ONLY_FACTOR = 1.1;
const US_ONLY_MODELS = /-(?:opus|sonnet)-4-[6-9]|-(?:opus|sonnet|haiku|fable)-[5-9]/;

/**
 * @param id The list's name of the provider.
 * @param model The list's name of the model.
 * @returns 1 if no difference is known.
 */
export function tierFactor(
  id: string,
  model: string,
  tier: Tier | null,
  isUsOnly: boolean,
): number {
  const prices = tier === null ? undefined : TIERS[id]?.[tier];
  const served = prices?.find((price) => price.model.test(model))?.factor ?? 1;
  const place = isUsOnly && id === "anthropic" && US_ONLY_MODELS.test(model) ? US_ONLY_FACTOR : 1;
  return served * place;
}
