/**
 * Reads the request log. Its only index is its key, which begins with the time: a page is read from the newest on,
 * skipping rows that don't match. The number of rows that one call examines is bounded, so a filter that almost no row
 * matches costs the same at ten thousand rows and at ten million; the caller continues from where the call stopped.
 * @module
 */
import { and, desc, eq, getTableColumns, gt, gte, lt, type SQL, sql } from "drizzle-orm";
import type { TagMatch } from "../../tags/tags";
import type { Outcome } from "../../usage/types";
import type { Database } from "../open-database";
import { providerKeys } from "../schema/schema";
import { type RequestLogRow, requestLog } from "../schema/usage-schema";
import { firstRequestIdAt } from "../state/request-id-bounds";
import { isTokenOfGroup } from "../team/group-parts";
import { ID_SKEW_MS } from "./read-logged-cells";

export interface RequestFilter {
  readonly fromMs?: number | undefined;
  /** Not included. */
  readonly toMs?: number | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  /** The key of the last attempt. */
  readonly keyId?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly userId?: string | undefined;
  /** With a token of this group. */
  readonly groupId?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly status?: number | undefined;
  /** Took at least this long. */
  readonly minDurationMs?: number | undefined;
  /** True for requests with more than one attempt. */
  readonly isRetried?: boolean | undefined;
  /** Requests with all of these tags. */
  readonly tags?: readonly TagMatch[] | undefined;
  /** Only these values, or all but these. */
  readonly lists?: RequestLists | undefined;
  /** A request's id, a status, or a part of an error code or of an upstream's message; case-insensitive. */
  readonly q?: string | undefined;
}

/** Fields of which several values may be wanted, or none of several. */
export const LISTED_FIELDS = [
  "provider",
  "model",
  "key",
  "token",
  "user",
  "outcome",
  "status",
] as const;

export type RequestLists = Partial<
  Record<
    (typeof LISTED_FIELDS)[number],
    { readonly values: readonly string[]; readonly isNot: boolean }
  >
>;

const LISTED_COLUMNS = {
  provider: "provider",
  model: "model",
  key: "key_id",
  token: "token_id",
  user: "user_id",
  outcome: "outcome",
  status: "status",
} as const satisfies Record<(typeof LISTED_FIELDS)[number], string>;

/** A whole id: it is looked up, wherever it is. */
const REQUEST_ID = /^req_[0-9a-z_]{8,}$/i;

export interface RequestPageQuery {
  /** Only requests before this one. */
  readonly beforeId?: string | undefined;
  /** Only requests after this one: what is new since. */
  readonly afterId?: string | undefined;
  readonly limit: number;
}

export interface RequestPage {
  /** Newest first. */
  readonly rows: readonly RequestLogRow[];
  /** Where to continue, as `beforeId`; null if there is nothing older in the range. */
  readonly nextBeforeId: string | null;
}

/** The most rows that one call examines: about 60 ms. */
const SCANNED_ROWS = 50_000;

export async function readRequests(
  db: Database,
  filter: RequestFilter,
  { beforeId, afterId, limit }: RequestPageQuery,
): Promise<RequestPage> {
  const { fromMs, toMs, q = "" } = filter;
  const range = and(
    REQUEST_ID.test(q) ? eq(requestLog.id, q) : undefined,
    beforeId === undefined ? undefined : lt(requestLog.id, beforeId),
    afterId === undefined ? undefined : gt(requestLog.id, afterId),
    fromMs === undefined ? undefined : gte(requestLog.id, firstRequestIdAt(fromMs - ID_SKEW_MS)),
    toMs === undefined ? undefined : lt(requestLog.id, firstRequestIdAt(toMs + ID_SKEW_MS)),
  );
  const scanned = db
    .select()
    .from(requestLog)
    .where(range)
    .orderBy(desc(requestLog.id))
    .limit(SCANNED_ROWS)
    .as("scanned");
  const wanted = whereRequest(filter);
  // Without its own order, the outer query takes the rows as the inner one yields them, and ends with the page; with
  // one, SQLite would first read all rows that may be examined.
  const rows = await db.select().from(scanned).where(wanted).limit(limit);
  if (rows.length === limit) return { rows, nextBeforeId: rows.at(-1)?.id ?? null };
  const [last] = await db
    .select({ id: requestLog.id })
    .from(requestLog)
    .where(range)
    .orderBy(desc(requestLog.id))
    .limit(1)
    .offset(SCANNED_ROWS - 1);
  return { rows, nextBeforeId: last?.id ?? null };
}

export interface StoredRequest extends RequestLogRow {
  /** By id, shown to people; keys deleted since are missing. */
  readonly maskedKeys: Readonly<Record<string, string>>;
}

/** One request with its attempts; null if it isn't in the log (any more). */
export async function readRequest(db: Database, id: string): Promise<StoredRequest | null> {
  const [[row], keys] = await db.batch([
    db.select().from(requestLog).where(eq(requestLog.id, id)),
    db
      .select({ id: providerKeys.id, masked: providerKeys.masked })
      .from(providerKeys)
      .where(
        sql`${providerKeys.id} in (
          select e.value ->> 'keyId' from ${requestLog}, json_each(${requestLog.attempts}) e
          where ${requestLog.id} = ${id})`,
      ),
  ]);
  if (row === undefined) return null;
  return { ...row, maskedKeys: Object.fromEntries(keys.map((key) => [key.id, key.masked])) };
}

function whereRequest(filter: RequestFilter): SQL | undefined {
  const { provider, model, keyId, tokenId, userId, groupId, outcome, status } = filter;
  const column = (name: keyof RequestLogRow) => sql.raw(getTableColumns(requestLog)[name].name);
  const is = (name: keyof RequestLogRow, value: string | number | undefined) =>
    value === undefined ? undefined : sql`${column(name)} = ${value}`;
  const { fromMs, toMs } = filter;
  return and(
    // As charts count it, not when the id was made.
    fromMs === undefined ? undefined : sql`${column("atMs")} >= ${fromMs}`,
    toMs === undefined ? undefined : sql`${column("atMs")} < ${toMs}`,
    is("provider", provider),
    is("model", model),
    is("keyId", keyId),
    is("tokenId", tokenId),
    is("userId", userId),
    groupId === undefined ? undefined : isTokenOfGroup(column("tokenId"), groupId),
    is("outcome", outcome),
    is("status", status),
    filter.minDurationMs === undefined
      ? undefined
      : sql`${column("durationMs")} >= ${filter.minDurationMs}`,
    filter.isRetried === undefined
      ? undefined
      : sql`(${column("attemptCount")} > 1) = ${filter.isRetried ? 1 : 0}`,
    ...LISTED_FIELDS.map((field) => {
      const list = filter.lists?.[field];
      if (list === undefined) return undefined;
      const values = field === "status" ? list.values.map(Number) : list.values;
      // A request without the field is none of these.
      const found = sql`coalesce(${sql.raw(LISTED_COLUMNS[field])}, '') in (
        select value from json_each(${JSON.stringify(values)}))`;
      return list.isNot ? sql`not ${found}` : found;
    }),
    filter.q === undefined ? undefined : isFound(filter.q),
    ...(filter.tags ?? []).map(({ name, value }) => {
      // No name contains a quote.
      const found = sql`${column("tags")} ->> ${`$."${name}"`}`;
      return value === null ? sql`${found} is not null` : sql`${found} = ${value}`;
    }),
  );
}

function isFound(q: string): SQL {
  const contains = (text: SQL) => sql`instr(lower(${text}), lower(${q})) > 0`;
  const status = /^[1-5]\d\d$/.test(q) ? sql`status = ${Number(q)}` : sql`false`;
  // The attempts are only taken apart if the words are somewhere in them.
  return sql`(${contains(sql`id`)} or ${status} or ${contains(sql`error_code`)}
    or (${contains(sql`attempts`)} and exists (
      select 1 from json_each(attempts) a where ${contains(sql`a.value ->> 'words'`)})))`;
}
