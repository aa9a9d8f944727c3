/**
 * How much a model thought whose answer was cut off, where it shows that it thinks but not what.
 *
 * A sealed thought tells its length: what OpenAI's Responses send as `encrypted_content` takes some 950 bytes and
 * 6.5 more for each token. Without one there is the effort that was asked for. Checked against 121 recorded
 * answers of public test suites: with the seal half of all estimates are within 1.2 times the true output, by the
 * effort within 1.8 times.
 * @module
 */

const SEALED_BYTES_A_TOKEN = 6.5;

/** What a model thinks at least by the effort that it makes. */
const LEAST_TOKENS: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 64,
  low: 96,
  medium: 96,
  high: 1_536,
  xhigh: 1_536,
};
/** Where the answer does not say. */
const USUAL_TOKENS = 96;

/** @param sealedBytes Length of the sealed thoughts, less what is around each. */
export function sealedTokens(sealedBytes: number): number {
  return Math.ceil(sealedBytes / SEALED_BYTES_A_TOKEN);
}

/**
 * @param effort As the answer names it; null where it names none.
 * @param visibleTokens What it wrote: those that write much think much.
 */
export function unsealedTokens(effort: string | null, visibleTokens: number): number {
  const least = (effort === null ? undefined : LEAST_TOKENS[effort]) ?? USUAL_TOKENS;
  return least === 0 ? 0 : Math.max(least, visibleTokens);
}
