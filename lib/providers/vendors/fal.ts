/**
 * fal. Facts are from docs.fal.ai, fal's client library, and AI Gateway's pages on fal and the realtime WebSockets API.
 * @module
 */

import { allOf, says, withStatus } from "../answers/error-matchers";
import { basePath } from "../base-path";
import { inAuthorization, inSubprotocol } from "../place-key";
import { PROVIDER_DEFAULTS } from "../provider-defaults";
import { ProviderPathError } from "../provider-path-error";
import type { ErrorRule, OutgoingRequest, Provider } from "../types";

const inKeyScheme = inAuthorization("Key");
const inKeySubprotocol = inSubprotocol("fal-api-key.");

/** Makes AI Gateway send the request to another host of fal's (`https://queue.fal.run/…`). */
const TARGET_HEADER = "x-fal-target-url";
const FAL_HOST = /^https:\/\/(?:[a-z\d-]+\.)?fal\.(?:run|ai)(?:[/?]|$)/i;

function placeKey(request: OutgoingRequest, key: string): void {
  const target = request.headers.get(TARGET_HEADER);
  if (target !== null && !FAL_HOST.test(target)) {
    throw new ProviderPathError(`${TARGET_HEADER} must be a URL of fal.run or fal.ai`);
  }
  inKeyScheme(request, key);
}

const errorRules: readonly ErrorRule[] = [
  {
    name: "fal-balance",
    meaning: "out_of_credit",
    matches: allOf(withStatus(401, 402, 403), says(/exhausted balance|top[_ -]?up/i)),
  },
  {
    name: "fal-locked",
    meaning: "key_blocked",
    matches: allOf(withStatus(401, 403), says(/^user is locked/i)),
  },
  {
    name: "fal-key-invalid",
    meaning: "key_invalid",
    matches: allOf(withStatus(401, 403), says(/^no user found for key id and secret/i)),
  },
];

export const fal: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "fal",
  label: "fal",
  ...basePath({ base: "https://fal.run", prefixes: [] }),
  placeKey,
  withholds: {
    credentials: {
      headers: ["authorization"],
      query: ["fal_jwt_token", "fal_key"],
      subprotocols: ["fal-api-key."],
    },
    accounts: {},
  },
  model: { path: /^(.+?)(?:\/(?:requests|realtime|stream)(?:\/.*)?)?$/, urlHeader: TARGET_HEADER },
  webSocket: {
    // Each app has its own frames, most of them binary (msgpack).
    protocol: null,
    upstreamUrl: (path, gatewayBase) =>
      gatewayBase === null ? `https://fal.run/${path}` : `${gatewayBase}/fal/${path}`,
    placeKey(request, key) {
      (request.route === "gateway" ? inKeySubprotocol : inKeyScheme)(request, key);
    },
  },
  keyPattern: /^[\da-f-]{36}:[\da-f]{32}$/,
  errorRules,
};
