/**
 * Examines an answer before any of it goes to the client, while another key can still be tried.
 * @module
 */

import type { ByteStream, Bytes } from "../../http/byte-stream";
import type { EventFraming } from "../../http/split-events";
import { type AnswerBeginning, AnswerStart } from "../../providers/answers/answer-start";
import type { ProxyPorts } from "../ports";
import { copyReader } from "./copy-reader";
import { type BodyCopy, concat, type StreamHead } from "./stream-head";

/** What is longer is no error. */
const LOOK_CHARS = 64 * 1024;

/** Padding and news of a beginning that are longer are handed on. */
export const MOST_BYTES = 256 * 1024;

/**
 * What only pings or says nothing is handed on after this time: the client has a timeout of its own, which
 * such signs of life are sent for.
 */
export const LOOK_MS = 10_000;

/** What an answer began with. */
export interface Look {
  readonly beginning: AnswerBeginning;
  /** What was read. */
  readonly head: Bytes;
  /** The body as it came; null if all of it is in `head`. */
  readonly body: ByteStream | null;
  /** What the copy that was looked at still brings. */
  readonly copy: BodyCopy;
  /** Whether the copy is being waited on, so that it cannot be handed on as a stream. */
  readonly isWaiting: boolean;
}

/** @throws what the body broke off with. */
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

/** The looked at beginning and the rest, to be changed before it is handed on; null while it is waited for. */
export function lookedAt({ head, body, copy, isWaiting }: Look): StreamHead | null {
  if (body === null) return { head, rest: null };
  if (isWaiting) return null;
  void body.cancel().catch(() => {});
  return { head, rest: copy.reader.release() };
}
