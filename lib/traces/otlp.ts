/**
 * Spans as OTLP has them in JSON: ids in hexadecimal, 64-bit numbers as texts.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * @module
 */

export interface OtlpAttribute {
  readonly key: string;
  readonly value:
    | { readonly stringValue: string }
    | { readonly boolValue: boolean }
    | { readonly intValue: string }
    | { readonly doubleValue: number }
    | { readonly arrayValue: { readonly values: readonly { readonly stringValue: string }[] } };
}

export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  /** SPAN_KIND_INTERNAL, SPAN_KIND_SERVER, SPAN_KIND_CLIENT. */
  readonly kind: 1 | 2 | 3;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  /** STATUS_CODE_UNSET, STATUS_CODE_ERROR. */
  readonly status: { readonly code: 0 | 2 };
}

/** The body of a post to `/v1/traces`. */
export interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly OtlpSpan[];
    }[];
  }[];
}

const NAME = "one-balance";

export function otlpTraces(spans: readonly OtlpSpan[]): OtlpTraces {
  const resource = { attributes: attributesOf({ "service.name": NAME }) };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: NAME }, spans }] }] };
}

export type AttributeValue = string | number | boolean | readonly string[] | null | undefined;

/** Whole numbers as integers; what is null, undefined or no finite number is left out. */
export function attributesOf(values: Readonly<Record<string, AttributeValue>>): OtlpAttribute[] {
  const attributes: OtlpAttribute[] = [];
  for (const key in values) {
    const value = otlpValue(values[key]);
    if (value !== null) attributes.push({ key, value });
  }
  return attributes;
}

function otlpValue(value: AttributeValue): OtlpAttribute["value"] | null {
  switch (typeof value) {
    case "string":
      return { stringValue: value };
    case "boolean":
      return { boolValue: value };
    case "number":
      // JSON has no word for it.
      if (!Number.isFinite(value)) return null;
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      if (value === null || value === undefined) return null;
      return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
  }
}

/** Epoch milliseconds as epoch nanoseconds. */
export function nanoseconds(ms: number): string {
  return `${Math.max(0, Math.round(ms))}000000`;
}
