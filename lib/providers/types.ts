/**
 * What a provider is to One Balance: data and small pure functions. No I/O here or below `lib/providers`.
 * @module
 */
import type { HeaderFields } from "../http/read-headers";

/** The error format that a provider's clients expect, so that their SDK raises the right exception. */
export type ErrorFormat = "openai" | "anthropic" | "google";

/** A request's route: through Cloudflare AI Gateway, or directly to the provider. */
export type Route = "gateway" | "direct";

/** An outgoing request before it is sent. Functions that receive one change it in place. */
export interface OutgoingRequest {
  readonly url: URL;
  readonly headers: Headers;
  readonly route: Route;
}

/** Where a provider's requests name their model. The places are examined in this order. */
export interface ModelPlaces {
  /**
   * The first capture group is the (percent-encoded) model; tried on the path after the provider segment, without a
   * leading slash.
   */
  readonly path?: RegExp;
  /** Query parameter, of requests and WebSockets. */
  readonly query?: string;
  /** Query parameter of WebSockets only, which have no body. */
  readonly socketQuery?: string;
  /** Top-level fields of a JSON body, or fields of a multipart form; the first one present wins. */
  readonly body?: readonly string[];
  /**
   * Fields that name further models, all of which must be allowed: `models[]`, `tools[].model`. `GENERAL_MODEL_FIELDS`
   * are checked for every provider.
   */
  readonly further?: readonly string[];
  /** Header, lower case, with another address for the request, whose path then counts. */
  readonly urlHeader?: string;
}

/** Calls that may use models without naming them: closed to tokens that are restricted to models. */
export interface HiddenModels {
  /** Tried on the path after the provider segment, without a leading slash. */
  readonly paths: readonly RegExp[];
  /** Fields of the body, written as in `ModelPlaces.further`; with `=value`, only if they have this value. */
  readonly fields: readonly string[];
}

/** Names of fields of a request, lower case. */
export interface FieldNames {
  readonly headers?: readonly string[];
  /** Query parameters; compared case-insensitively. */
  readonly query?: readonly string[];
  /** What precedes a credential in a WebSocket's subprotocol (`openai-insecure-api-key.`). */
  readonly subprotocols?: readonly string[];
}

/** The parts of a client's request that are never sent, to this provider or any other (see `withheld-fields.ts`). */
export interface Withheld {
  /** Where the service accepts a key: the pool's is placed there, a client's is withheld. */
  readonly credentials: FieldNames;
  /** What chooses the account, organization, project, tenant, workspace or payer: the pool's key has its own. */
  readonly accounts: FieldNames;
}

/** A free call that shows whether a key is valid. */
export interface KeyCheck {
  readonly method: "GET" | "POST";
  /** Path below `/api/{slug}/`, sent like any other request. */
  readonly path: string;
  /** Absolute URL, if the check isn't below the provider's base; always called directly. */
  readonly url?: string;
}

/** The protocol of a WebSocket service's frames (see `lib/usage/socket-protocols.ts`). */
export type SocketProtocol = "openai" | "gemini" | "deepgram" | "elevenlabs" | "cartesia";

/** How a provider's WebSocket service is reached and where its key is placed. */
export interface WebSocketPlan {
  /** How its frames are read; null if they can't be, so that restricted tokens may not use it. */
  readonly protocol: SocketProtocol | null;
  /** Paths whose frames nevertheless contain neither model nor usage. */
  readonly unreadable?: RegExp;
  /**
   * The upstream URL for a path below `/api/{slug}/` (no leading slash; may be empty), without the query. `gatewayBase`
   * has no trailing slash and is null for direct calls.
   */
  upstreamUrl(path: string, gatewayBase: string | null): string;
  /** Places the pool's key for this service: in a header if the service accepts one. */
  placeKey(request: OutgoingRequest, key: string): void;
}

/** OpenAI-compatible endpoints of a provider, for `/api/compat` if AI Gateway's own compat can't be used. */
export interface OpenAiCompatible {
  /** Path below `/api/{slug}/` for chat completions. */
  readonly chatCompletions: string;
  readonly embeddings?: string;
  /** Path of the model list. */
  readonly models?: string;
  /** Whether the provider also supports OpenAI's Responses; otherwise these are converted. */
  readonly hasResponses?: true;
  /** Names of models that it serves by Responses only: chat completions are converted. */
  readonly onlyResponses?: RegExp;
  /** Authentication on these endpoints, if it differs from the provider's own. */
  placeKey?(request: OutgoingRequest, key: string): void;
}

/**
 * The format in which its responses report usage; `none`: they aren't read for it (see `lib/usage/usage-reader.ts`).
 */
export type UsageFormat =
  | "openai"
  | "anthropic"
  | "google"
  | "cohere"
  | "bedrock"
  | "replicate"
  | "none";

export interface Provider {
  /** First path segment below `/api/`, and AI Gateway's slug for it if it is there. */
  readonly slug: string;
  /** The name people know. */
  readonly label: string;
  readonly errorFormat: ErrorFormat;
  readonly usageFormat: UsageFormat;
  /**
   * The API of its own paths, if other providers may support it too, so that a call for one can go to another; null if
   * only the OpenAI-compatible endpoints can be shared.
   */
  readonly protocol: "anthropic" | "google" | null;
  /**
   * Path below `/api/{slug}/` at which the provider also supports Anthropic's Messages, for the same keys and models;
   * null if it doesn't, or if its own paths are Anthropic's.
   */
  readonly messages: string | null;
  /** Whether AI Gateway has the provider, under its slug. If not, requests always go to the provider directly. */
  readonly isAtGateway: boolean;
  /** Slug in AI Gateway's compat model names (`{compatSlug}/{model}`); null if compat doesn't know the provider. */
  readonly compatSlug: string | null;
  /**
   * Path below `/api/{slug}/` as AI Gateway documents it (both `v1/chat/completions` and `chat/completions` reach
   * OpenAI: one form is sent). Throws `ProviderPathError` if a part that becomes a host name can't be one.
   */
  gatewayPath(path: string): string;
  /**
   * Absolute URL, without query, for the same path when called directly. Throws `ProviderPathError` if the path can't
   * be mapped.
   */
  directUrl(path: string): string;
  /** Throws `ProviderPathError` if this key can't be used on the request's route. */
  placeKey(request: OutgoingRequest, key: string): void;
  readonly withholds: Withheld;
  readonly model: ModelPlaces;
  readonly hidesModel: HiddenModels;
  /** Paths (below the slug, no leading slash) that require a model. */
  readonly needsModel: RegExp;
  readonly openAiCompatible: OpenAiCompatible | null;
  readonly keyCheck: KeyCheck | null;
  readonly webSocket: WebSocketPlan | null;
  /** The usual format of this provider's keys; used to warn on import, never to reject. */
  readonly keyPattern: RegExp | null;
  /** The IANA time zone at whose midnight daily quotas renew. */
  readonly quotaDayZone: "America/Los_Angeles" | "UTC";
  /** The provider's own error rules, tried before the common ones (see `judge-answer.ts`). */
  readonly errorRules: readonly ErrorRule[];
}

/** What an upstream response means. */
export type Meaning =
  | "ok"
  /** The request itself is rejected; no key would help. */
  | "client_error"
  /** A short quota window (requests or tokens per second, minute, hour) is used up for key and model. */
  | "rate_limit_minute"
  | "rate_limit_day"
  /** No money: balance, credit or a spending cap. */
  | "out_of_credit"
  | "key_invalid"
  /**
   * The key or its account was banned, leaked, suspended, paused or restricted away from this API: a person has to
   * act. The re-check by `keyCheck` unblocks it.
   */
  | "key_blocked"
  /** A 401 or 403 with an unknown message: cooldown, and a check by the free endpoint. */
  | "key_doubtful"
  /** This key may not use this model or endpoint. */
  | "model_denied"
  | "region_denied"
  /** The request contains reasoning that another account has encrypted or signed, and this one can't read. */
  | "foreign_reasoning"
  /** The model has no capacity, which isn't any key's fault. */
  | "overloaded"
  | "server_error"
  /** AI Gateway's own limit or rejection. */
  | "gateway_limit";

/** The readable parts of an error response, whatever its envelope. Strings are empty if absent. */
export interface ErrorFacts {
  /** The HTTP status; for an error inside a 2xx response, the status it stands for. */
  readonly status: number;
  readonly headers: HeaderFields;
  /** The body as text, at most the part that was read. */
  readonly text: string;
  /** True if the body (or what it wraps) is JSON. */
  readonly isJson: boolean;
  readonly message: string;
  readonly code: string;
  readonly type: string;
  /** google.rpc status (`RESOURCE_EXHAUSTED`) or a provider's own status word. */
  readonly statusWord: string;
  /** ErrorInfo reasons and the like, for exact matching. */
  readonly reasons: readonly string[];
  /** google.rpc.QuotaFailure violations, in order. */
  readonly quotaViolations: readonly QuotaViolation[];
  /** The whole body as JSON, for rules that need more; null if it isn't JSON. */
  readonly json: unknown;
}

export interface QuotaViolation {
  readonly quotaId: string;
  readonly quotaMetric: string;
  readonly model: string;
  /** Null if the provider doesn't say. */
  readonly quotaValue: number | null;
}

/** One rule: the first whose `matches` returns true decides the meaning. */
export interface ErrorRule {
  /** Short name, shown in docs and evidence (`google-day-quota`). */
  readonly name: string;
  matches(facts: ErrorFacts): boolean;
  readonly meaning: Exclude<Meaning, "ok">;
  /**
   * When the key, or key and model, may be used again, in epoch milliseconds; absent or null: the meaning's default. It
   * applies whatever the pool has learned, and the pool learns no quota from it. For a meaning that blocks, it replaces
   * the block by a cooldown.
   */
  untilMs?(facts: ErrorFacts, nowMs: number): number | null;
  /**
   * For `rate_limit_minute`: there is no daily quota behind it, however often it occurs (see
   * `CONSECUTIVE_429_THRESHOLD`).
   */
  readonly hasNoDayQuota?: true;
  /** No key fixes it: this many are tried, and it is remembered for a short time. */
  readonly asks?: number;
  /** Overrides the meaning's usual scope. */
  readonly scope?: CooldownScope;
  /** Overrides whether other keys are tried. */
  readonly next?: "deliver" | "retry";
}

/** `model`: this key for this model; `key`: this key for everything; `none`: no cooldown. */
export type CooldownScope = "model" | "key" | "none";

/** What to do about a response, decided from the response alone. */
export interface Verdict {
  readonly meaning: Meaning;
  /** Name of the rule that decided. */
  readonly rule: string;
  readonly effect: VerdictEffect;
  /** `retry`: another key may do better; `deliver`: return this response. */
  readonly next: "deliver" | "retry";
  /** The upstream's message, at most 300 characters, not redacted yet. */
  readonly words: string;
  /** The retry time that a failure reports, in epoch milliseconds; null if none. */
  readonly retryAtMs: number | null;
  /** The most keys to try, because no key fixes it; null for any number. */
  readonly asks: number | null;
  /** The exceeded quota; null if the response isn't about a quota. */
  readonly quota: QuotaRefusal | null;
}

/** The quota that a rejection names; parts are null if the response doesn't state them (see `read-limits.ts`). */
export interface QuotaRefusal {
  /** Requests by default. */
  readonly unit: QuotaUnit;
  readonly span: "minute" | "day";
  readonly limit: number | null;
  /** The retry time in epoch milliseconds, to the millisecond. */
  readonly retryAtMs: number | null;
  /** Tokens of the rejected request. */
  readonly requested: number | null;
}

export type QuotaUnit = "requests" | "tokens";

export type VerdictEffect =
  | { readonly kind: "none" }
  | {
      readonly kind: "cool";
      readonly scope: "model" | "key";
      readonly untilMs: number;
      /**
       * The source of the time: the rule that matched, the response itself, the window of the quota that it names without
       * a time, or none of these. A `guess` is only that: it rejects no request, and `CONSECUTIVE_429_THRESHOLD` of them
       * in a row count as the daily quota. A `window` is the longest that it can be.
       */
      readonly source: "rule" | "told" | "window" | "guess";
      /** No cooldown may last longer, whatever is reported or learned: epoch milliseconds. */
      readonly latestMs: number;
      /** Whether consecutive guesses may count as the daily quota. */
      readonly mayBeDay: boolean;
    }
  | { readonly kind: "block" };
