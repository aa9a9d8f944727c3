/**
 * Examines a response before any of it goes to the client, while another key can still be tried.
 * @module
 */

import type { ByteStream, Bytes } from "../../http/byte-stream";
import type { EventFraming } from "../../http/split-events";
import { type AnswerBeginning, AnswerStart } from "../../providers/answers/answer-start";
import type { ProxyPorts } from "../ports";
import { copyReader } from "./copy-reader";
import { type BodyCopy, concat, type StreamHead } from "./stream-head";

/** Anything longer isn't an error. */
const LOOK_CHARS = 64 * 1024;

/** Longer padding and news at the beginning are handed on. */
export const MOST_BYTES = 256 * 1024;

/**
 * A response with nothing but pings is handed on after this time: the client has its own timeout, and these signs of
 * life keep it from firing.
 */
export const LOOK_MS = 10_000;

/** The beginning of a response. */
export interface Look {
  readonly beginning: AnswerBeginning;
  /** What was read. */
  readonly head: Bytes;
  /** The body as received; null if all of it is in `head`. */
  readonly body: ByteStream | null;
  /** The copy that was examined, with what it still delivers. */
  readonly copy: BodyCopy;
  /** Whether a read of the copy is waiting, so that it can't be handed on as a stream. */
  readonly isWaiting: boolean;
}

/** @throws the error with which the body broke off. */
export async function lookInto(
  stream: ByteStream,
  framing: EventFraming,
  setTimer: ProxyPorts["setTimer"],
): Promise<Look> {
  const [body, second] = stream.tee();
  const reader = copyReader(second);
  const start = new AnswerStart(framing);
  const seen: Bytes[] = [];
  let length = 0;
  let beginning: AnswerBeginning = { kind: "nothing" };
  let state: "open" | "ended" | "waiting" = "open";
  let cancelTimer = () => {};
  const timeIsUp = new Promise<"up">((resolve) => {
    cancelTimer = setTimer(() => resolve("up"), LOOK_MS);
  });
  try {
    while (
      state === "open" &&
      beginning.kind === "nothing" &&
      start.undecided < LOOK_CHARS &&
      length < MOST_BYTES
    ) {
      const piece = await Promise.race([reader.read(), timeIsUp]);
      if (piece === "up") state = "waiting";
      else if (piece === null) {
        state = "ended";
        beginning = start.end();
      } else {
        seen.push(piece.slice());
        length += piece.length;
        beginning = start.push(piece);
      }
    }
  } catch (error) {
    void body.cancel().catch(() => {});
    throw error;
  } finally {
    cancelTimer();
  }
  if (beginning.kind === "nothing" && state === "open") beginning = { kind: "output" };
  const isEnded = state === "ended";
  if (isEnded) void body.cancel().catch(() => {});
  return {
    beginning,
    head: concat(seen, length),
    body: isEnded ? null : body,
    copy: { reader, start: beginning.kind === "nothing" ? start : null },
    isWaiting: state === "waiting",
  };
}

/** The examined beginning and the rest, to be changed before it is handed on; null while a read is waiting. */
export function lookedAt({ head, body, copy, isWaiting }: Look): StreamHead | null {
  if (body === null) return { head, rest: null };
  if (isWaiting) return null;
  void body.cancel().catch(() => {});
  return { head, rest: copy.reader.release() };
}
