/**
 * Where a provider looks for its key. Strict on purpose: a key in the wrong place doesn't count, as with the real API.
 * @module
 */
import type { IncomingHttpHeaders } from "node:http";
import type { FoundKey } from "./types.ts";

type Place =
  | { readonly header: string; readonly scheme?: string }
  | { readonly query: string }
  | { readonly subprotocol: string };

const BEARER: Place = { header: "authorization", scheme: "Bearer" };
const GOOGLE: readonly Place[] = [
  { header: "x-goog-api-key" },
  { query: "key" },
  { query: "api_key" },
  BEARER,
];

const PLACES: Readonly<Record<string, readonly Place[]>> = {
  anthropic: [{ header: "x-api-key" }, BEARER],
  "google-ai-studio": GOOGLE,
  google: GOOGLE,
  "azure-openai": [{ header: "api-key" }],
  cartesia: [{ header: "x-api-key" }, { query: "api_key" }, BEARER],
  elevenlabs: [{ header: "xi-api-key" }, { subprotocol: "xi-api-key." }],
  deepgram: [{ header: "authorization", scheme: "Token" }],
  fal: [{ header: "authorization", scheme: "Key" }, { subprotocol: "fal-api-key." }],
  ideogram: [{ header: "api-key" }],
  parallel: [{ header: "x-api-key" }],
  openai: [BEARER, { subprotocol: "openai-insecure-api-key." }],
};

export function findKey(
  slug: string,
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
): FoundKey {
  for (const place of PLACES[slug] ?? [BEARER]) {
    const found = readPlace(place, headers, query);
    if (found !== null) return found;
  }
  return { text: "", from: "" };
}

function readPlace(
  place: Place,
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
): FoundKey | null {
  if ("query" in place) {
    const text = query.get(place.query);
    return text ? { text, from: `?${place.query}=` } : null;
  }
  if ("subprotocol" in place) {
    const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
    const carrier = offered.find((name) => name.startsWith(place.subprotocol));
    return carrier ? { text: carrier.slice(place.subprotocol.length), from: "subprotocol" } : null;
  }
  const value = headers[place.header];
  if (typeof value !== "string") return null;
  if (place.scheme === undefined) return { text: value, from: place.header };
  const prefix = `${place.scheme} `;
  if (!value.startsWith(prefix)) return null;
  return { text: value.slice(prefix.length), from: `${place.header}: ${place.scheme}` };
}
