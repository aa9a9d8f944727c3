import type { HeaderFields } from "../../http/read-headers";
import type { RouteTarget } from "../../models/model-alias";
import type { PoolKey } from "../../pool/types";
import type { Verdict } from "../../providers/types";
import type { KeyScrubber } from "../answer/scrub-key";
import type { StreamHead } from "../answer/stream-head";
import type { ProxyCall } from "../route/proxy-call";

/** An upstream's response, classified. */
export interface Answer {
  readonly kind: "answer";
  readonly response: Response;
  /** Its headers. */
  readonly headers: HeaderFields;
  /** When its first byte came, which is its status. */
  readonly atMs: number;
  /** What to deliver: the body as received, or its head, which was examined, and the rest. */
  readonly body: StreamHead;
  readonly verdict: Verdict;
  /** Removes the used key from what is handed on. What was read here is already clean. */
  readonly scrubber: KeyScrubber;
}

/**
 * Nothing came back: connection refused or reset, the time was up, or the client left; or what came back was no valid
 * response.
 */
export interface NoAnswer {
  readonly kind: "no-answer";
  readonly error: unknown;
}

/** The response to deliver, the key that served it, and what it took. */
export interface Served {
  readonly call: ProxyCall;
  /** The target of an alias; absent if the request named its model itself. */
  readonly target?: RouteTarget;
  readonly answer: Answer;
  readonly key: PoolKey;
  /** What was left out of the request so that another account could serve it; empty for nothing. */
  readonly dropped: readonly string[];
  /** The late error of a response that had begun well: its key may need a cooldown after all. */
  late(verdict: Verdict): void;
}
