/**
 * The keys of glidea/one-balance: the table `keys` of its D1 (`id`, `key`, `provider`, `model_coolings`, `status`,
 * `remark`, times in seconds), from a dump or as JSON.
 * @module
 */
import type { Row } from "./read-sql-tables";
import {
  fieldsOf,
  jsonOf,
  PLAIN_KEY,
  remarkOf,
  type Source,
  type SourceCooldown,
  type SourceKey,
  type SourceState,
  textOf,
} from "./source-key";

/** Columns that no other program's table of keys has together. */
export function isOneBalance(row: Row): boolean {
  return "key" in row && "provider" in row && ("model_coolings" in row || "modelCoolings" in row);
}

export function readOneBalance(rows: readonly Row[]): Source {
  const keys = rows.map((row, index): SourceKey => {
    const remark = remarkOf(row.remark);
    return {
      ...PLAIN_KEY,
      text: textOf(row.key),
      position: index + 1,
      service: textOf(row.provider) || null,
      settings: remark === undefined ? {} : { remark },
      state: stateOf(textOf(row.status)),
      cooldowns: coolingsOf(row.model_coolings ?? row.modelCoolings),
    };
  });
  return { form: "one-balance", keys, unusable: [], skipped: 0 };
}

/** It blocks a key only for status 403, and stores no message. */
export function stateOf(status: string): SourceState {
  if (status !== "blocked") return PLAIN_KEY.state;
  return { kind: "blocked", meaning: "key_blocked", words: "" };
}

/** `{"gemini-2.5-pro": {"end_at": 1758077793, "total_seconds": 86400}}`, in seconds. */
export function coolingsOf(value: unknown): SourceCooldown[] {
  return Object.entries(fieldsOf(jsonOf(value))).flatMap(([model, cooling]) => {
    const endAt = Number(fieldsOf(cooling).end_at);
    return endAt > 0 ? [{ model, untilMs: Math.round(endAt * 1000) }] : [];
  });
}
