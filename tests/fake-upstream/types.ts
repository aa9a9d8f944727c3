/**
 * Shared by the fake upstream's parts.
 * @module
 */
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { FileStore } from "./file-store.ts";
import type { JsonObject } from "./json.ts";

/** What a key does when it is used. Times are milliseconds. */
export type KeyBehaviour =
  | { readonly kind: "ok" }
  /** The provider doesn't know the key. */
  | { readonly kind: "invalid" }
  /** The provider knows the key and has blocked it. */
  | { readonly kind: "banned" }
  | { readonly kind: "out-of-credit" }
  | { readonly kind: "region" }
  /** This many requests in a fixed window, then the provider's 429; `models` restricts it to those models. */
  | {
      readonly kind: "limited";
      readonly requests: number;
      readonly windowMs: number;
      readonly models?: readonly string[];
      /** `minute` states the wait, `day` names the daily quota, `bare` states nothing. Default `minute`. */
      readonly states?: "minute" | "day" | "bare";
    }
  /** Responds with 503 to this share of requests, by a seeded generator. */
  | { readonly kind: "flaky"; readonly share: number; readonly seed: number }
  | { readonly kind: "slow-headers"; readonly delayMs: number }
  | { readonly kind: "slow-chunks"; readonly delayMs: number }
  /** Closes the connection without a response. */
  | { readonly kind: "reset" }
  /** An HTML page of Cloudflare's edge, status 403. */
  | { readonly kind: "html" }
  /** AI Gateway's own 429. */
  | { readonly kind: "gateway-limit" }
  | { readonly kind: "answer"; readonly answer: RawAnswer }
  /** One behavior per request, in order; the last one stays. */
  | { readonly kind: "sequence"; readonly steps: readonly KeyBehaviour[] }
  /** By model name; other models get `otherwise` (default ok). */
  | {
      readonly kind: "by-model";
      readonly models: Readonly<Record<string, KeyBehaviour>>;
      readonly otherwise?: KeyBehaviour;
    };

/** A response as transferred. */
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
  /** Known, like the body's size and hash, once the body has arrived. */
  model: string;
  bodyBytes: number;
  bodySha256: string;
  /** 0 until there is a response. */
  status: number;
  /** The response's last usage object; null if it had none. */
  usage: ReportedUsage | null;
  /** Sent as `cf-aig-log-id`, as AI Gateway identifies each response in its own log; empty if not requested. */
  readonly logId: string;
  /** When the client left before the whole response was sent, or a WebSocket closed; otherwise null. */
  abortedAtMs: number | null;
}

/** Tokens as reported in a response. */
export interface ReportedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What one key was used for and how it responded. */
export interface LedgerEntry {
  requests: number;
  /** Number of responses by status. */
  readonly statuses: Record<number, number>;
}

/** One HTTP request that is being answered. */
export interface Exchange {
  readonly method: string;
  readonly slug: string;
  /** After the slug, without a leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The JSON body; empty if it has none. */
  readonly json: JsonObject;
  /** The body claims to be JSON and isn't. */
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
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  /** To be called with each usage object that is sent. */
  readonly reportUsage: (usage: ReportedUsage) => void;
  /** Wait before every chunk of a streamed response. */
  chunkDelayMs: number;
}
