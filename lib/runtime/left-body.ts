/**
 * Streams long response bodies past OpenNext, which buffers a route's whole response before sending a byte; a million
 * rows exceed an isolate's memory. The route stores its stream with the context of its request; the portal's entry,
 * which created that context, puts the stream into the response. A stream that isn't fetched is discarded with its
 * request.
 * @module
 */

interface Slot {
  body: ReadableStream | null;
}

/** On `globalThis`, because the portal's entry and Next are bundled separately. */
const shared = globalThis as { oneBalanceLeftBodies?: WeakMap<object, Slot> };

function slots(): WeakMap<object, Slot> {
  shared.oneBalanceLeftBodies ??= new WeakMap();
  return shared.oneBalanceLeftBodies;
}

/** Lets the route of the request to which `context` belongs store its body. */
export function expectBody(context: object): void {
  slots().set(context, { body: null });
}

/** @returns False if no entry expects it: then the body goes into the response itself. */
export function leaveBody(context: object, body: ReadableStream): boolean {
  const slot = slots().get(context);
  if (slot === undefined) return false;
  slot.body = body;
  return true;
}

/** Next's response, with the body that its route stored. */
export function withLeftBody(answer: Response, context: object): Response {
  const body = slots().get(context)?.body ?? null;
  if (body === null) return answer;
  const whole = new Response(body, answer);
  whole.headers.delete("content-length");
  return whole;
}
