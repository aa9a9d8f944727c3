/**
 * One Balance's own errors, and which party caused each. Providers' error responses never pass through here.
 * @module
 */
import type { ReachedLimit } from "../usage/token-limits";

export type ProxyErrorCode =
  | "invalid_access_token"
  | "access_denied"
  | "price_unknown"
  | "resource_not_found"
  | "unknown_provider"
  | "invalid_path"
  | "invalid_tags"
  | "model_required"
  | "model_ambiguous"
  | "model_not_found"
  | "no_route_target"
  | "not_convertible"
  | "body_too_large"
  | "headers_too_large"
  | "address_too_long"
  | "unsupported_content_encoding"
  | "request_exceeds_limits"
  | "token_limit_reached"
  | "pool_exhausted"
  | "no_provider_keys"
  | "store_unavailable"
  | "upstream_unreachable"
  | "upstream_timeout"
  | "client_closed_request"
  | "websocket_unsupported"
  | "internal_error";

/** HTTP status of each code. No one ever sees 499: its client has left. */
const STATUS: Record<ProxyErrorCode, number> = {
  invalid_access_token: 401,
  access_denied: 403,
  price_unknown: 403,
  resource_not_found: 404,
  unknown_provider: 404,
  invalid_path: 400,
  invalid_tags: 400,
  model_required: 400,
  model_ambiguous: 400,
  model_not_found: 404,
  no_route_target: 400,
  not_convertible: 400,
  body_too_large: 413,
  headers_too_large: 431,
  address_too_long: 414,
  unsupported_content_encoding: 415,
  request_exceeds_limits: 413,
  token_limit_reached: 429,
  pool_exhausted: 429,
  no_provider_keys: 503,
  store_unavailable: 503,
  upstream_unreachable: 502,
  upstream_timeout: 504,
  client_closed_request: 499,
  websocket_unsupported: 501,
  internal_error: 500,
};

/** The limit that caused a 429, for `x-one-balance-limit-source`. */
export type LimitSource = "token" | "pool" | "gateway" | "upstream";

export class ProxyError extends Error {
  override readonly name = "ProxyError";
  readonly code: ProxyErrorCode;
  readonly status: number;
  /** Milliseconds until the same request may succeed; null if waiting doesn't help or the time is unknown. */
  readonly retryAfterMs: number | null;
  readonly limitSource: LimitSource | null;
  /** The limit of a token, its owner, its group or a tag that refused; absent for other errors. */
  readonly reachedLimit?: ReachedLimit;

  /** @param message Shown to the caller: what happened, and what to do. No secrets. */
  constructor(
    code: ProxyErrorCode,
    message: string,
    options: {
      retryAfterMs?: number;
      limitSource?: LimitSource;
      reachedLimit?: ReachedLimit;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = STATUS[code];
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.limitSource = options.limitSource ?? null;
    if (options.reachedLimit !== undefined) this.reachedLimit = options.reachedLimit;
  }
}
