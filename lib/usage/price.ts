/**
 * What a request cost, by the prices of `@pydantic/genai-prices` at its time, or by the team's own.
 *
 * The package's data are 480 KB of code (78 KB gzip), so it is loaded when the first price is asked for,
 * never on the way of a request. Its `calcPrice` takes 20 to 50 µs, which at full load would be a tenth of
 * all work; but between two tiers it is linear in the counts. So it is asked once a model and tier what a
 * token of each kind adds, and these rates are multiplied from then on (`price.test.ts` compares the two).
 * @module
 */
import type { ModelPrice, Usage as Units } from "@pydantic/genai-prices";
import { NO_USAGE, type Usage } from "./types";

/** A team's own price of a model, in US dollars per million tokens. */
export interface PriceOverride {
  /** Provider slug. */
  readonly provider: string;
  /** As requests name it; a `*` at the end stands for any characters. */
  readonly model: string;
  readonly input: number;
  readonly output: number;
  /** Absent: as `input`. */
  readonly cachedInput?: number | undefined;
  /** Absent: as `input`. */
  readonly cacheWrite?: number | undefined;
}

export interface PriceBook {
  /**
   * In whole nano-dollars (1e-9 US dollars), so that sums are exact in whatever order they are made.
   * @param model As the request names it.
   * @param atMs When the request was made.
   * @returns Null where no price is known or nothing was counted; zero only for what is free.
   */
  costNanoUsd(provider: string, model: string, usage: Usage, atMs: number): number | null;
  /** What a model's tokens are sold for; null where that is not known, or something else is sold. */
  perMillion(provider: string, model: string, atMs: number): PricePerMillion | null;
}

/** In US dollars per million tokens, of requests short enough for the lowest tier. */
export interface PricePerMillion {
  readonly inputUsd: number;
  readonly outputUsd: number;
}

export const NANO_PER_USD = 1e9;

type Library = Pick<typeof import("@pydantic/genai-prices"), "calcPrice">;

/** Loads the prices; `overrides` come before them, the first that fits wins. */
export async function loadPriceBook(overrides: readonly PriceOverride[] = []): Promise<PriceBook> {
  const library = await import("@pydantic/genai-prices");
  return new LibraryPriceBook(library, overrides);
}

/** The package's names of our providers; those missing have no prices there. */
const LIBRARY_IDS: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  "aws-bedrock": "aws",
  "azure-openai": "azure",
  baseten: "baseten",
  cerebras: "cerebras",
  cohere: "cohere",
  deepseek: "deepseek",
  fireworks: "fireworks",
  "google-ai-studio": "google",
  "google-vertex-ai": "google",
  grok: "x-ai",
  groq: "groq",
  mistral: "mistral",
  openai: "openai",
  openrouter: "openrouter",
  "perplexity-ai": "perplexity",
  "workers-ai": "cloudflare",
};

/** Kinds of tokens that are a part of the input or the output, and may have a price of their own. */
const PARTS = {
  cache_read_tokens: "cachedInputTokens",
  cache_write_tokens: "cacheWriteTokens",
  cache_write_1h_tokens: "cacheWriteHourTokens",
  input_audio_tokens: "inputAudioTokens",
  output_audio_tokens: "outputAudioTokens",
  input_image_tokens: "inputImageTokens",
  output_image_tokens: "outputImageTokens",
} as const satisfies Record<string, keyof Usage>;

type Part = keyof typeof PARTS;

/** The package asks for these where two kinds overlap: cached tokens are taken for text. */
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
  /** What a token costs more (or less) for being of this kind. */
  readonly extra: Readonly<Record<Part, number>>;
}

interface KnownModel {
  /** Input counts above which other prices hold, ascending. */
  readonly tierStarts: readonly number[];
  /** Rates by how many of these starts the input is above. */
  readonly rates: Map<number, Rates>;
}

const MAX_KNOWN_MODELS = 2_000;
const MINUTE_MS = 60_000;
const PROBED_TOKENS = 1_000;
const MILLION = 1e6;

class LibraryPriceBook implements PriceBook {
  readonly #library: Library;
  readonly #overrides: readonly PriceOverride[];
  /** By provider and model, with the minute where prices depend on the time; null for unknown models. */
  readonly #models = new Map<string, KnownModel | null>();
  readonly #timed = new Set<string>();

  constructor(library: Library, overrides: readonly PriceOverride[]) {
    this.#library = library;
    this.#overrides = overrides;
  }

  costNanoUsd(provider: string, model: string, usage: Usage, atMs: number): number | null {
    const usd = this.#costUsd(provider, model, usage, atMs);
    // A nudge well below the last digit, so that halves round up however the sum was made.
    return usd === null ? null : Math.round(usd * NANO_PER_USD + 1e-6);
  }

  #costUsd(provider: string, model: string, usage: Usage, atMs: number): number | null {
    const { inputTokens, outputTokens, inputAudioSeconds } = usage;
    const override = this.#overrides.find((each) => fits(each, provider, model));
    if (inputTokens === null && outputTokens === null) {
      if (override !== undefined || inputAudioSeconds === null) return null;
      return this.#secondsUsd(provider, model, inputAudioSeconds, atMs);
    }
    if (override !== undefined) return overrideUsd(override, usage);
    const id = LIBRARY_IDS[provider];
    if (id === undefined) return null;
    if (provider === "openrouter" && model.endsWith(":free")) return 0;
    const known = this.#knownModel(id, libraryModel(model), atMs);
    if (known === null) return null;
    return sumUsd(this.#rates(known, id, libraryModel(model), inputTokens ?? 0, atMs), usage);
  }

  perMillion(provider: string, model: string, atMs: number): PricePerMillion | null {
    const cost = (usage: Partial<Usage>) =>
      this.costNanoUsd(provider, model, { ...NO_USAGE, ...usage }, atMs);
    // Some models have a price of each request besides.
    const none = cost({ inputTokens: 0, outputTokens: 0 });
    const input = cost({ inputTokens: PROBED_TOKENS, outputTokens: 0 });
    const output = cost({ inputTokens: 0, outputTokens: PROBED_TOKENS });
    if (none === null || input === null || output === null) return null;
    const usd = (nanoUsd: number) => ((nanoUsd - none) * MILLION) / PROBED_TOKENS / NANO_PER_USD;
    return { inputUsd: usd(input), outputUsd: usd(output) };
  }

  /** Lengths of recordings have minimums, and are rare: the package is asked each time. */
  #secondsUsd(provider: string, model: string, seconds: number, atMs: number): number | null {
    const id = LIBRARY_IDS[provider];
    const units = { input_audio_seconds: seconds, audio_seconds: seconds };
    const price = id === undefined ? null : this.#ask(id, model, units, atMs);
    // Sold by something else than its length.
    return price === null || price.total_price === 0 ? null : price.total_price;
  }

  #knownModel(id: string, model: string, atMs: number): KnownModel | null {
    const name = `${id} ${model}`;
    const key = this.#timed.has(name) ? `${name} ${Math.floor(atMs / MINUTE_MS)}` : name;
    const found = this.#models.get(key);
    if (found !== undefined) return found;
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
    // Two inputs of this tier: above its start, and far enough apart.
    const low = (known.tierStarts[tier - 1] ?? 0) + PROBED_TOKENS;
    const ask = (units: Units) => this.#ask(id, model, units, atMs)?.total_price ?? 0;
    const base = ask({ input_tokens: low });
    const perInput = (ask({ input_tokens: low + PROBED_TOKENS }) - base) / PROBED_TOKENS;
    const withOutput = { input_tokens: low, output_tokens: PROBED_TOKENS };
    const baseWithOutput = ask(withOutput);
    const extraOf = (part: Part) => {
      const more =
        part === "cache_write_1h_tokens"
          ? // An hour's write is a cache write too: this is what it costs more than an ordinary one.
            ask({ ...withOutput, cache_write_tokens: PROBED_TOKENS, [part]: PROBED_TOKENS }) -
            ask({ ...withOutput, cache_write_tokens: PROBED_TOKENS, [part]: 0 })
          : ask({ ...withOutput, ...NO_OVERLAP, [part]: PROBED_TOKENS }) - baseWithOutput;
      return more / PROBED_TOKENS;
    };
    const rates: Rates = {
      perRequest: base - perInput * low,
      perInput,
      perOutput: (baseWithOutput - base) / PROBED_TOKENS,
      extra: recordOf(extraOf),
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

function recordOf(value: (part: Part) => number): Record<Part, number> {
  return {
    cache_read_tokens: value("cache_read_tokens"),
    cache_write_tokens: value("cache_write_tokens"),
    cache_write_1h_tokens: value("cache_write_1h_tokens"),
    input_audio_tokens: value("input_audio_tokens"),
    output_audio_tokens: value("output_audio_tokens"),
    input_image_tokens: value("input_image_tokens"),
    output_image_tokens: value("output_image_tokens"),
  };
}

function sumUsd({ perRequest, perInput, perOutput, extra }: Rates, usage: Usage): number {
  let usd =
    perRequest + perInput * (usage.inputTokens ?? 0) + perOutput * (usage.outputTokens ?? 0);
  for (const [part, field] of PART_FIELDS) usd += extra[part] * (usage[field] ?? 0);
  return Math.max(0, usd);
}

const PART_FIELDS = Object.entries(PARTS) as [Part, (typeof PARTS)[Part]][];

function overrideUsd(
  { input, output, cachedInput = input, cacheWrite = input }: PriceOverride,
  { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens }: Usage,
): number {
  const cached = cachedInputTokens ?? 0;
  const written = cacheWriteTokens ?? 0;
  const fresh = Math.max(0, (inputTokens ?? 0) - cached - written);
  const million =
    fresh * input + cached * cachedInput + written * cacheWrite + (outputTokens ?? 0) * output;
  return million / 1e6;
}

function fits(override: PriceOverride, provider: string, model: string): boolean {
  if (override.provider !== provider) return false;
  return override.model.endsWith("*")
    ? model.startsWith(override.model.slice(0, -1))
    : model === override.model;
}

/** Google's OpenAI-compatible endpoint takes `models/…`; OpenRouter's routing wishes (`:nitro`) do not change the price. */
function libraryModel(model: string): string {
  return model.replace(/^models\//, "").replace(/:(?:nitro|floor|exacto)$/, "");
}

function isSoldByTokens(price: ModelPrice): boolean {
  return price.input_mtok !== undefined || price.output_mtok !== undefined;
}

function tierStarts(price: ModelPrice): readonly number[] {
  const starts = Object.values(price).flatMap((value) =>
    typeof value === "object" ? value.tiers.map(({ start }) => start) : [],
  );
  return [...new Set(starts)].sort((a, b) => a - b);
}
