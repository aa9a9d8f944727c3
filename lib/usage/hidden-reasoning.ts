/**
 * How much a model reasoned whose response was cut off, if it shows that it reasons but not what.
 *
 * Encrypted reasoning reveals its length: OpenAI's `encrypted_content` in Responses takes about 950 bytes plus 6.5 per
 * token. Without it, the requested effort is used. Checked against 121 recorded responses of public test suites: with
 * encrypted reasoning, half of all estimates are within a factor of 1.2 of the true output, by the effort within 1.8.
 * @module
 */

const SEALED_BYTES_A_TOKEN = 6.5;

/** The least number of reasoning tokens by effort. */
const LEAST_TOKENS: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 64,
  low: 96,
  medium: 96,
  high: 1_536,
  xhigh: 1_536,
};
/** If the response doesn't say. */
const USUAL_TOKENS = 96;

/** @param sealedBytes Length of the encrypted reasoning, without the overhead of each piece. */
export function sealedTokens(sealedBytes: number): number {
  return Math.ceil(sealedBytes / SEALED_BYTES_A_TOKEN);
}

/**
 * @param effort As named in the response; null if it names none.
 * @param visibleTokens What it wrote: long outputs come with much reasoning.
 */
export function unsealedTokens(effort: string | null, visibleTokens: number): number {
  const least = (effort === null ? undefined : LEAST_TOKENS[effort]) ?? USUAL_TOKENS;
  return least === 0 ? 0 : Math.max(least, visibleTokens);
}
