/** Cloudflare's own responses: AI Gateway, and the edge in front of it. @module */
import type { RawAnswer } from "./types.ts";

const JSON_HEADERS = { "content-type": "application/json" };

/** Cloudflare's page for a blocked address. */
export const HTML_PAGE: RawAnswer = {
  status: 403,
  headers: { "content-type": "text/html; charset=UTF-8", server: "cloudflare" },
  body: `<!DOCTYPE html>\n<html lang="en-US"> <head>\n<title>Attention Required! | Cloudflare</title>\n</head><body></body></html>\n`,
};

/** AI Gateway's own rate limit. */
export const GATEWAY_LIMIT: RawAnswer = {
  status: 429,
  headers: JSON_HEADERS,
  body: JSON.stringify({
    success: false,
    result: [],
    messages: [],
    error: [{ code: 2003, message: "Rate limited" }],
    name: "AiGatewayError",
    httpCode: 429,
    internalCode: 2003,
    message: "Rate limited",
  }),
};

/** AI Gateway's response to a path without a gateway. */
export const NO_SUCH_GATEWAY: RawAnswer = {
  status: 400,
  headers: JSON_HEADERS,
  body: JSON.stringify({ success: false, error: [{ code: 2001, message: "no such gateway" }] }),
};
