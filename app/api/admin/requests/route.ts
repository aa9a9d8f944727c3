import { textStream } from "@/lib/http/text-stream";
import { exportRequests } from "@/lib/manage/export-requests";
import { listRequests } from "@/lib/manage/list-requests";
import { listRequestsInput } from "@/lib/manage/usage-schemas";
import { answerWithStream } from "@/lib/runtime/left-body";
import { adminRoute } from "../admin-route";
import { readQuery } from "../read-body";

export const GET = adminRoute(async ({ request, context }) => {
  const input = readQuery(request, listRequestsInput);
  if (input.format === "json") return listRequests(context, input);
  const { format, cursor: _, limit: __, after: ___, ...filter } = input;
  return answerWithStream(request, textStream(exportRequests(context, filter, format)), {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="requests.csv"',
    "cache-control": "no-store",
  });
});
