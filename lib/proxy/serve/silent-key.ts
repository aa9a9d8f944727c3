/**
 * Gives up a key that is silent for much longer than its model usually takes, if trying another does no harm. Requests
 * that get a response within a second aren't affected.
 * @module
 */
import { mediaType } from "../../http/split-events";
import type { Lease } from "../../pool/pick-result";
import type { KeySource } from "../../pool/sections/joined-keys";
import { NO_MODEL } from "../../pool/types";
import { bodyText } from "../request/request-body";
import type { ProxyCall } from "../route/proxy-call";
import type { Deadline } from "./deadline";
import type { Answer } from "./served";

/** How often to check again while the timeout is unknown. */
const LOOK_MS = 1_000;

const STREAMED_PATH = /stream/i;
const STREAMED_BODY = /"stream"\s*:\s*true\b/;
const STREAMED_TYPE =
  /^(?:text\/event-stream|application\/(?:x-ndjson|stream\+json|vnd\.amazon\.eventstream))$/;

export class SilentKeys {
  readonly #pool: KeySource;
  readonly #call: ProxyCall;
  readonly #model: string;
  #sentMs = 0;
  #isStreamed: boolean | null = null;
  /** Leases that were given up. */
  readonly #left: { readonly lease: Lease; readonly timeoutMs: number }[] = [];

  constructor(pool: KeySource, call: ProxyCall) {
    this.#pool = pool;
    this.#call = call;
    this.#model = call.model ?? NO_MODEL;
  }

  /**
   * Watches an attempt that begins now.
   * @param mayLeave Whether another key may be tried instead.
   * @returns To be called once the attempt is over: whether the key was given up.
   */
  watch(lease: Lease, deadline: Deadline, mayLeave: () => boolean, nowMs: number): () => boolean {
    this.#sentMs = nowMs;
    let isLeft = false;
    const times = this.#pool.answerTimes;
    // Whether the response is a stream is determined only if the wait is long.
    let isCounted = false;
    deadline.watch((lookMs) => {
      if (!isCounted) times.sent(this.#model, this.#expectsStream, lease, lease.key.id, nowMs);
      isCounted = true;
      const timeoutMs = this.#timeoutMs();
      const waitMs = nowMs + timeoutMs - lookMs;
      if (waitMs > 0) return Math.min(waitMs, LOOK_MS);
      if (!mayLeave() || !times.mayLeave(this.#model, this.#expectsStream, lease, lookMs)) {
        return LOOK_MS;
      }
      isLeft = true;
      this.#left.push({ lease, timeoutMs });
      // If other keys respond in their usual time, it is this key that is silent.
      if (times.usualMs(this.#model, this.#expectsStream) !== null) {
        this.#pool.noteSilence(this.#call.model, lease, lookMs);
      }
      return null;
    });
    return () => {
      deadline.watch(null);
      if (isCounted) times.over(this.#model, this.#expectsStream, lease);
      return isLeft;
    };
  }

  /** A response has begun: it shows how long the model takes, and that the keys given up are silent. */
  answered({ headers }: Answer, nowMs: number): void {
    const tookMs = nowMs - this.#sentMs;
    const isStreamed = STREAMED_TYPE.test(mediaType(headers));
    this.#pool.answerTimes.note(this.#model, isStreamed, tookMs);
    for (const { lease, timeoutMs } of this.#left) {
      if (tookMs < timeoutMs) this.#pool.noteSilence(this.#call.model, lease, nowMs);
    }
  }

  get #expectsStream(): boolean {
    this.#isStreamed ??=
      STREAMED_PATH.test(this.#call.url) || STREAMED_BODY.test(bodyText(this.#call.body));
    return this.#isStreamed;
  }

  #timeoutMs(): number {
    return this.#pool.answerTimes.timeoutMs(this.#model, this.#expectsStream);
  }
}
