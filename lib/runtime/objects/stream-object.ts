/**
 * Where long streams are converted. Each chunk is an event of JavaScript, and on the free plan all of a response share
 * the Worker's 10 ms of CPU. An object has 30 s for a call. The Worker meters the upstream's own bytes, and passes them
 * to the object and the object's to the caller natively (`long-stream.ts`).
 *
 * There is one such object for the whole deployment: however many streams it converts at once, it can't use more than a
 * day of objects per day, which leaves the portal a part of the daily allowance.
 * @module
 */
import { answerConversion } from "../../conversion/answer-forms";
import type { AnswerFacts } from "../../conversion/conversion";
import { convertingStream } from "../../conversion/converting-stream";
import type { Env } from "../../env";
import type { ByteStream } from "../../http/byte-stream";
import { byteChannel } from "../../proxy/answer/stream-head";
import type { StreamPlace } from "../../proxy/ports";
import { platform } from "../platform";
import { objectNamed } from "../portal-stub";

/** The streams of one object: its memory is limited. Further ones are converted in the Worker. */
const MAX_STREAMS = 200;

/** A client waits no longer for an object that starts, or hangs. */
const READY_MS = 2_000;

/** Undefined if streams are converted in the Worker. */
export function streamPlace(
  env: Env,
  setTimer: typeof platform.setTimer = platform.setTimer,
): StreamPlace | undefined {
  if (env.PORTAL === undefined || env.CONVERTED_STREAMS === "worker") return undefined;
  const object = () => objectNamed("streams", env);
  return {
    async isReady() {
      let stop = () => {};
      const late = new Promise<never>((_, reject) => {
        const error = new Error(`no answer within ${READY_MS} ms`);
        stop = setTimer(() => reject(error), READY_MS);
      });
      try {
        return (await Promise.race([object()?.hasRoomForStream(), late])) === true;
      } catch (error) {
        console.error("streams: their object does not answer, the Worker converts:", error);
        return false;
      } finally {
        stop();
      }
    },
    async convert(facts, stream) {
      const there = object();
      if (there === null) throw new TypeError("an object that was bound a moment ago is not");
      return there.convertStream(JSON.stringify(facts), stream);
    },
  };
}

/** An object's conversions. */
export class StreamSeats {
  #taken = 0;

  get hasRoom(): boolean {
    return this.#taken < MAX_STREAMS;
  }

  /** @param facts JSON. */
  convert(
    facts: string,
    stream: ByteStream,
    waitUntil: (work: Promise<unknown>) => void,
  ): ByteStream {
    const conversion = answerConversion(JSON.parse(facts) as AnswerFacts);
    const { readable, writable } = byteChannel(null);
    this.#taken += 1;
    const passing = stream.pipeThrough(convertingStream(conversion)).pipeTo(writable);
    // A failure is passed on by the streams themselves.
    waitUntil(
      passing
        .catch(() => {})
        .finally(() => {
          this.#taken -= 1;
        }),
    );
    return readable;
  }
}
