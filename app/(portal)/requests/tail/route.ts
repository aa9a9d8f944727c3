import { getTimeZone } from "next-intl/server";
import { portalRead } from "@/app/portal-read";
import { browseRequests } from "@/lib/manage/usage/browse-requests";
import { requestFilterOf } from "../request-query";

/** More than a page at once nobody reads as it comes. */
const MOST_ITEMS = 50;

/** What is new in the log since the request `after`, newest first; the other parameters are those of the page. */
export async function GET(request: Request): Promise<Response> {
  const { context, member } = await portalRead("viewer");
  const { searchParams } = new URL(request.url);
  const filter = requestFilterOf(Object.fromEntries(searchParams), await getTimeZone());
  const { items } = await browseRequests(context, member, {
    ...filter,
    after: searchParams.get("after")?.slice(0, 100) || undefined,
    limit: MOST_ITEMS,
    format: "json",
  });
  return Response.json({ items }, { headers: { "cache-control": "no-store" } });
}
