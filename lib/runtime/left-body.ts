/**
 * The way of long bodies past OpenNext, which collects all that a route answers before it sends a byte: a
 * million rows are more than an isolate has memory for. The route leaves its stream here and answers with a
 * name for it; the Worker's entry, which waits for that answer in the same request, puts the stream in its place.
 * @module
 */
import { PATH_HEADER } from "./next-request";

const NAME_HEADER = "x-one-balance-left-body";

/** On `globalThis`, because the Worker's entry and Next are bundled apart. */
const shared = globalThis as { oneBalanceLeftBodies?: Map<string, ReadableStream> };

function bodies(): Map<string, ReadableStream> {
  shared.oneBalanceLeftBodies ??= new Map();
  return shared.oneBalanceLeftBodies;
}

/** The route's answer. Where no Worker's entry stands before Next (`npm run dev`), the body is in it. */
export function answerWithStream(
  request: Request,
  body: ReadableStream,
  headers: Readonly<Record<string, string>>,
): Response {
  if (!request.headers.has(PATH_HEADER)) return new Response(body, { headers });
  const name = crypto.randomUUID();
  bodies().set(name, body);
  return new Response(null, { headers: { ...headers, [NAME_HEADER]: name } });
}

/** Next's answer, with the body that its route left. */
export function withLeftBody(answer: Response): Response {
  const name = answer.headers.get(NAME_HEADER);
  if (name === null) return answer;
  const body = bodies().get(name) ?? null;
  bodies().delete(name);
  const whole = new Response(body, answer);
  whole.headers.delete(NAME_HEADER);
  whole.headers.delete("content-length");
  return whole;
}
