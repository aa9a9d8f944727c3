import { portalRead } from "@/app/portal-read";
import { requestTimeZone } from "@/i18n/request-reader";
import { browseRequests } from "@/lib/manage/usage/browse-requests";
import { requestFilterOf } from "../request-query";

/** No one reads more at once as it arrives. */
const MOST_ITEMS = 50;

/** New log entries since the request `after`, newest first; the other parameters are those of the page. */
export async function GET(request: Request): Promise<Response> {
  const { context, member } = await portalRead("viewer");
  const { searchParams } = new URL(request.url);
  const filter = requestFilterOf(Object.fromEntries(searchParams), await requestTimeZone());
  const { items } = await browseRequests(context, member, {
    ...filter,
    after: searchParams.get("after")?.slice(0, 100) || undefined,
    limit: MOST_ITEMS,
    format: "json",
  });
  return Response.json({ items }, { headers: { "cache-control": "no-store" } });
}
