/**
 * How the audit log records provider keys.
 * @module
 */
import type { SQL } from "drizzle-orm";
import { redact } from "../../crypto/redact";
import type { ProviderKeyFilter } from "../../db/keys/provider-key-filter";
import { type Actor, auditChange } from "../../db/team/audit-log";

/** An entry lists up to this many keys, so that each key's history can show it. */
const NAMED_MAX = 200;

/** The entry for a change of one key, named by its masked form. */
export function auditKey(
  actor: Actor,
  action: string,
  key: { readonly id: string; readonly masked: string },
  atMs: number,
  changes: { readonly before?: Fields; readonly after?: Fields } = {},
): SQL {
  const subject = { kind: "provider-key", id: key.id, name: key.masked };
  return auditChange(actor, { action: `provider-key.${action}`, subject, ...changes }, atMs);
}

type Fields = Readonly<Record<string, unknown>>;

/** The entry for a change of many keys, named by how they were selected. */
export function auditKeys(
  actor: Actor,
  action: string,
  chosen: ProviderKeyFilter,
  atMs: number,
  after: Fields = {},
): SQL {
  const subject = { kind: "provider-key", id: null, name: nameOf(chosen) };
  const entry = { action: `provider-key.${action}`, subject };
  return auditChange(actor, { ...entry, after: { ...whichOf(chosen), ...after } }, atMs);
}

/**
 * What an entry keeps of a selection of keys. The search text is left out, because people search for a key by pasting
 * it.
 */
export function whichOf({ ids, q, shownTo, tendedBy, ...filter }: ProviderKeyFilter): Fields {
  return {
    ...filter,
    ...(q !== undefined && { q: redact(q, []) }),
    ...(ids && ids.length <= NAMED_MAX && { ids }),
  };
}

/** `openai`, `3 keys`, `openai, status blocked`. */
export function nameOf({ ids, provider, status, model, q }: ProviderKeyFilter): string {
  const parts = [
    provider,
    status && `status ${status}`,
    model && `model ${model}`,
    q && `matching ${redact(q, [])}`,
    ids && `${ids.length} ${ids.length === 1 ? "key" : "keys"}`,
  ];
  return parts.filter(Boolean).join(", ") || "all keys";
}
