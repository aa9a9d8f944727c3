import { portalRead } from "@/app/portal-read";
import { requestTimeZone } from "@/i18n/request-reader";
import { exportAuditEntries } from "@/lib/manage/audit/export-audit-entries";
import { auditFilterOf } from "../audit-query";

const TYPES = { csv: "text/csv; charset=utf-8", json: "application/json" } as const;

/** The log as a file: `format` is `csv` or `json`, the other parameters are those of the page. */
export async function GET(request: Request): Promise<Response> {
  const { context } = await portalRead("admin");
  const { searchParams } = new URL(request.url);
  const format = searchParams.get("format") === "json" ? "json" : "csv";
  const filter = auditFilterOf(Object.fromEntries(searchParams), await requestTimeZone());
  const text = await exportAuditEntries(context, filter, format);
  const day = new Date(context.nowMs()).toISOString().slice(0, 10);
  return new Response(toStream(text), {
    headers: {
      "content-type": TYPES[format],
      "content-disposition": `attachment; filename="audit-log-${day}.${format}"`,
      "cache-control": "no-store",
    },
  });
}

function toStream(portions: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await portions.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await portions.return(undefined);
    },
  });
}
