import { readMetrics } from "@/lib/manage/usage/read-metrics";
import { liveIsolate } from "@/lib/runtime/live-figures";
import { adminRoute } from "../admin/admin-route";

export const GET = adminRoute(
  async ({ request, context, env }) =>
    new Response(await readMetrics(context, liveIsolate(request.headers, env)), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    }),
);
