/**
 * The price of speech that is billed by characters.
 *
 * Sources, read in November 2026: ElevenLabs' "API pricing" ($0.10 for 1,000 characters of Multilingual v2 and v3, half
 * of it for Flash and Turbo, which its `character-cost` counts as half a character); Deepgram's "Pricing".
 * @module
 */

interface CharacterPrice {
  readonly model: RegExp;
  readonly usdPerThousand: number;
}

/** By slug; the first match counts. */
const PRICES: Readonly<Record<string, readonly CharacterPrice[]>> = {
  elevenlabs: [{ model: /^/, usdPerThousand: 0.1 }],
  deepgram: [
    { model: /^aura-2/, usdPerThousand: 0.03 },
    { model: /^aura/, usdPerThousand: 0.015 },
  ],
};

/** US dollars; null if no price is known. */
export function charactersUsd(
  provider: string,
  model: string | null,
  characters: number,
): number | null {
  const price = PRICES[provider]?.find((each) => each.model.test(model ?? ""));
  return price === undefined ? null : (price.usdPerThousand * characters) / 1_000;
}
