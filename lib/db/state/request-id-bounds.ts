/**
 * A bound for request ids (see `lib/proxy/new-request-id.ts`): ids of requests that arrived at `timeMs` or later aren't
 * below it, earlier ones are. So the log's primary key is also its index by time.
 */
export function firstRequestIdAt(timeMs: number): string {
  // Eight digits until the year 2059; shorter ones belong to times that are never requested.
  return `req_${Math.max(0, Math.floor(timeMs)).toString(36).padStart(8, "0")}`;
}
