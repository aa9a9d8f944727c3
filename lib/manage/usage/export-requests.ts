import Papa from "papaparse";
import { readRequests } from "../../db/usage/request-log";
import { formatTags } from "../../tags/tag-text";
import type { ManageContext } from "../manage-context";
import { type RequestNames, requestNamer } from "../request-names";
import { type RequestItem, toFilter, toRequestItem } from "./list-requests";
import type { RequestFilterInput } from "./usage-schemas";

/** Requests per read: a million take few of the queries that one request may make on a paid plan. */
const PAGE_SIZE = 2_000;

type NamedItem = RequestItem & RequestNames;

const COLUMNS = [
  "id",
  "at",
  "provider",
  "model",
  "tokenId",
  "userId",
  "keyId",
  "outcome",
  "status",
  "errorCode",
  "durationMs",
  "timeToFirstTokenMs",
  "isStream",
  "attempts",
  "inputTokens",
  "outputTokens",
  "cachedInputTokens",
  "cacheWriteTokens",
  "reasoningTokens",
  "isEstimate",
  "costUsd",
  "gatewayLogId",
  "turns",
  "timeToFirstByteMs",
  "tags",
  "reachedLimit",
  "tokenName",
  "userName",
  "maskedKey",
] as const satisfies readonly (keyof NamedItem)[];

/** All requests that match a filter as a file's text, in pieces, newest first. */
export async function* exportRequests(
  context: ManageContext,
  filter: RequestFilterInput,
  format: "csv" | "json",
): AsyncGenerator<string> {
  if (format === "csv") yield `${COLUMNS.join(",")}\r\n`;
  let isFirst = true;
  for await (const items of readPages(context, filter)) {
    if (items.length === 0) continue;
    if (format === "csv") yield `${toCsv(items)}\r\n`;
    else yield `${isFirst ? "[\n" : ",\n"}${items.map((item) => JSON.stringify(item)).join(",\n")}`;
    isFirst = false;
  }
  if (format === "json") yield isFirst ? "[]\n" : "\n]\n";
}

async function* readPages(
  context: ManageContext,
  filter: RequestFilterInput,
): AsyncGenerator<readonly NamedItem[]> {
  const { db } = context;
  const name = requestNamer(context);
  let beforeId: string | undefined;
  for (;;) {
    const page = await readRequests(db, toFilter(filter), { beforeId, limit: PAGE_SIZE });
    yield await name(page.rows.map(toRequestItem));
    if (page.nextBeforeId === null) return;
    beforeId = page.nextBeforeId;
  }
}

/** Clients choose model names: `escapeFormulae` keeps a spreadsheet from running them. */
function toCsv(items: readonly NamedItem[]): string {
  const rows = items.map((item) =>
    COLUMNS.map((column) => {
      if (column === "at") return new Date(item.at).toISOString();
      if (column === "tags") return item.tags === null ? null : formatTags(item.tags);
      if (column === "reachedLimit") {
        const { holder, id, limit } = item.reachedLimit ?? {};
        return item.reachedLimit === null ? null : `${holder} ${id} ${limit}`;
      }
      return item[column];
    }),
  );
  return Papa.unparse(rows, { escapeFormulae: true, header: false });
}
