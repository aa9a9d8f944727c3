import { getCloudflareContext } from "@opennextjs/cloudflare";
import { leaveBody } from "@/lib/runtime/left-body";

/** An answer whose body is sent piece by piece, past OpenNext, which would collect it first. */
export function answerWithStream(
  body: ReadableStream,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(leaveBody(getCloudflareContext().ctx, body) ? null : body, { headers });
}
