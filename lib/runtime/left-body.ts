/**
 * The way of long bodies past OpenNext, which collects all that a route answers before it sends a byte: a
 * million rows are more than an isolate has memory for. The route leaves its stream with the context of its
 * request; the portal's entry, which made that context, puts the stream into the answer. A stream that nobody
 * fetches is gone with its request.
 * @module
 */

interface Slot {
  body: ReadableStream | null;
}

/** On `globalThis`, because the portal's entry and Next are bundled apart. */
const shared = globalThis as { oneBalanceLeftBodies?: WeakMap<object, Slot> };

function slots(): WeakMap<object, Slot> {
  shared.oneBalanceLeftBodies ??= new WeakMap();
  return shared.oneBalanceLeftBodies;
}

/** Lets the route of the request that `context` belongs to leave its body. */
export function expectBody(context: object): void {
  slots().set(context, { body: null });
}

/** @returns False where nobody expects it: then the body goes into the answer itself. */
export function leaveBody(context: object, body: ReadableStream): boolean {
  const slot = slots().get(context);
  if (slot === undefined) return false;
  slot.body = body;
  return true;
}

/** Next's answer, with the body that its route left. */
export function withLeftBody(answer: Response, context: object): Response {
  const body = slots().get(context)?.body ?? null;
  if (body === null) return answer;
  const whole = new Response(body, answer);
  whole.headers.delete("content-length");
  return whole;
}
