/**
 * W3C Trace Context: which trace a request belongs to.
 * @see https://www.w3.org/TR/trace-context/
 * @module
 */
import type { HeaderFields } from "../http/read-headers";

/** A request's place in a trace. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Of the request's own span: 16 hexadecimal digits. */
  readonly spanId: string;
  /** The caller's span; null if the trace begins here. */
  readonly parentSpanId: string | null;
  /** The caller's `tracestate`; empty for none. */
  readonly state: string;
  /** Whether it is recorded: the caller may have said no. */
  readonly isSampled: boolean;
}

const TRACEPARENT =
  /^([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;
/** Longer ones may be dropped, and what is none must be. */
const STATE_MAX_CHARS = 512;
const STATE_MAX_MEMBERS = 32;
const STATE_MEMBER = /^[a-z\d][a-z\d_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;
const SAMPLED = 1;
const IDS = 2n ** 64n;

/**
 * Takes over the caller's trace, or begins one.
 * @param randomHex So many hexadecimal digits.
 */
export function traceOf(
  headers: HeaderFields,
  randomHex: (digits: number) => string,
): TraceContext {
  const [, version, traceId, parentSpanId, flags] =
    TRACEPARENT.exec(headers.get("traceparent")?.trim() ?? "") ?? [];
  const spanId = randomHex(16);
  const isKnown = traceId !== undefined && parentSpanId !== undefined && version !== "ff";
  if (!isKnown) {
    return { traceId: randomHex(32), spanId, parentSpanId: null, state: "", isSampled: true };
  }
  return {
    traceId,
    spanId,
    parentSpanId,
    state: stateIn(headers),
    isSampled: (Number.parseInt(flags ?? "0", 16) & SAMPLED) !== 0,
  };
}

/** @see https://www.w3.org/TR/trace-context/#tracestate-header-field-values */
function stateIn(headers: HeaderFields): string {
  const state = headers.get("tracestate")?.trim() ?? "";
  if (state === "" || state.length > STATE_MAX_CHARS) return "";
  const members = state.split(",").map((member) => member.trim());
  const isState =
    members.length <= STATE_MAX_MEMBERS &&
    members.every((member) => member === "" || STATE_MEMBER.test(member));
  return isState ? state : "";
}

/** An attempt's span id: the same in the header sent upstream and in the exported span. */
export function attemptSpanId({ spanId }: Pick<TraceContext, "spanId">, attempt: number): string {
  return nthSpanId(spanId, attempt + 1);
}

/** An id beside a span's own, another for each number above 0. */
export function nthSpanId(spanId: string, number: number): string {
  const next = BigInt(`0x${spanId}`) + BigInt(number);
  // All zeros is no id.
  return (next < IDS ? next : next - IDS + 1n).toString(16).padStart(16, "0");
}

/** The header for an upstream. */
export function traceparentOf(trace: TraceContext, attempt: number): string {
  return `00-${trace.traceId}-${attemptSpanId(trace, attempt)}-${trace.isSampled ? "01" : "00"}`;
}
