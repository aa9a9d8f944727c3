import { portalRead } from "@/app/portal-read";
import { listViews } from "@/lib/manage/views/list-views";
import { hasViews } from "@/lib/manage/views/view-address";

/** The saved views of a page, which its dialog shows. */
export async function GET(request: Request): Promise<Response> {
  const { context, member } = await portalRead("viewer");
  const path = new URL(request.url).searchParams.get("path") ?? "";
  const views = hasViews(path) ? await listViews(context, member, path) : [];
  return Response.json({ views }, { headers: { "cache-control": "no-store" } });
}
