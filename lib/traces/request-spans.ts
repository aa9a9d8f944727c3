/**
 * A request as spans: one for itself, and one for each attempt. They never contain a prompt, a response, an upstream's
 * message, an address or the text of a key.
 *
 * Only the request's span has tokens and costs, so a sum over all spans counts them once.
 * @module
 */
import { type AttemptRecord, attemptOutcome, type RequestEvent } from "../usage/request-event";
import { providerName } from "./gen-ai";
import { attributesOf, nanoseconds, type OtlpSpan } from "./otlp";
import { attemptSpanId, nthSpanId } from "./trace-context";

/** Turns of a session come after so many attempts. */
const FIRST_TURN = 1_000;
const NANO_PER_USD = 1e9;
const TEXT_MAX = 200;

const UNSET = { code: 0 } as const;
const ERROR = { code: 2 } as const;

/** @param costNanoUsd Null if no price is known. */
export function spansOf(event: RequestEvent, costNanoUsd: number | null): readonly OtlpSpan[] {
  const { trace } = event;
  if (trace === undefined || !trace.isSampled) return [];
  if (event.part === "turn") return [turnSpan(event, trace, costNanoUsd)];
  return [requestSpan(event, trace, costNanoUsd), ...event.attempts.map(attemptSpan(event, trace))];
}

type Trace = NonNullable<RequestEvent["trace"]>;

function requestSpan(event: RequestEvent, trace: Trace, costNanoUsd: number | null): OtlpSpan {
  const { attempts, atMs, durationMs, outcome, part, status, usage } = event;
  const last = attempts.at(-1);
  const isOk = outcome === "ok";
  // The usage of a session stands in its turns.
  const counted = part === "session" ? null : usage;
  return {
    ...placeOf(trace, trace.spanId, trace.parentSpanId),
    name: nameOf(trace.operation, event.model),
    kind: 2,
    startTimeUnixNano: nanoseconds(atMs),
    endTimeUnixNano: nanoseconds(atMs + durationMs),
    attributes: attributesOf({
      ...callAttributes(trace.operation, event.provider, event.model),
      ...usageAttributes(counted, part === "session" ? null : costNanoUsd),
      "http.response.status_code": status,
      "error.type": isOk ? null : (event.errorCode ?? last?.meaning ?? outcome),
      "one_balance.request.id": event.id,
      "one_balance.outcome": outcome,
      "one_balance.token.id": event.tokenId,
      "one_balance.user.id": event.userId,
      "one_balance.attempts": attempts.length,
      "one_balance.stream": event.isStream,
      "one_balance.time_to_first_token_ms": event.timeToFirstTokenMs,
      "one_balance.time_to_first_byte_ms": event.timeToFirstByteMs,
      "one_balance.converted": last?.converted,
      "one_balance.dropped": last?.dropped,
      "one_balance.turns": event.turns,
      ...tagAttributes(event),
    }),
    // By the conventions, a client's mistake isn't an error of a server span.
    status: status >= 500 || outcome === "upstream_error" ? ERROR : UNSET,
  };
}

function attemptSpan(event: RequestEvent, trace: Trace) {
  const { atMs, attempts, durationMs } = event;
  return (attempt: AttemptRecord, index: number): OtlpSpan => {
    const { provider, model } = attempt.target ?? event;
    const isOk = attempt.meaning === "ok";
    const startMs = atMs + attempt.afterMs;
    // The attempt that serves lasts until the end of the response.
    const serves = isOk && index === attempts.length - 1;
    const endMs = serves ? atMs + durationMs : startMs + attempt.tookMs;
    return {
      ...placeOf(trace, attemptSpanId(trace, index), trace.spanId),
      name: nameOf(trace.operation, model),
      kind: 3,
      startTimeUnixNano: nanoseconds(startMs),
      endTimeUnixNano: nanoseconds(Math.max(startMs, endMs)),
      attributes: attributesOf({
        ...callAttributes(trace.operation, provider, model),
        "http.response.status_code": attempt.status === 0 ? null : attempt.status,
        "http.request.resend_count": index === 0 ? null : index,
        "error.type": isOk ? null : attempt.meaning,
        "one_balance.key.id": attempt.keyId,
        "one_balance.rule": attempt.rule,
        "one_balance.converted": attempt.converted,
        "one_balance.dropped": attempt.dropped,
      }),
      status: attemptOutcome(attempt.meaning) === "ok" ? UNSET : ERROR,
    };
  };
}

/** Of a turn only the end is known, not the beginning. */
function turnSpan(event: RequestEvent, trace: Trace, costNanoUsd: number | null): OtlpSpan {
  const { atMs, model, provider } = event;
  const serial = Number(event.id.slice(event.id.lastIndexOf(".") + 1)) || 0;
  return {
    ...placeOf(trace, nthSpanId(trace.spanId, FIRST_TURN + serial), trace.spanId),
    name: nameOf(trace.operation, model),
    kind: 1,
    startTimeUnixNano: nanoseconds(atMs),
    endTimeUnixNano: nanoseconds(atMs),
    attributes: attributesOf({
      ...callAttributes(trace.operation, provider, model),
      ...usageAttributes(event.usage, costNanoUsd),
      "one_balance.request.id": event.id,
      ...tagAttributes(event),
    }),
    status: UNSET,
  };
}

function placeOf({ traceId, state }: Trace, spanId: string, parentSpanId: string | null) {
  return {
    traceId,
    spanId,
    ...(parentSpanId !== null && { parentSpanId }),
    ...(state !== "" && { traceState: state }),
  };
}

function nameOf(operation: string | null, model: string | null): string {
  const name = operation ?? "request";
  return model === null ? name : `${name} ${clipped(model)}`;
}

function callAttributes(operation: string | null, provider: string | null, model: string | null) {
  return {
    "gen_ai.operation.name": operation,
    "gen_ai.provider.name": provider === null ? null : providerName(provider),
    "gen_ai.request.model": model === null ? null : clipped(model),
  };
}

function tagAttributes({ tags = {} }: RequestEvent) {
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [`one_balance.tag.${name}`, value]),
  );
}

function usageAttributes(usage: RequestEvent["usage"], costNanoUsd: number | null) {
  return {
    "gen_ai.response.model": usage?.model == null ? null : clipped(usage.model),
    "gen_ai.usage.input_tokens": usage?.inputTokens,
    "gen_ai.usage.output_tokens": usage?.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage?.cachedInputTokens,
    "gen_ai.usage.cache_creation.input_tokens": usage?.cacheWriteTokens,
    "one_balance.usage.reasoning_tokens": usage?.reasoningTokens,
    "one_balance.usage.is_estimate": usage?.isEstimate === true ? true : null,
    "one_balance.cost_usd": costNanoUsd === null ? null : costNanoUsd / NANO_PER_USD,
  };
}

/** Model names come from clients: half a character, which isn't UTF-8, would cost the whole post. */
function clipped(text: string): string {
  return text.slice(0, TEXT_MAX).toWellFormed();
}
