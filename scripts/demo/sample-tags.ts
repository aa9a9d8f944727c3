import type { Tags } from "../../lib/tags/tags.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** The tags that the demo counts usage by. */
export const SAMPLE_TAGS = ["customer", "feature"] as const;

const CUSTOMERS = ["acme", "globex", "initech", "hooli", "umbrella", "stark"].map(
  (value, place) => ({ value, weight: 1 / (place + 1) }),
);
const FEATURES = [
  { value: "support", weight: 5 },
  { value: "search", weight: 3 },
  { value: "translate", weight: 2 },
];

/** What one request in seven doesn't say. */
export function sampleTags(random: SeededRandom): Tags | undefined {
  if (random.chance(1 / 7)) return undefined;
  return { customer: random.pick(CUSTOMERS).value, feature: random.pick(FEATURES).value };
}
