/**
 * What providers charge for tools that they run themselves, in addition to tokens.
 *
 * Sources, read in November 2026: Anthropic's "Pricing" (web search $10 for 1,000 searches), OpenAI's "Pricing" (web
 * search $10 and file search $2.50 for 1,000 calls, a session of Code Interpreter $0.03), the Gemini API's "Pricing"
 * (Google Search: since Gemini 3 $14 for 1,000 queries, before $35 for 1,000 grounded prompts). Free daily or monthly
 * allowances aren't known here, so every call counts. xAI, OpenRouter and Perplexity include their fees in the reported
 * cost. Not in any response, and so not counted: the hours of Anthropic's code execution, and the storage of files.
 * @module
 */
import type { Tool, ToolCalls } from "./types";

const NANO_PER_USD = 1e9;
const perThousand = (usd: number) => (usd * NANO_PER_USD) / 1_000;

type Fees = Readonly<Partial<Record<Tool, number>>>;

const OPENAI: Fees = {
  webSearch: perThousand(10),
  fileSearch: perThousand(2.5),
  codeSession: 0.03 * NANO_PER_USD,
};

/** By the list's name of the provider; 1e-9 US dollars per call. */
const FEES: Readonly<Record<string, Fees>> = {
  anthropic: { webSearch: perThousand(10) },
  openai: OPENAI,
  azure: OPENAI,
};

const GEMINI_BY_PROMPT: Fees = { groundedPrompt: perThousand(35) };
const GEMINI_BY_QUERY: Fees = { groundingQuery: perThousand(14) };
const OLD_GEMINI = /gemini-(?:1|2)[.-]/;

/**
 * In 1e-9 US dollars.
 * @param id The list's name of the provider.
 * @param model The one that responded.
 */
export function toolFeesNanoUsd(id: string, model: string, calls: ToolCalls | null): number {
  if (calls === null) return 0;
  const fees = id === "google" ? geminiFees(model) : (FEES[id] ?? {});
  return (Object.keys(fees) as Tool[]).reduce(
    (total, tool) => total + (fees[tool] ?? 0) * (calls[tool] ?? 0),
    0,
  );
}

function geminiFees(model: string): Fees {
  return OLD_GEMINI.test(model) ? GEMINI_BY_PROMPT : GEMINI_BY_QUERY;
}
