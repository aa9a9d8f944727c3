/**
 * A saved page of glidea/one-balance's key list (`/keys/{provider}?status=…`): one HTML row per key, the whole key in
 * the handler that copies it, the cooldowns in the one that shows them.
 * @module
 */
import { coolingsOf, stateOf } from "./read-one-balance";
import { PLAIN_KEY, remarkOf, type Source, type SourceKey } from "./source-key";

const ROW = /<input[^<>]*name="key_id"/i;
const COPIED = /copyToClipboard\('((?:[^'\\]|\\.)*)'/;
const COOLINGS = /showModelCoolings\('([^']*)',/;

export function isOneBalancePage(text: string): boolean {
  return ROW.test(text) && COPIED.test(text) && text.includes("showModelCoolings");
}

export function readOneBalancePage(html: string): Source {
  const [head = "", ...rows] = html.split(ROW);
  const [, provider = ""] = /\/keys\/([\w-]+)/.exec(formOf(html) ?? head) ?? [];
  const [, status = "active"] = /name="status"\s+value="(\w+)"/.exec(html) ?? [];
  const keys = rows.flatMap((row, index): SourceKey[] => {
    const text = COPIED.exec(row)?.[1]?.replace(/\\'/g, "'");
    if (text === undefined) return [];
    const remark = remarkOf(decode(remarkIn(row)));
    return [
      {
        ...PLAIN_KEY,
        text: decode(text),
        position: index + 1,
        service: provider || null,
        settings: remark === undefined ? {} : { remark },
        state: stateOf(status),
        cooldowns: coolingsOf(decode(COOLINGS.exec(row)?.[1] ?? "")),
      },
    ];
  });
  return { form: "one-balance", keys, unusable: [], skipped: rows.length - keys.length };
}

/** The content of the first cell after the key's. */
function remarkIn(row: string): string {
  const end = "</td>";
  const keyEnd = row.indexOf(end, Math.max(0, row.indexOf("copyToClipboard")));
  if (keyEnd === -1) return "";
  const next = row.indexOf("<td", keyEnd);
  if (next === -1 || row.slice(keyEnd + end.length, next).trim() !== "") return "";
  const from = row.indexOf(">", next);
  const to = row.indexOf(end, next);
  return from === -1 || to < from ? "" : row.slice(from + 1, to);
}

/** The search form leads to the page itself; other links lead to other providers' pages. */
function formOf(html: string): string | undefined {
  return /<form[^<>]*id="search-form"[^<>]*>/i.exec(html)?.[0];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

function decode(html: string): string {
  return html.replace(/&(?:#(\d{1,7})|(\w{1,10}));/g, (whole, code?: string, name = "") =>
    code === undefined ? (ENTITIES[name] ?? whole) : (characterOf(Number(code)) ?? whole),
  );
}

/** Undefined for a number that isn't a character. */
function characterOf(code: number): string | undefined {
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : undefined;
}
