import { getCloudflareContext } from "@opennextjs/cloudflare";
import { leaveBody } from "@/lib/runtime/left-body";

/** A response whose body is sent piece by piece, past OpenNext, which would buffer it. */
export function answerWithStream(
  body: ReadableStream,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(leaveBody(getCloudflareContext().ctx, body) ? null : body, { headers });
}
