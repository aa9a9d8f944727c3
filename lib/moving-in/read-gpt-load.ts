/**
 * The keys of tbphp/gpt-load: its tables `api_keys` and `groups` from a dump, a page of its key list's API
 * (`key_value`, `status`, `notes`), or the text file of its export, whose name contains group and status.
 * @module
 */
import type { Row } from "./read-sql-tables";
import {
  fieldsOf,
  jsonOf,
  PLAIN_KEY,
  remarkOf,
  type Source,
  type SourceKey,
  type SourceState,
  textOf,
} from "./source-key";

export function isGptLoad(row: Row): boolean {
  return "key_value" in row && "group_id" in row;
}

/** @param groups Rows of its table of groups; empty if there are none. */
export function readGptLoad(rows: readonly Row[], groups: readonly Row[]): Source {
  const byId = new Map(groups.map((group) => [textOf(group.id), group]));
  const keys: SourceKey[] = [];
  const unusable: Source["unusable"][number][] = [];
  for (const [index, row] of rows.entries()) {
    const position = index + 1;
    const text = textOf(row.key_value);
    if (SEALED.test(text)) {
      unusable.push({ position, problem: "sealed" });
      continue;
    }
    const group = byId.get(textOf(row.group_id));
    const remark = remarkOf(row.notes);
    keys.push({
      ...PLAIN_KEY,
      text,
      position,
      ...placeOf(group),
      settings: remark === undefined ? {} : { remark },
      state: stateOf(textOf(row.status)),
    });
  }
  return { form: "gpt-load", keys, unusable, skipped: 0 };
}

/** With an `ENCRYPTION_KEY` it stores keys as hex of nonce, ciphertext and tag: longer than any key in hex. */
const SEALED = /^(?:[\da-f]{2}){48,}$/;

/** Its reason was that the key failed too often in a row. */
function stateOf(status: string): SourceState {
  if (status !== "invalid") return PLAIN_KEY.state;
  return { kind: "blocked", meaning: "key_doubtful", words: "" };
}

/** A group's channel type names the API; its upstreams say whose keys they are. */
function placeOf(group: Row | undefined): Pick<SourceKey, "hint" | "baseUrl"> {
  if (group === undefined) return { hint: null, baseUrl: null };
  const upstreams = jsonOf(group.upstreams);
  const [first] = Array.isArray(upstreams) ? upstreams : [];
  return { hint: textOf(group.name) || null, baseUrl: textOf(fieldsOf(first).url) || null };
}

const EXPORT_NAME = /^keys-(.+)-(all|active|invalid)(?: ?\(\d+\))?\.txt$/;

/** What the name of an exported file says about its keys; undefined for other files. */
export function readGptLoadName(fileName: string): Pick<SourceKey, "hint" | "state"> | undefined {
  const [, group, status = ""] = EXPORT_NAME.exec(fileName) ?? [];
  return group === undefined ? undefined : { hint: group, state: stateOf(status) };
}
