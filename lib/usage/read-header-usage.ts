/**
 * What a response's headers report about its usage.
 * @module
 */
import type { HeaderFields } from "../http/read-headers";
import type { Provider } from "../providers/types";
import { tierNamed } from "./read-usage";
import { NO_USAGE, type Usage } from "./types";

/**
 * Bedrock's InvokeModel counts tokens of every model in headers, whatever the body's format; it and Gemini name the tier
 * at which a response was served. Sources: Bedrock's user guide, "Monitoring", and its API reference, `InvokeModel`; the
 * Gemini API's "Priority inference".
 * @returns Null if they report nothing.
 */
export function headerUsage(
  usageFormat: Provider["usageFormat"],
  headers: HeaderFields,
): Usage | null {
  if (usageFormat === "bedrock") return bedrock(headers);
  if (usageFormat !== "google") return null;
  const tier = headers.get("x-gemini-service-tier");
  return tier === "flex" || tier === "priority" ? { ...NO_USAGE, tier } : null;
}

/** By slug: the header with the number of characters charged for speech. */
const CHARACTERS: Readonly<Record<string, string>> = {
  elevenlabs: "character-cost",
  deepgram: "dg-char-count",
};

/**
 * What the headers of speech report, whose body contains no text: ElevenLabs' API reference, "Character cost", and
 * Deepgram's "Text to Speech".
 * @param slug The provider's.
 * @returns Null if they report nothing.
 */
export function spokenUsage(slug: string, headers: HeaderFields): Usage | null {
  const name = CHARACTERS[slug];
  const text = name === undefined ? null : headers.get(name);
  const characters = text !== null && /^\d{1,12}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  return characters > 0 ? { ...NO_USAGE, units: { characters } } : null;
}

function bedrock(headers: HeaderFields): Usage | null {
  const count = (name: string) => {
    const text = headers.get(`x-amzn-bedrock-${name}-token-count`);
    return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
  };
  const [input, output] = [count("input"), count("output")];
  const tier = tierNamed(headers.get("x-amzn-bedrock-service-tier"));
  if (input === null && output === null) return tier === null ? null : { ...NO_USAGE, tier };
  const read = count("cache-read-input");
  const written = count("cache-write-input");
  return {
    ...NO_USAGE,
    inputTokens: input === null ? null : input + (read ?? 0) + (written ?? 0),
    outputTokens: output,
    cachedInputTokens: read,
    cacheWriteTokens: written,
    tier,
  };
}
