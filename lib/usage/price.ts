/**
 * What a request cost: what its response reports, otherwise by the team's own prices, otherwise by the list prices at
 * its time for the model that responded, the tier it was served at and the tools it called.
 *
 * The list is loaded when the first price is needed, never while a request waits.
 * @module
 */

import { charactersUsd } from "./character-prices";
import { type PriceLibrary, PriceList } from "./price-list";
import { type ListName, listId, listNames } from "./price-names";
import { tierFactor } from "./price-tiers";
import { toolFeesNanoUsd } from "./tool-fees";
import { NO_USAGE, type Tier, type ToolCalls, type Units, type Usage } from "./types";

/** A team's own price of a model, in US dollars per million tokens. */
export interface PriceOverride {
  /** Provider slug. */
  readonly provider: string;
  /** As named in requests; a `*` at the end matches any characters. */
  readonly model: string;
  readonly input: number;
  readonly output: number;
  /** Absent: as `input`. */
  readonly cachedInput?: number | undefined;
  /** Absent: as `input`. */
  readonly cacheWrite?: number | undefined;
}

/** How a cost was determined, as short as possible, because it is stored with every request. */
export interface CostBasis {
  /**
   * Reported in the response, the team's own price, a list price, or the amount that its token counts if no price is
   * known.
   */
  readonly source: "reported" | "override" | "list" | "stated";
  /** The name under which the price was found; absent if it isn't by model, or by several. */
  readonly model?: string;
  readonly tier?: Tier;
  /** Factor on the list price, for the tier and the place. */
  readonly factor?: number;
  readonly units?: Units;
  readonly tools?: ToolCalls;
  /** For tools, in 1e-9 US dollars; a part of the cost. */
  readonly toolsNanoUsd?: number;
  /** Other models that took part; the cost includes them at their own prices. */
  readonly others?: readonly string[];
}

export interface Cost {
  /** In whole nano-dollars (1e-9 US dollars), so that sums are exact in any order. */
  readonly nanoUsd: number;
  readonly basis: CostBasis;
}

export interface PriceBook {
  /**
   * @param model As named in the request; null if it names none.
   * @param atMs When the request was made.
   * @returns Null if no price is known or nothing was counted; zero only for what is free.
   */
  cost(provider: string, model: string | null, usage: Usage, atMs: number): Cost | null;
  /** The amount of `cost` alone. */
  costNanoUsd(provider: string, model: string | null, usage: Usage, atMs: number): number | null;
  /** The price of a model's tokens; null if unknown, or if it bills something else. */
  perMillion(provider: string, model: string, atMs: number): PricePerMillion | null;
}

/** In US dollars per million tokens, for requests short enough for the lowest tier. */
export interface PricePerMillion {
  readonly inputUsd: number;
  readonly outputUsd: number;
}

export const NANO_PER_USD = 1e9;

/** Loads the prices; the first match in `overrides` wins. */
export async function loadPriceBook(overrides: readonly PriceOverride[] = []): Promise<PriceBook> {
  const library = await import("./price-library");
  return new LayeredPriceBook(library, overrides);
}

const PROBED_TOKENS = 1_000;
const MILLION = 1e6;
const FREE_OF_OPENROUTER = ":free";

class LayeredPriceBook implements PriceBook {
  readonly #list: PriceList;
  readonly #overrides: readonly PriceOverride[];

  constructor(library: PriceLibrary, overrides: readonly PriceOverride[]) {
    this.#list = new PriceList(library);
    this.#overrides = overrides;
  }

  cost(provider: string, model: string | null, usage: Usage, atMs: number): Cost | null {
    const reported = reportedCost(provider, usage);
    if (reported !== null && !usage.isEstimate) return reported;
    const counted =
      usage.parts === null
        ? (this.#overrideCost(provider, model, usage) ??
          this.#listCost(provider, model, usage, atMs))
        : this.#costOfParts(provider, model, usage, usage.parts, atMs);
    if (reported === null || counted === null) return reported ?? counted;
    // Cut off after the response reported its cost: at least that.
    return counted.nanoUsd > reported.nanoUsd ? counted : reported;
  }

  costNanoUsd(provider: string, model: string | null, usage: Usage, atMs: number): number | null {
    return this.cost(provider, model, usage, atMs)?.nanoUsd ?? null;
  }

  perMillion(provider: string, model: string, atMs: number): PricePerMillion | null {
    const cost = (usage: Partial<Usage>) =>
      this.costNanoUsd(provider, model, { ...NO_USAGE, ...usage }, atMs);
    // Some models also have a price per request.
    const none = cost({ inputTokens: 0, outputTokens: 0 });
    const input = cost({ inputTokens: PROBED_TOKENS, outputTokens: 0 });
    const output = cost({ inputTokens: 0, outputTokens: PROBED_TOKENS });
    if (none === null || input === null || output === null) return null;
    const usd = (nanoUsd: number) => ((nanoUsd - none) * MILLION) / PROBED_TOKENS / NANO_PER_USD;
    return { inputUsd: usd(input), outputUsd: usd(output) };
  }

  #overrideCost(provider: string, model: string | null, usage: Usage): Cost | null {
    if (this.#overrides.length === 0) return null;
    if (usage.inputTokens === null && usage.outputTokens === null) return null;
    for (const name of [model, usage.model]) {
      const found = name === null ? undefined : this.#override(provider, name);
      if (found === undefined) continue;
      const id = listId(provider) ?? provider;
      const toolsNanoUsd = Math.round(toolFeesNanoUsd(id, usage.model ?? name ?? "", usage.tools));
      return {
        nanoUsd: toNano(overrideUsd(found, usage)) + toolsNanoUsd,
        basis: { source: "override", model: found.model, ...toolBasis(usage, toolsNanoUsd) },
      };
    }
    return null;
  }

  #override(provider: string, name: string): PriceOverride | undefined {
    return this.#overrides.find((each) => fits(each, provider, name));
  }

  #listCost(provider: string, model: string | null, usage: Usage, atMs: number): Cost | null {
    if (isFree(provider, model, usage)) {
      return { nanoUsd: 0, basis: { source: "list", ...(model !== null && { model }) } };
    }
    const spoken = usage.units?.characters;
    if (spoken !== undefined) {
      const usd = charactersUsd(provider, model ?? usage.model, spoken);
      return usd === null
        ? null
        : {
            nanoUsd: toNano(usd),
            basis: { source: "list", ...(model !== null && { model }), units: usage.units ?? {} },
          };
    }
    for (const name of listNames(provider, model, usage.model)) {
      const usd = this.#list.costUsd(name, usage, atMs);
      if (usd !== null) return listed(name, usd, usage);
    }
    return null;
  }

  /** Each model's part at its own price; the tools belong to the whole. */
  #costOfParts(
    provider: string,
    model: string | null,
    usage: Usage,
    parts: readonly Usage[],
    atMs: number,
  ): Cost | null {
    const { tools, tier, isUsOnly } = usage;
    const costs = parts.map((part) => {
      const own = { ...part, tier: part.tier ?? tier, isUsOnly };
      const isMain = part.model === null || part.model === usage.model;
      const asked = isMain ? model : part.model;
      const answered = part.model ?? usage.model;
      return this.cost(provider, asked, { ...own, model: answered, parts: null }, atMs);
    });
    const known = costs.filter((cost) => cost !== null);
    const [main] = known;
    if (main === undefined || known.length < costs.length) return null;
    const models = new Set(known.flatMap(({ basis }) => basis.model ?? []));
    const others = [...models].filter((each) => each !== main.basis.model);
    const [name] = listNames(provider, model, usage.model);
    const fees = name === undefined ? 0 : Math.round(toolFeesNanoUsd(name.id, name.model, tools));
    const nanoUsd = known.reduce((total, cost) => total + cost.nanoUsd, fees);
    return {
      nanoUsd,
      basis: {
        ...main.basis,
        ...(others.length > 0 && { others }),
        ...toolBasis(usage, fees),
      },
    };
  }
}

/**
 * The cost that the response reports. Only OpenRouter reports 0 for what is free; others report it for what they don't
 * know.
 */
function reportedCost(provider: string, { reportedNanoUsd }: Usage): Cost | null {
  if (reportedNanoUsd === null) return null;
  if (reportedNanoUsd === 0 && provider !== "openrouter") return null;
  return { nanoUsd: reportedNanoUsd, basis: { source: "reported" } };
}

function isFree(provider: string, asked: string | null, { model: answered }: Usage): boolean {
  if (provider !== "openrouter") return false;
  // A free model may have been replaced by another, at that one's price.
  const bare = asked?.endsWith(FREE_OF_OPENROUTER)
    ? asked.slice(0, -FREE_OF_OPENROUTER.length)
    : null;
  if (answered === null) return bare !== null;
  return answered.endsWith(FREE_OF_OPENROUTER) || answered === bare;
}

function listed({ id, model }: ListName, usd: number, usage: Usage): Cost {
  const { tier, isUsOnly, units, inputTokens, outputTokens } = usage;
  const factor = tierFactor(id, model, tier, isUsOnly);
  const fees = Math.round(toolFeesNanoUsd(id, model, usage.tools));
  const hasTokens = inputTokens !== null || outputTokens !== null;
  const basis: CostBasis = {
    source: "list",
    model,
    ...(tier !== null && { tier }),
    ...(factor !== 1 && { factor }),
    ...(units !== null && !hasTokens && { units }),
    ...toolBasis(usage, fees),
  };
  return { nanoUsd: toNano(usd * factor) + fees, basis };
}

function toolBasis({ tools }: Usage, toolsNanoUsd: number): Partial<CostBasis> {
  return tools === null || toolsNanoUsd === 0 ? {} : { tools, toolsNanoUsd };
}

function toNano(usd: number): number {
  // A nudge well below the last digit, so that halves round up however the sum was made.
  return Math.round(usd * NANO_PER_USD + 1e-6);
}

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
