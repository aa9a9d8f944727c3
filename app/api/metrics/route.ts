import { readMetrics } from "@/lib/manage/read-metrics";
import { adminRoute } from "../admin/admin-route";

export const GET = adminRoute(
  async ({ context }) =>
    new Response(await readMetrics(context), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    }),
);
