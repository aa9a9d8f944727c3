import { isTagName, isTagValue, MAX_TAGS_CHARS, type Tags } from "./tags";

/** AI Gateway keeps the first five entries, see https://developers.cloudflare.com/ai-gateway/reference/limits/. */
const MAX_ENTRIES = 5;

/**
 * Reads `cf-aig-metadata`, a JSON object of texts, numbers and booleans. What AI Gateway would ignore, or doesn't fit a
 * tag, is left out: the header is AI Gateway's, so nothing that it accepts is an error here.
 */
export function parseGatewayMetadata(text: string): Tags {
  if (text.length > MAX_TAGS_CHARS) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return {};
  return Object.fromEntries(
    Object.entries(parsed)
      .slice(0, MAX_ENTRIES)
      .flatMap(([name, value]) => {
        const known = typeof value === "number" || typeof value === "boolean";
        const shown = typeof value === "string" ? value.trim() : known ? String(value) : "";
        return isTagName(name) && isTagValue(shown) ? [[name, shown]] : [];
      }),
  );
}
