/**
 * Responses as an upstream sends them, piece by piece.
 * @module
 */
import type { VirtualClock } from "../doors/virtual-clock.ts";
import type { ProtocolStream } from "./protocol-streams.ts";

/** A reader that hasn't read for this many turns of the event loop waits for time to pass. */
const IDLE_TURNS = 20;

/** A body that delivers these pieces, one for each read. No time passes in between. */
export function scriptedBody(
  pieces: readonly Buffer[],
  clock: VirtualClock,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const left = pieces.filter(({ length }) => length > 0);
  const release = clock.hold();
  let turnsLeft = IDLE_TURNS;
  const body = new ReadableStream({
    type: "bytes",
    pull(controller) {
      turnsLeft = IDLE_TURNS;
      const piece = left.shift();
      if (piece !== undefined) {
        controller.enqueue(new Uint8Array(piece));
        return;
      }
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
  const watch = () => {
    turnsLeft -= 1;
    if (turnsLeft > 0) setImmediate(watch);
    else release();
  };
  watch();
  // The type of a byte stream doesn't say that its readers get `Uint8Array`s.
  return body as ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** @param encoding Its original compression: the platform decompresses a body that is read. */
export function answerOf(
  { contentType }: Pick<ProtocolStream, "contentType">,
  pieces: readonly Buffer[],
  clock: VirtualClock,
  encoding: string | null = null,
): Response {
  const headers = new Headers({ "content-type": contentType });
  if (encoding !== null) headers.set("content-encoding", encoding);
  return new Response(scriptedBody(pieces, clock), { headers });
}

/** Text and the end, in one protocol. */
export function goodAnswer({ words, close, between, around }: ProtocolStream): Buffer {
  const events = [words[0], ...(close[0] ?? [])].filter((event) => event !== undefined);
  const [before = "", after = ""] = around ?? [];
  const parts = events.flatMap((part, index) =>
    index > 0 && between !== undefined ? [Buffer.from(between), part] : [part],
  );
  return Buffer.concat([Buffer.from(before), ...parts, Buffer.from(after)]);
}
