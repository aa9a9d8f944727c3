/**
 * What is recorded about a request. Never a prompt, an answer or a secret.
 * @module
 */
import type { Meaning } from "../providers/types";
import type { Outcome, Usage } from "./types";

/** One key that was asked. */
export interface AttemptRecord {
  readonly keyId: string;
  /** Where it was asked, if not at the event's own provider and model: an alias led elsewhere first. */
  readonly target?: { readonly provider: string; readonly model: string | null };
  /** From which form to which it was converted: `messages to chat`; absent where it was not. */
  readonly converted?: string;
  /** What of the request was left out, so that it could be answered; absent for nothing. */
  readonly dropped?: readonly string[];
  /** From the request's arrival to the sending, in milliseconds. */
  readonly afterMs: number;
  /** From the sending to the answer's first byte, or to giving up. */
  readonly tookMs: number;
  /** The upstream's; 0 where none came. */
  readonly status: number;
  readonly meaning: Meaning | "no_answer";
  /** The rule that decided; null where there was nothing to judge. */
  readonly rule: string | null;
  /** The upstream's words about an error, redacted. */
  readonly words: string | null;
}

export interface RequestEvent {
  /** `req_…`; later requests have greater ids. */
  readonly id: string;
  /** Arrival, epoch milliseconds. */
  readonly atMs: number;
  /** Slug; null where none was resolved. */
  readonly provider: string | null;
  readonly model: string | null;
  /** The access token's; null where none was valid. */
  readonly tokenId: string | null;
  /** The token's owner; null for one of the team's. */
  readonly userId: string | null;
  readonly outcome: Outcome;
  /** What the client was answered; 499 where it had left. */
  readonly status: number;
  /** One Balance's own error code; null where the upstream's answer was delivered. */
  readonly errorCode: string | null;
  /** To the answer's last byte. */
  readonly durationMs: number;
  /** To the first output of the answer (text, thought, tool call, a whole JSON body); null where there was none. */
  readonly timeToFirstTokenMs: number | null;
  /** To the first byte of the answer that was delivered, which is its status; null where no upstream gave one. */
  readonly timeToFirstByteMs: number | null;
  readonly isStream: boolean;
  /** In order; the last one's key is the one that served. */
  readonly attempts: readonly AttemptRecord[];
  /** Null where nothing was reported and nothing could be estimated. */
  readonly usage: Usage | null;
  /** What it counts for where no price is known, in 1e-9 US dollars: so its token says. Absent for nothing. */
  readonly statedNanoUsd?: number;
  /** AI Gateway's, from `cf-aig-log-id`. */
  readonly gatewayLogId: string | null;
  /**
   * Absent for requests. A `turn` is one answer within a WebSocket's session, or background work that another
   * token's request found finished: its use is counted when it is over, and it is not logged. The `session` is logged when it is closed, with the use of all its turns,
   * and counted as a request that used nothing more.
   */
  readonly part?: "turn" | "session";
  /** Answers in a session. */
  readonly turns?: number;
}

/** What became of one attempt, for the statistics of its key. */
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
