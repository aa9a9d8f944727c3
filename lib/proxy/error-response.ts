import type { ErrorFormat } from "../providers/types";
import type { ProxyError } from "./proxy-error";
import { RESPONSE_HEADERS } from "./response-headers";

/** Official SDKs sleep through a `Retry-After` up to a minute and retry at once past it: tell them not to. */
const LONGEST_SDK_WAIT_SECONDS = 60;

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

/** Our own error in the shape the provider's SDK reads, with the code where that SDK shows it. */
export function errorResponse(
  error: ProxyError,
  format: ErrorFormat,
  requestId: string,
  attempts: number,
): Response {
  const headers = new Headers({
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    [RESPONSE_HEADERS.requestId]: requestId,
    [RESPONSE_HEADERS.attempts]: String(attempts),
  });
  if (error.limitSource !== null) headers.set(RESPONSE_HEADERS.limitSource, error.limitSource);
  if (error.retryAfterMs !== null) {
    const seconds = Math.max(1, Math.ceil(error.retryAfterMs / 1000));
    headers.set("retry-after", String(seconds));
    if (seconds > LONGEST_SDK_WAIT_SECONDS) headers.set("x-should-retry", "false");
  }
  const bodies = error.code === "resource_not_found" ? NOT_FOUND_BODIES : BODIES;
  const body = bodies[format](error, requestId);
  return new Response(JSON.stringify(body), { status: error.status, headers });
}

const BODIES: Record<ErrorFormat, (error: ProxyError, requestId: string) => unknown> = {
  openai: ({ message, code, status }) => ({
    error: { message, type: openAiType(status), param: null, code },
  }),
  anthropic: ({ message, code, status }, requestId) => ({
    type: "error",
    error: { type: ANTHROPIC_TYPES[status] ?? "api_error", message, code },
    request_id: requestId,
  }),
  google: ({ message, code, status }) => ({
    error: {
      code: status,
      message,
      status: GOOGLE_STATUSES[status] ?? "INTERNAL",
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: code,
          domain: "one-balance",
        },
      ],
    },
  }),
};

/** As the services say it themselves of what is not there: nobody shall learn that another has it. */
const NOT_FOUND_BODIES: typeof BODIES = {
  openai: ({ message }) => ({
    error: { message, type: "invalid_request_error", param: "id", code: null },
  }),
  anthropic: ({ message }, requestId) => ({
    type: "error",
    error: { type: "not_found_error", message },
    request_id: requestId,
  }),
  google: ({ message }) => ({ error: { code: 404, message, status: "NOT_FOUND" } }),
};

function openAiType(status: number): string {
  if (status === 429) return "rate_limit_error";
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}
