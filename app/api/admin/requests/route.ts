import { exportRequests } from "@/lib/manage/export-requests";
import { listRequests } from "@/lib/manage/list-requests";
import { listRequestsInput } from "@/lib/manage/usage-schemas";
import { adminRoute } from "../admin-route";
import { readQuery } from "../read-body";
import { textStream } from "../text-stream";

export const GET = adminRoute(async ({ request, context }) => {
  const input = readQuery(request, listRequestsInput);
  if (input.format === "json") return listRequests(context, input);
  const { format, cursor: _, limit: __, after: ___, ...filter } = input;
  return new Response(textStream(exportRequests(context, filter, format)), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="requests.csv"',
      "cache-control": "no-store",
    },
  });
});
