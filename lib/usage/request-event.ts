/**
 * What is recorded about a request. Never a prompt, a response or a secret.
 * @module
 */
import type { Meaning } from "../providers/types";
import type { Tags } from "../tags/tags";
import type { ReachedLimit } from "./token-limits";
import type { Outcome, Usage } from "./types";

/** One key that was tried. */
export interface AttemptRecord {
  readonly keyId: string;
  /** Where it was tried, if not at the event's own provider and model: an alias had another target first. */
  readonly target?: { readonly provider: string; readonly model: string | null };
  /** The API formats of the conversion: `messages to chat`; absent if it wasn't converted. */
  readonly converted?: string;
  /** What was left out of the request so that it could be answered; absent for nothing. */
  readonly dropped?: readonly string[];
  /** From the request's arrival to the sending, in milliseconds. */
  readonly afterMs: number;
  /** From the sending to the response's first byte, or to giving up. */
  readonly tookMs: number;
  /** The upstream's; 0 if there was no response. */
  readonly status: number;
  readonly meaning: Meaning | "no_answer";
  /** The rule that decided; null if there was nothing to classify. */
  readonly rule: string | null;
  /** The upstream's error message, redacted. */
  readonly words: string | null;
}

export interface RequestEvent {
  /** `req_…`; later requests have greater ids. */
  readonly id: string;
  /** Arrival, epoch milliseconds. */
  readonly atMs: number;
  /** Slug; null if none was resolved. */
  readonly provider: string | null;
  readonly model: string | null;
  /** The access token's id; null if none was valid. */
  readonly tokenId: string | null;
  /** The token's owner; null for a team token. */
  readonly userId: string | null;
  readonly outcome: Outcome;
  /** The status the client got; 499 if it had left. */
  readonly status: number;
  /** One Balance's own error code; null if the upstream's response was delivered. */
  readonly errorCode: string | null;
  /** The limit that refused it, with `token_limit_reached`; absent for other requests. */
  readonly reachedLimit?: ReachedLimit;
  /** To the response's last byte. */
  readonly durationMs: number;
  /** To the response's first output (text, reasoning, tool call, a whole JSON body); null if there was none. */
  readonly timeToFirstTokenMs: number | null;
  /** To the first byte of the delivered response, which is its status; null if no upstream responded. */
  readonly timeToFirstByteMs: number | null;
  readonly isStream: boolean;
  /** In order; the last one's key is the one that served. */
  readonly attempts: readonly AttemptRecord[];
  /** Null if nothing was reported and nothing could be estimated. */
  readonly usage: Usage | null;
  /** The amount that its token counts if no price is known, in 1e-9 US dollars. Absent for nothing. */
  readonly statedNanoUsd?: number;
  /** Absent for none. */
  readonly tags?: Tags;
  /** AI Gateway's, from `cf-aig-log-id`. */
  readonly gatewayLogId: string | null;
  /**
   * Absent for requests. A `turn` is one response within a WebSocket session, or background work that another token's
   * request found finished: its usage is counted when it is over, and it isn't logged. The `session` is logged when it
   * closes, with the usage of all its turns, and counted as a request without further usage.
   */
  readonly part?: "turn" | "session";
  /** Responses in a session. */
  readonly turns?: number;
  /** Its place in a trace, where traces are sent; it is not stored. */
  readonly trace?: EventTrace;
}

/** As read by `lib/traces/trace-context.ts`, with what the requested path does; a path would hold memory while it waits. */
export interface EventTrace {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly state: string;
  readonly isSampled: boolean;
  /** `chat`; null for what is no call of a model. */
  readonly operation: string | null;
}

/** The outcome of one attempt, for its key's statistics. */
export function attemptOutcome(meaning: AttemptRecord["meaning"]): Outcome {
  switch (meaning) {
    case "ok":
      return "ok";
    case "client_error":
    case "foreign_reasoning":
      return "client_error";
    case "rate_limit_minute":
    case "rate_limit_day":
    case "out_of_credit":
    case "gateway_limit":
      return "limited";
    default:
      return "upstream_error";
  }
}
