/**
 * Responses that don't come from the provider: AI Gateway's own errors and the pages of proxies on the way. None of
 * them says anything about a key. Codes are from Cloudflare's AI Gateway documentation and SDK.
 * @module
 */

import type { ErrorFacts, ErrorRule } from "../types";
import { isRecord } from "./error-json";

/**
 * `{success:false, error:[{code}], name:"AiGatewayError"}`. The singular `error` distinguishes it from Cloudflare's
 * general API, which writes `errors`, and the name from Workers AI's `AiError`, which is the provider's.
 */
function isGatewayError(facts: ErrorFacts): boolean {
  const { json } = facts;
  if (!isRecord(json)) return false;
  if (json.name === "AiGatewayError") return true;
  return json.success === false && Array.isArray(json.error) && /^[27]\d{3}$/.test(facts.code);
}

/** Tried before all others. */
export const gatewayErrorRules: readonly ErrorRule[] = [
  {
    // 2003 rate limit, spend limit, 2009 gateway token wrong or missing, 2021 gateway billing not available.
    name: "gateway-refusal",
    meaning: "gateway_limit",
    matches: (facts) => isGatewayError(facts) && [401, 402, 403, 429].includes(facts.status),
  },
  {
    name: "gateway-failure",
    meaning: "server_error",
    matches: (facts) => isGatewayError(facts) && facts.status >= 500,
  },
  {
    // 2001 no such gateway, 2008 invalid provider, 2029 and 2030 data loss prevention, 7003 model not found.
    name: "gateway-bad-request",
    meaning: "client_error",
    matches: isGatewayError,
  },
];

/** An HTML page, or the bare `error code: 1010` that Cloudflare's edge sends to programs. */
function isPage(facts: ErrorFacts): boolean {
  return (
    !facts.isJson &&
    (/^\s*(?:<!doctype|<html|<\?xml|<head|<title|<center|<h1)/i.test(facts.text) ||
      isEdgeCode(facts))
  );
}

function isEdgeCode(facts: ErrorFacts): boolean {
  return /^\s*error code: \d{3,4}/i.test(facts.text);
}

/** Tried after the provider's own rules, because one provider (Perplexity) does reject an invalid key with a page. */
export const pageRules: readonly ErrorRule[] = [
  {
    // Our address sends too much for the edge: another key would use the same address.
    name: "edge-rate-limit",
    meaning: "gateway_limit",
    matches: (facts) => isPage(facts) && facts.status === 429,
  },
  {
    name: "edge-refusal",
    meaning: "region_denied",
    matches: (facts) => isPage(facts) && [401, 403, 451].includes(facts.status),
  },
  {
    // Plain text with a 403 comes from firewalls too; providers explain theirs in JSON.
    name: "plain-403",
    meaning: "region_denied",
    matches: (facts) => !facts.isJson && facts.status === 403,
  },
  {
    name: "page-5xx",
    meaning: "server_error",
    matches: (facts) => !facts.isJson && facts.status >= 500,
  },
  {
    name: "page-4xx",
    meaning: "client_error",
    matches: isPage,
  },
];
