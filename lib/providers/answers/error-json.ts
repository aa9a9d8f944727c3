/**
 * Walks through the JSON of error bodies.
 * @module
 */
import type { QuotaViolation } from "../types";

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Deeper nesting is ignored; real error bodies are shallower. */
const MAX_DEPTH = 16;
/** Gateways wrap error bodies in one another as text; two levels occur in practice. */
const MAX_TEXT_DEPTH = 2;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A copy with trimmed keys (`" @type"` occurs), in which a `message`, `error` or `detail` that contains the text of a
 * JSON object or array is replaced by its parsed value.
 */
export function expandJson(value: unknown, depth = 0, textDepth = 0): unknown {
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => expandJson(item, depth + 1, textDepth));
  if (!isRecord(value)) return value;
  // Not by assignment, because a key `__proto__` would change the copy's prototype.
  return Object.fromEntries(
    Object.entries(value).map(([rawKey, item]) => {
      const key = rawKey.trim();
      const inner = textDepth < MAX_TEXT_DEPTH ? jsonInText(key, item) : undefined;
      const expanded =
        inner === undefined
          ? expandJson(item, depth + 1, textDepth)
          : expandJson(inner, depth + 1, textDepth + 1);
      return [key, expanded];
    }),
  );
}

function jsonInText(key: string, value: unknown): unknown {
  if (typeof value !== "string" || !/^(?:message|error|detail)$/.test(key)) return undefined;
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Calls `visit` for every object in the tree, outer before inner. */
export function visitRecords(value: unknown, visit: (record: JsonRecord) => void, depth = 0): void {
  if (depth > MAX_DEPTH || typeof value !== "object" || value === null) return;
  if (isRecord(value)) visit(value);
  for (const item of Object.values(value)) visitRecords(item, visit, depth + 1);
}

/** The first value under `key` anywhere in the tree; undefined if there is none. */
export function findInJson(json: unknown, key: string): unknown {
  let found: unknown;
  visitRecords(json, (record) => {
    found ??= record[key];
  });
  return found;
}

/** Fields whose values name the cause of an error in one word. */
const REASON_FIELDS = [
  "reason", // google.rpc.ErrorInfo
  "error_type", // OpenRouter
  "limit_source", // OpenRouter
  "error_code", // Anthropic's error.details
  "category", // Deepgram
  "err_code", // Deepgram
] as const;

/** The words that name causes, and the quotas that google.rpc details report as exceeded. */
export function collectFromJson(json: unknown): {
  reasons: readonly string[];
  quotaViolations: readonly QuotaViolation[];
} {
  const reasons: string[] = [];
  const quotaViolations: QuotaViolation[] = [];
  visitRecords(json, (record) => {
    for (const field of REASON_FIELDS) {
      const value = record[field];
      if (typeof value === "string") reasons.push(value);
    }
    // OpenRouter's `availability` and Azure's `innererror` name theirs in `code`.
    for (const part of [record.availability, record.innererror]) {
      if (isRecord(part) && typeof part.code === "string") reasons.push(part.code);
    }
    if (typeof record.quotaId === "string") {
      const dimensions = isRecord(record.quotaDimensions) ? record.quotaDimensions : {};
      quotaViolations.push({
        quotaId: record.quotaId,
        quotaMetric: text(record.quotaMetric),
        model: text(dimensions.model),
        quotaValue: numberOrNull(record.quotaValue),
      });
    }
    // ErrorInfo's metadata has the same under other names.
    if (typeof record.quota_limit === "string") {
      quotaViolations.push({
        quotaId: record.quota_limit,
        quotaMetric: text(record.quota_metric),
        model: "",
        quotaValue: numberOrNull(record.quota_limit_value),
      });
    }
  });
  return { reasons, quotaViolations };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOrNull(value: unknown): number | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const number = Number(value);
  return value === "" || Number.isNaN(number) ? null : number;
}
