/**
 * The list prices of `@pydantic/genai-prices`.
 *
 * Its `calcPrice` takes 20 to 50 µs, which at full load would be a tenth of all work; but between two tiers it is
 * linear in the counts. So it is called once per model and tier to find the price per token of each kind, and these
 * rates are then multiplied (`price.test.ts` compares the two).
 * @module
 */
import type { ModelPrice, Usage as Units } from "@pydantic/genai-prices";
import type { ListName } from "./price-names";
import type { Usage } from "./types";

export type PriceLibrary = Pick<typeof import("./price-library"), "calcPrice">;

/** Kinds of tokens that are part of the input or the output, and may have their own price. */
const PARTS = {
  cache_read_tokens: "cachedInputTokens",
  cache_write_tokens: "cacheWriteTokens",
  cache_write_1h_tokens: "cacheWriteHourTokens",
  input_audio_tokens: "inputAudioTokens",
  output_audio_tokens: "outputAudioTokens",
  input_image_tokens: "inputImageTokens",
  output_image_tokens: "outputImageTokens",
  cache_audio_read_tokens: "cachedAudioTokens",
} as const satisfies Record<string, keyof Usage>;

type Part = keyof typeof PARTS;

/** Parts of parts: their price is what they cost more than the part that contains them. */
const WHOLES: Readonly<Partial<Record<Part, readonly string[]>>> = {
  cache_write_1h_tokens: ["cache_write_tokens"],
  cache_audio_read_tokens: ["cache_read_tokens", "input_audio_tokens"],
};

/** The package requires these if two kinds overlap: cached tokens are assumed to be text. */
const NO_OVERLAP: Units = {
  cache_audio_read_tokens: 0,
  cache_audio_write_tokens: 0,
  cache_image_read_tokens: 0,
  cache_image_write_tokens: 0,
  cache_audio_write_1h_tokens: 0,
  cache_image_write_1h_tokens: 0,
};

/** US dollars. */
interface Rates {
  readonly perRequest: number;
  readonly perInput: number;
  readonly perOutput: number;
  /** What a token costs more (or less) for being of this kind. Determined when the first is counted. */
  readonly extra: (part: Part) => number;
}

interface KnownModel {
  /** Input counts above which other prices apply, ascending. */
  readonly tierStarts: readonly number[];
  /** Rates by how many of these thresholds the input exceeds. */
  readonly rates: Map<number, Rates>;
}

const MAX_KNOWN_MODELS = 2_000;
const MINUTE_MS = 60_000;
const PROBED_TOKENS = 1_000;
const MILLION = 1e6;

/** Where the list confuses two models. */
const CORRECTIONS: readonly {
  readonly id: string;
  readonly model: RegExp;
  /** US dollars per million tokens, from the vendor's page. */
  readonly input: number;
  readonly output: number;
}[] = [
  // aws.amazon.com/bedrock/pricing: Titan Text Embeddings V2, confused with the first version, which costs five times
  // as much.
  { id: "aws", model: /amazon\.titan-embed-text-v2/, input: 0.02, output: 0 },
];

export class PriceList {
  readonly #library: PriceLibrary;
  /** By provider and model, with the minute if prices depend on the time; null for unknown models. */
  readonly #models = new Map<string, KnownModel | null>();
  readonly #timed = new Set<string>();

  constructor(library: PriceLibrary) {
    this.#library = library;
  }

  /** US dollars; null if the model isn't known by this name, or nothing that it bills was counted. */
  costUsd({ id, model }: ListName, usage: Usage, atMs: number): number | null {
    const { inputTokens, outputTokens } = usage;
    if (inputTokens !== null || outputTokens !== null) {
      const known = this.#knownModel(id, model, atMs);
      if (known !== null) {
        // The long-prompt tier depends on each single response.
        const each = (inputTokens ?? 0) / usage.answers;
        return sumUsd(this.#rates(known, id, model, each, atMs), usage);
      }
    }
    const sold = unitsSold(usage);
    if (sold === null) return null;
    // Recordings have minimum lengths, and pages are rare: the package is called each time.
    const price = this.#ask(id, model, sold, atMs);
    // Billed by something else.
    return price === null || price.total_price === 0 ? null : price.total_price;
  }

  #knownModel(id: string, model: string, atMs: number): KnownModel | null {
    const name = `${id} ${model}`;
    const key = this.#timed.has(name) ? `${name} ${Math.floor(atMs / MINUTE_MS)}` : name;
    const found = this.#models.get(key);
    if (found !== undefined) return found;
    const corrected = correction(id, model);
    if (corrected !== null) {
      this.#models.set(key, corrected);
      return corrected;
    }
    const price = this.#ask(id, model, { input_tokens: 0 }, atMs);
    if (this.#models.size >= MAX_KNOWN_MODELS) this.#models.clear();
    if (price !== null && Array.isArray(price.model.prices) && !this.#timed.has(name)) {
      this.#timed.add(name);
      return this.#knownModel(id, model, atMs);
    }
    const known =
      price === null || !isSoldByTokens(price.model_price)
        ? null
        : { tierStarts: tierStarts(price.model_price), rates: new Map() };
    this.#models.set(key, known);
    return known;
  }

  #rates(known: KnownModel, id: string, model: string, inputTokens: number, atMs: number): Rates {
    const tier = known.tierStarts.filter((start) => inputTokens > start).length;
    const found = known.rates.get(tier);
    if (found !== undefined) return found;
    // Two inputs of this tier: above its threshold, and far enough apart.
    const low = (known.tierStarts[tier - 1] ?? 0) + PROBED_TOKENS;
    const ask = (units: Units) => this.#ask(id, model, units, atMs)?.total_price ?? 0;
    const base = ask({ input_tokens: low });
    const perInput = (ask({ input_tokens: low + PROBED_TOKENS }) - base) / PROBED_TOKENS;
    const withOutput = { input_tokens: low, output_tokens: PROBED_TOKENS };
    const baseWithOutput = ask(withOutput);
    const extraOf = (part: Part) => {
      const whole = WHOLES[part];
      if (whole === undefined) {
        const more = ask({ ...withOutput, ...NO_OVERLAP, [part]: PROBED_TOKENS }) - baseWithOutput;
        return more / PROBED_TOKENS;
      }
      // The wholes must not add up to more than the input.
      const tokens = PROBED_TOKENS / whole.length;
      const asWhole = Object.fromEntries(whole.map((name) => [name, tokens]));
      const priced = (count: number) =>
        ask({ ...withOutput, ...NO_OVERLAP, ...asWhole, [part]: count });
      return (priced(tokens) - priced(0)) / tokens;
    };
    const rates: Rates = {
      perRequest: base - perInput * low,
      perInput,
      perOutput: (baseWithOutput - base) / PROBED_TOKENS,
      extra: remembering(extraOf),
    };
    known.rates.set(tier, rates);
    return rates;
  }

  #ask(id: string, model: string, units: Units, atMs: number) {
    return this.#library.calcPrice(units, model, {
      providerId: id,
      timestamp: new Date(atMs),
    });
  }
}

/** Computes each value once. */
function remembering(value: (part: Part) => number): (part: Part) => number {
  const known = new Map<Part, number>();
  return (part) => {
    const found = known.get(part) ?? value(part);
    known.set(part, found);
    return found;
  };
}

function sumUsd({ perRequest, perInput, perOutput, extra }: Rates, usage: Usage): number {
  let usd =
    perRequest * usage.answers +
    perInput * (usage.inputTokens ?? 0) +
    perOutput * (usage.outputTokens ?? 0);
  for (const [part, field] of PART_FIELDS) {
    const count = usage[field] ?? 0;
    if (count > 0) usd += extra(part) * count;
  }
  return Math.max(0, usd);
}

const PART_FIELDS = Object.entries(PARTS) as [Part, (typeof PARTS)[Part]][];

function isSoldByTokens(price: ModelPrice): boolean {
  return price.input_mtok !== undefined || price.output_mtok !== undefined;
}

function tierStarts(price: ModelPrice): readonly number[] {
  const starts = Object.values(price).flatMap((value) =>
    typeof value === "object" ? value.tiers.map(({ start }) => start) : [],
  );
  return [...new Set(starts)].sort((a, b) => a - b);
}

function unitsSold({ inputAudioSeconds, units }: Usage): Units | null {
  if (units?.pages !== undefined) return { input_document_pages: units.pages };
  if (inputAudioSeconds === null) return null;
  return { input_audio_seconds: inputAudioSeconds, audio_seconds: inputAudioSeconds };
}

function correction(id: string, model: string): KnownModel | null {
  const found = CORRECTIONS.find((each) => each.id === id && each.model.test(model));
  if (found === undefined) return null;
  const rates: Rates = {
    perRequest: 0,
    perInput: found.input / MILLION,
    perOutput: found.output / MILLION,
    extra: () => 0,
  };
  return { tierStarts: [], rates: new Map([[0, rates]]) };
}
