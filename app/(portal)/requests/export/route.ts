import { answerWithStream } from "@/app/answer-with-stream";
import { portalRead } from "@/app/portal-read";
import { requestTimeZone } from "@/i18n/request-reader";
import { textStream } from "@/lib/http/text-stream";
import { exportBrowsedRequests } from "@/lib/manage/usage/browse-requests";
import { requestFilterOf } from "../request-query";

const TYPES = { csv: "text/csv; charset=utf-8", json: "application/json" } as const;

/** The log as a file: `format` is `csv` or `json`, the other parameters are those of the page. */
export async function GET(request: Request): Promise<Response> {
  const { context, member } = await portalRead("viewer");
  const { searchParams } = new URL(request.url);
  const format = searchParams.get("format") === "json" ? "json" : "csv";
  const filter = requestFilterOf(Object.fromEntries(searchParams), await requestTimeZone());
  const day = new Date(context.nowMs()).toISOString().slice(0, 10);
  const body = textStream(exportBrowsedRequests(context, member, filter, format));
  return answerWithStream(body, {
    "content-type": TYPES[format],
    "content-disposition": `attachment; filename="requests-${day}.${format}"`,
    "cache-control": "no-store",
  });
}
