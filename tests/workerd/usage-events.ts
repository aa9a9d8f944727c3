/** Requests as the proxy reports them. */
import { newRequestId } from "../../lib/proxy/new-request-id";
import type { AttemptRecord, RequestEvent } from "../../lib/usage/request-event";
import { NO_USAGE, type Usage } from "../../lib/usage/types";

export const attemptBy = (
  keyId: string,
  meaning: AttemptRecord["meaning"] = "ok",
): AttemptRecord => ({
  keyId,
  afterMs: 1,
  tookMs: 20,
  status: meaning === "ok" ? 200 : 429,
  meaning,
  rule: null,
  words: null,
});

export const usageOf = (inputTokens: number, outputTokens: number): Usage => ({
  ...NO_USAGE,
  inputTokens,
  outputTokens,
});

/** A successful response of gpt-5-mini through one key. */
export function requestAt(atMs: number, fields: Partial<RequestEvent> = {}): RequestEvent {
  return {
    id: newRequestId(atMs, Math.random()),
    atMs,
    provider: "openai",
    model: "gpt-5-mini",
    tokenId: "at_1",
    userId: null,
    outcome: "ok",
    status: 200,
    errorCode: null,
    durationMs: 900,
    timeToFirstTokenMs: 300,
    timeToFirstByteMs: 120,
    isStream: false,
    attempts: [attemptBy("pk_1")],
    usage: usageOf(100, 10),
    gatewayLogId: null,
    ...fields,
  };
}
