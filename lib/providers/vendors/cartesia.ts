/**
 * Cartesia. Facts are from docs.cartesia.ai and AI Gateway's pages on Cartesia and the realtime WebSockets API.
 * @module
 */
import { basePath } from "../base-path";
import { inHeader, inQuery } from "../place-key";
import { PROVIDER_DEFAULTS } from "../provider-defaults";
import type { OutgoingRequest, Provider } from "../types";

const ORIGIN = "https://api.cartesia.ai";
const inApiKeyHeader = inHeader("x-api-key");
const asApiKeyQuery = inQuery("api_key");

/** Every request must name an API version: the one in AI Gateway's documentation if the client named none. */
function placeKey(request: OutgoingRequest, key: string): void {
  inApiKeyHeader(request, key);
  const { headers, url } = request;
  if (!headers.has("cartesia-version") && !url.searchParams.has("cartesia_version")) {
    headers.set("cartesia-version", "2024-06-10");
  }
}

export const cartesia: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "cartesia",
  label: "Cartesia",
  ...basePath({ base: ORIGIN, prefixes: [] }),
  placeKey,
  withholds: {
    credentials: {
      headers: ["x-api-key", "authorization"],
      query: ["api_key", "access_token"],
    },
    accounts: {},
  },
  model: { socketQuery: "model", body: ["model_id", "model"] },
  needsModel: /^tts\/(?:bytes|sse)$/,
  keyCheck: { method: "GET", path: "voices" },
  webSocket: {
    protocol: "cartesia",
    // AI Gateway has one socket for the service, below the bare slug, and reads the key only from the query.
    upstreamUrl: (path, gatewayBase) =>
      gatewayBase === null ? `${ORIGIN}/${path || "tts/websocket"}` : `${gatewayBase}/cartesia`,
    placeKey(request, key) {
      (request.route === "gateway" ? asApiKeyQuery : placeKey)(request, key);
    },
  },
  keyPattern: /^sk_car_/,
};
