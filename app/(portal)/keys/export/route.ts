import { actionFailure } from "@/app/portal-action";
import { portalRead } from "@/app/portal-read";
import { exportProviderKeys } from "@/lib/manage/keys/export-provider-keys";
import { exportProviderKeysInput } from "@/lib/manage/keys/provider-key-schemas";
import type { ManageContext } from "@/lib/manage/manage-context";
import { parseInput } from "@/lib/manage/parse-input";

/** The masked keys that match the parameters, as a file. */
export async function GET(request: Request): Promise<Response> {
  const { context } = await portalRead("admin");
  const { format, ...filter } = Object.fromEntries(new URL(request.url).searchParams);
  return file(context, { format, filter });
}

/** The same from a JSON body, and with the member's password the keys themselves. */
export async function POST(request: Request): Promise<Response> {
  const { context } = await portalRead("admin");
  return file(context, await request.json().catch(() => null));
}

async function file(context: ManageContext, input: unknown): Promise<Response> {
  try {
    const wanted = parseInput(exportProviderKeysInput, input);
    const pieces = await exportProviderKeys(context, wanted);
    const day = new Date(context.nowMs()).toISOString().slice(0, 10);
    const name = `${wanted.filter.provider ?? "provider"}-keys-${day}.${wanted.format}`;
    return new Response(toStream(pieces), {
      headers: {
        "content-type": wanted.format === "csv" ? "text/csv; charset=utf-8" : "application/json",
        "content-disposition": `attachment; filename="${name.replace(/[^\w.-]/g, "_")}"`,
        "cache-control": "no-store",
      },
    });
  } catch (error) {
    const failure = actionFailure(error);
    const status = failure.code === "internal_error" ? 500 : 400;
    return Response.json(failure, { status, headers: { "cache-control": "no-store" } });
  }
}

function toStream(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
