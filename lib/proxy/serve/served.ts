import type { RouteTarget } from "../../models/model-alias";
import type { PoolKey } from "../../pool/types";
import type { Verdict } from "../../providers/types";
import type { KeyScrubber } from "../answer/scrub-key";
import type { StreamHead } from "../answer/stream-head";
import type { ProxyCall } from "../route/proxy-call";

/** An upstream's answer, judged. */
export interface Answer {
  readonly kind: "answer";
  readonly response: Response;
  /** When its first byte came, which is its status. */
  readonly atMs: number;
  /** What is to be delivered: the body as it came, or its head, which was looked at, and the rest. */
  readonly body: StreamHead;
  readonly verdict: Verdict;
  /** Takes the key that was used out of what is handed on. What was read into here is clean already. */
  readonly scrubber: KeyScrubber;
}

/**
 * Nothing came back: connection refused or reset, the time was up, or the client left; or what came back was
 * no answer.
 */
export interface NoAnswer {
  readonly kind: "no-answer";
  readonly error: unknown;
}

/** The answer to deliver, the key it came through, and what it took. */
export interface Served {
  readonly call: ProxyCall;
  /** Where an alias led; absent where the request named its model itself. */
  readonly target?: RouteTarget;
  readonly answer: Answer;
  readonly key: PoolKey;
  /** What of the request was left out, so that another account could answer it; empty for nothing. */
  readonly dropped: readonly string[];
  /** What an answer that had begun well said in the end: its key may have to rest after all. */
  late(verdict: Verdict): void;
}
