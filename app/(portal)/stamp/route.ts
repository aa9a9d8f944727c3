import { portalRead } from "@/app/portal-read";
import { readPageStamp } from "@/lib/manage/page-refresh";

/** Whether anything that pages show has changed: `{stamp}`, which open pages compare with theirs. */
export async function GET(): Promise<Response> {
  const { context } = await portalRead("viewer");
  const stamp = await readPageStamp(context);
  return Response.json({ stamp }, { headers: { "cache-control": "no-store" } });
}
