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
}

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
  const { fromMs, toMs } = filter;
  const range = and(
    beforeId === undefined ? undefined : lt(requestLog.id, beforeId),
    afterId === undefined ? undefined : gt(requestLog.id, afterId),
    fromMs === undefined ? undefined : gte(requestLog.id, firstRequestIdAt(fromMs)),
    toMs === undefined ? undefined : lt(requestLog.id, firstRequestIdAt(toMs)),
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
  return and(
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
    ...(filter.tags ?? []).map(({ name, value }) => {
      // No name contains a quote.
      const found = sql`${column("tags")} ->> ${`$."${name}"`}`;
      return value === null ? sql`${found} is not null` : sql`${found} = ${value}`;
    }),
  );
}
