/**
 * Parts of written documents that are generated from the code: the number of providers, and what each withholds.
 * @module
 */
import { providers } from "../../lib/providers/registry.ts";
import type { FieldNames } from "../../lib/providers/types.ts";
import { code, table } from "./markdown-parts.ts";

/** Documents with such parts: path from the root, and a function that updates the parts in the text. */
export const WRITTEN_PARTS: ReadonlyMap<string, (text: string) => string> = new Map([
  ["README.md", withCount],
  ["docs/security.md", (text) => withWithheld(text, ["Provider", "Credentials", "Accounts"])],
  ["docs/zh/security.md", (text) => withWithheld(text, ["服务商", "凭据", "账号"])],
]);

function withCount(text: string): string {
  return text.replace(/\[\d+ providers\]/, `[${providers.length} providers]`);
}

const WITHHELD = /(<!-- checked against the code: withheld -->\n)(?:\|.*\n)+/;

function withWithheld(text: string, head: readonly string[]): string {
  const rows = providers
    .map(({ label, withholds }) => [
      label,
      fieldsOf(withholds.credentials),
      fieldsOf(withholds.accounts),
    ])
    .filter(([, credentials, accounts]) => credentials !== USUAL || accounts !== "");
  return text.replace(WITHHELD, (_table, note: string) => `${note}${table(head, rows)}\n`);
}

/** What most providers use. */
const USUAL = code("authorization");

function fieldsOf({ headers = [], query = [], subprotocols = [] }: FieldNames): string {
  const names = [
    ...headers,
    ...query.map((name) => `?${name}`),
    ...subprotocols.map((prefix) => `${prefix}…`),
  ];
  return names.map(code).join(", ");
}
