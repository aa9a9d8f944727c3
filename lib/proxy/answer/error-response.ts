import type { HeaderFields } from "../../http/read-headers";
import type { ErrorFormat } from "../../providers/types";
import type { ProxyError } from "../proxy-error";
import { RESPONSE_HEADERS } from "./response-headers";
import { adviceOf, isMadeByFern, RETRY_HINTS, type RetryHints, secondsOf } from "./retry-hints";

/** https://platform.claude.com/docs/en/api/errors */
const ANTHROPIC_TYPES: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
};

/** https://cloud.google.com/apis/design/errors#handling_errors */
const GOOGLE_STATUSES: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  413: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
  501: "UNIMPLEMENTED",
  502: "UNAVAILABLE",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/** The client that gets an error. */
export interface ErrorListener {
  readonly format: ErrorFormat;
  readonly requestId: string;
  readonly attempts: number;
  /** The request's headers. */
  readonly headers: HeaderFields;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** Our own error in the shape that the provider's SDK reads, with the code where that SDK shows it. */
export function errorResponse(error: ProxyError, listener: ErrorListener): Response {
  const { format, requestId, attempts } = listener;
  const advice = adviceOf(error);
  const hints = RETRY_HINTS[advice];
  const headers = new Headers({
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    [RESPONSE_HEADERS.requestId]: requestId,
    [RESPONSE_HEADERS.attempts]: String(attempts),
    ...hints.headers,
  });
  if (error.limitSource !== null) headers.set(RESPONSE_HEADERS.limitSource, error.limitSource);
  if (error.retryAfterMs !== null && !(advice === "later" && isMadeByFern(listener.headers))) {
    headers.set("retry-after", String(secondsOf(error.retryAfterMs)));
  }
  const bodies = error.code === "resource_not_found" ? NOT_FOUND_BODIES : BODIES;
  const body = bodies[format](error, hints, listener);
  return new Response(JSON.stringify(body), { status: error.status, headers });
}

type ErrorBody = (error: ProxyError, hints: RetryHints, listener: ErrorListener) => unknown;

const BODIES: Record<ErrorFormat, ErrorBody> = {
  openai: ({ message, code, status, retryAfterMs }, { openAiType }, { nowMs }) => {
    if (openAiType === null || status !== 429 || retryAfterMs === null) {
      return { error: { message, type: typeOf(status), param: null, code } };
    }
    const resetsAt = Math.ceil((nowMs + retryAfterMs) / 1000);
    return { error: { message, type: openAiType, param: null, code, resets_at: resetsAt } };
  },
  anthropic: ({ message, code, status }, { anthropicType }, { requestId }) => {
    const ofStatus = ANTHROPIC_TYPES[status] ?? "api_error";
    const type = anthropicType !== null && status >= 500 ? anthropicType : ofStatus;
    return { type: "error", error: { type, message, code }, request_id: requestId };
  },
  google: (error, hints) => {
    const { message, code, status } = error;
    const wait = waitForGoogle(error, hints);
    const reason = {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: code,
      domain: "one-balance",
    };
    const retry = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${wait}s` };
    return {
      error: {
        code: status,
        message,
        status: GOOGLE_STATUSES[status] ?? "INTERNAL",
        details: wait === null ? [reason] : [reason, retry],
      },
    };
  },
};

/** In seconds; null if clients don't retry after this status. */
function waitForGoogle(
  { status, retryAfterMs }: ProxyError,
  { googleWait }: RetryHints,
): number | null {
  if (status !== 429 && status < 500) return null;
  if (googleWait !== "real") return googleWait;
  return retryAfterMs === null ? null : secondsOf(retryAfterMs);
}

/** As the services themselves report a missing object: the client must not learn that it exists for another caller. */
const NOT_FOUND_BODIES: Record<ErrorFormat, ErrorBody> = {
  openai: ({ message }) => ({
    error: { message, type: "invalid_request_error", param: "id", code: null },
  }),
  anthropic: ({ message }, _hints, { requestId }) => ({
    type: "error",
    error: { type: "not_found_error", message },
    request_id: requestId,
  }),
  google: ({ message }) => ({ error: { code: 404, message, status: "NOT_FOUND" } }),
};

function typeOf(status: number): string {
  if (status === 429) return "rate_limit_error";
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}
