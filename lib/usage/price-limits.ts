import type { PricePerMillion } from "./price";

/** In US dollars per million tokens; null for no limit. */
export interface PriceLimits {
  readonly maxInputUsd: number | null;
  readonly maxOutputUsd: number | null;
}

/** Whether a price is within the limits. An unknown one is within none. */
export function judgePrice(
  { maxInputUsd, maxOutputUsd }: PriceLimits,
  price: PricePerMillion | null,
): "fits" | "too_expensive" | "unknown_price" {
  if (maxInputUsd === null && maxOutputUsd === null) return "fits";
  if (price === null) return "unknown_price";
  const fits =
    price.inputUsd <= (maxInputUsd ?? Number.POSITIVE_INFINITY) &&
    price.outputUsd <= (maxOutputUsd ?? Number.POSITIVE_INFINITY);
  return fits ? "fits" : "too_expensive";
}
