/**
 * What the fake upstream's parts share.
 * @module
 */
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { FileStore } from "./file-store.ts";
import type { JsonObject } from "./json.ts";

/** What a key does when it is used. Times are milliseconds. */
export type KeyBehaviour =
  | { readonly kind: "ok" }
  /** The provider does not know the key. */
  | { readonly kind: "invalid" }
  /** The provider knows the key and has shut it. */
  | { readonly kind: "banned" }
  | { readonly kind: "out-of-credit" }
  | { readonly kind: "region" }
  /** This many requests in a fixed window, then the provider's 429; `models` narrows it to those models. */
  | {
      readonly kind: "limited";
      readonly requests: number;
      readonly windowMs: number;
      readonly models?: readonly string[];
      /** `minute` tells the wait, `day` names the day quota, `bare` tells nothing. Default `minute`. */
      readonly tells?: "minute" | "day" | "bare";
    }
  /** Answers 503 to this share of requests, by a seeded generator. */
  | { readonly kind: "flaky"; readonly share: number; readonly seed: number }
  | { readonly kind: "slow-headers"; readonly delayMs: number }
  | { readonly kind: "slow-chunks"; readonly delayMs: number }
  /** Closes the connection without an answer. */
  | { readonly kind: "reset" }
  /** An HTML page of Cloudflare's edge, status 403. */
  | { readonly kind: "html" }
  /** AI Gateway's own 429. */
  | { readonly kind: "gateway-limit" }
  | { readonly kind: "answer"; readonly answer: RawAnswer }
  /** One behaviour a request, in order; the last one stays. */
  | { readonly kind: "sequence"; readonly steps: readonly KeyBehaviour[] }
  /** By model name; other models get `otherwise` (default ok). */
  | {
      readonly kind: "by-model";
      readonly models: Readonly<Record<string, KeyBehaviour>>;
      readonly otherwise?: KeyBehaviour;
    };

/** An answer as it goes on the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where the key of a request was found; `subprotocol` is for WebSockets. */
export interface FoundKey {
  readonly text: string;
  /** `authorization: Bearer`, `x-api-key`, `?key=`, `subprotocol`, … or empty. */
  readonly from: string;
}

/** One request as the upstream saw it. */
export interface RequestRecord {
  readonly atMs: number;
  readonly slug: string;
  readonly method: string;
  /** After the slug, without a leading slash. */
  readonly path: string;
  /** With the question mark, or empty. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly key: string;
  readonly keyFrom: string;
  readonly isWebSocket: boolean;
  /** Known, like the body's size and hash, once the body is there. */
  model: string;
  bodyBytes: number;
  bodySha256: string;
  /** 0 until answered. */
  status: number;
  /** What the answer's last usage object said; null where it had none. */
  usage: ToldUsage | null;
  /** Goes into `cf-aig-log-id`, as AI Gateway names each answer in its own log; empty where not asked for. */
  readonly logId: string;
  /** When the asker left before the whole answer was sent, or a WebSocket closed; else null. */
  abortedAtMs: number | null;
}

/** Tokens as an answer tells them. */
export interface ToldUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What one key was asked and how it answered. */
export interface LedgerEntry {
  requests: number;
  /** Count of answers by status. */
  readonly statuses: Record<number, number>;
}

/** One HTTP request being answered. */
export interface Exchange {
  readonly method: string;
  readonly slug: string;
  /** After the slug, without a leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The JSON body; empty where it has none. */
  readonly json: JsonObject;
  /** The body says it is JSON and is not. */
  readonly hasBadJson: boolean;
  readonly form: FormData | null;
  readonly model: string;
  readonly key: string;
  /** Base of the fake gateway, without a trailing slash. */
  readonly gatewayUrl: string;
  /** Host and scheme in Google's upload URLs, with the path that leads to its API. */
  readonly googleUploadBase: string;
  readonly files: FileStore;
  readonly response: ServerResponse;
  /** Aborts when the asker leaves. */
  readonly signal: AbortSignal;
  /** To be called with each usage object as it is sent. */
  readonly tellUsage: (usage: ToldUsage) => void;
  /** Wait before every chunk of a streamed answer. */
  chunkDelayMs: number;
}
