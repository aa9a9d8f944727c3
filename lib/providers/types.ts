/**
 * What a provider is to One Balance: data and small pure functions. No I/O here or below `lib/providers`.
 * @module
 */

/** Whose error body a provider's clients expect, so that their SDK raises the right exception. */
export type ErrorFormat = "openai" | "anthropic" | "google";

/** The way a request leaves: through Cloudflare AI Gateway, or straight to the provider. */
export type Route = "gateway" | "direct";

/** An outgoing request before it is sent. Functions that get one change it in place. */
export interface OutgoingRequest {
  readonly url: URL;
  readonly headers: Headers;
  readonly route: Route;
}

/** Where a provider's requests name their model. The places are looked at in this order. */
export interface ModelPlaces {
  /** First capture group is the (percent-encoded) model; tried on the path after the provider segment, without a leading slash. */
  readonly path?: RegExp;
  /** Query parameter, of requests and WebSockets. */
  readonly query?: string;
  /** Query parameter of WebSockets alone, which have no body. */
  readonly socketQuery?: string;
  /** Top-level fields of a JSON body, or fields of a multipart form; the first present wins. */
  readonly body?: readonly string[];
  /**
   * Fields that name models beside that one, all of which must be allowed: `models[]`, `tools[].model`.
   * `GENERAL_MODEL_FIELDS` are looked for at every provider.
   */
  readonly further?: readonly string[];
  /** Header, lower case, with another address for the request, whose path then counts. */
  readonly urlHeader?: string;
}

/** Calls that may use models which they do not name: closed to tokens that are limited to models. */
export interface HiddenModels {
  /** Tried on the path after the provider segment, without a leading slash. */
  readonly paths: readonly RegExp[];
  /** Fields of the body, written as in `ModelPlaces.further`; with `=value`, where they have this one. */
  readonly fields: readonly string[];
}

/** Names of fields of a request, lower case. */
export interface FieldNames {
  readonly headers?: readonly string[];
  /** Query parameters; compared without case. */
  readonly query?: readonly string[];
  /** What stands before a credential in a WebSocket's subprotocol (`openai-insecure-api-key.`). */
  readonly subprotocols?: readonly string[];
}

/** What of a client's request never travels, to this provider or to another (see `withheld-fields.ts`). */
export interface Withheld {
  /** Where the service takes a key: the pool's is placed there, a client's stays here. */
  readonly credentials: FieldNames;
  /** What chooses the account, organisation, project, tenant, workspace or payer: the pool's key has its own. */
  readonly accounts: FieldNames;
}

/** A free call that tells whether a key is alive. */
export interface KeyCheck {
  readonly method: "GET" | "POST";
  /** Path below `/api/{slug}/`, sent like any other request. */
  readonly path: string;
  /** Absolute URL, where the check is not reachable below the provider's base; always asked directly. */
  readonly url?: string;
}

/** How a provider's WebSocket service is reached and where its key travels. */
/** The language of a WebSocket service's frames (see `lib/usage/socket-protocols.ts`). */
export type SocketProtocol = "openai" | "gemini" | "deepgram" | "elevenlabs" | "cartesia";

export interface WebSocketPlan {
  /** What its frames are read by; null where they cannot be, so that limited tokens may not use it. */
  readonly protocol: SocketProtocol | null;
  /** Paths whose frames tell neither model nor use, in spite of it. */
  readonly unreadable?: RegExp;
  /**
   * The upstream URL for a path below `/api/{slug}/` (no leading slash; may be empty), without the query.
   * `gatewayBase` has no trailing slash and is null when going direct.
   */
  upstreamUrl(path: string, gatewayBase: string | null): string;
  /** Places the pool's key for this service: a header wherever the service takes one. */
  placeKey(request: OutgoingRequest, key: string): void;
}

/** OpenAI-compatible endpoints of a provider, for `/api/compat` when AI Gateway's own compat cannot be used. */
export interface OpenAiCompatible {
  /** Path below `/api/{slug}/` for chat completions. */
  readonly chatCompletions: string;
  readonly embeddings?: string;
  /** Path of the model list. */
  readonly models?: string;
  /** Whether the provider has OpenAI's Responses beside them; otherwise these are converted to chat completions. */
  readonly hasResponses?: true;
  /** Auth on these endpoints, where it differs from the provider's own. */
  placeKey?(request: OutgoingRequest, key: string): void;
}

/** Whose usage its answers report; `none` are not read for it (see `lib/usage/usage-reader.ts`). */
export type UsageFormat =
  | "openai"
  | "anthropic"
  | "google"
  | "cohere"
  | "bedrock"
  | "replicate"
  | "none";

export interface Provider {
  /** First path segment below `/api/`, and AI Gateway's slug for it. */
  readonly slug: string;
  /** The name people know it by. */
  readonly label: string;
  readonly errorFormat: ErrorFormat;
  readonly usageFormat: UsageFormat;
  /**
   * Whose API its own paths speak, where other providers may speak it too, so that a call for one can go to
   * another; null where only the OpenAI-compatible endpoints can be shared.
   */
  readonly protocol: "anthropic" | "google" | null;
  /**
   * Path below `/api/{slug}/` at which the provider has Anthropic's Messages as a second door, for the same keys and
   * models; null where it has none, or where its own paths are Anthropic's.
   */
  readonly messages: string | null;
  /** Slug in AI Gateway's compat model names (`{compatSlug}/{model}`); null where compat does not know the provider. */
  readonly compatSlug: string | null;
  /**
   * Path below `/api/{slug}/` as AI Gateway documents it (both `v1/chat/completions` and `chat/completions`
   * reach OpenAI: one form is sent). Throws `ProviderPathError` where a part that becomes a host name cannot be one.
   */
  gatewayPath(path: string): string;
  /** Absolute URL, without query, for the same path when going direct. Throws `ProviderPathError` if the path cannot be mapped. */
  directUrl(path: string): string;
  /** Throws `ProviderPathError` where this key cannot be used on the request's way. */
  placeKey(request: OutgoingRequest, key: string): void;
  readonly withholds: Withheld;
  readonly model: ModelPlaces;
  readonly hidesModel: HiddenModels;
  /** Paths (below the slug, no leading slash) that cannot be served without a model. */
  readonly needsModel: RegExp;
  readonly openAiCompatible: OpenAiCompatible | null;
  readonly keyCheck: KeyCheck | null;
  readonly webSocket: WebSocketPlan | null;
  /** A shape this provider's keys usually have; used to warn on import, never to refuse. */
  readonly keyPattern: RegExp | null;
  /** IANA zone in whose midnight daily quotas renew. */
  readonly quotaDayZone: "America/Los_Angeles" | "UTC";
  /** The provider's own error rules, tried before the common ones (see `judge-answer.ts`). */
  readonly errorRules: readonly ErrorRule[];
}

/** What an upstream answer means. */
export type Meaning =
  | "ok"
  /** The request itself is refused; no key would help. */
  | "client_error"
  /** A short quota window (requests or tokens a second, minute, hour) is used up for key and model. */
  | "rate_limit_minute"
  | "rate_limit_day"
  /** No money: balance, credit or a spending cap. */
  | "out_of_credit"
  | "key_invalid"
  /** The key or its account was banned, leaked, suspended or restricted away from this API. */
  | "key_blocked"
  /** A 401 or 403 in unknown words: rest the key and ask the free endpoint. */
  | "key_doubtful"
  /** This key may not use this model or endpoint. */
  | "model_denied"
  | "region_denied"
  /** The request carries reasoning that another account has sealed, or signed, and this one cannot open. */
  | "foreign_reasoning"
  /** The model has no capacity: nobody's key's fault. */
  | "overloaded"
  | "server_error"
  /** AI Gateway's own limit or refusal. */
  | "gateway_limit";

/** The readable parts of an error answer, whatever envelope it came in. Strings are empty where absent. */
export interface ErrorFacts {
  /** The HTTP status; for an error inside a 2xx answer, the status it stands for. */
  readonly status: number;
  readonly headers: Headers;
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
  /** The whole body as JSON, for rules that must look deeper; null where it is none. */
  readonly json: unknown;
}

export interface QuotaViolation {
  readonly quotaId: string;
  readonly quotaMetric: string;
  readonly model: string;
  /** Null where the provider did not say. */
  readonly quotaValue: number | null;
}

/** One rule: the first whose `matches` holds names the meaning. */
export interface ErrorRule {
  /** Short name, shown in docs and evidence (`google-day-quota`). */
  readonly name: string;
  matches(facts: ErrorFacts): boolean;
  readonly meaning: Exclude<Meaning, "ok">;
  /**
   * When the key, or key and model, may be used again, as epoch milliseconds; absent or null: the meaning's
   * default. It is kept to whatever was learned before, and teaches nothing. On a meaning that blocks, it makes
   * the key rest instead.
   */
  untilMs?(facts: ErrorFacts, nowMs: number): number | null;
  /**
   * On `rate_limit_minute`: there is no day quota behind it, however often it comes (see
   * `CONSECUTIVE_429_THRESHOLD`).
   */
  readonly hasNoDayQuota?: true;
  /** No key cures it: so many are asked, and it is remembered for a short while. */
  readonly asks?: number;
  /** Overrides the meaning's usual reach. */
  readonly scope?: CooldownScope;
  /** Overrides whether other keys are asked. */
  readonly next?: "deliver" | "retry";
}

/** `model`: this key for this model; `key`: this key for everything; `none`: nothing rests. */
export type CooldownScope = "model" | "key" | "none";

/** What to do about an answer, decided from the answer alone. */
export interface Verdict {
  readonly meaning: Meaning;
  /** Name of the rule that decided. */
  readonly rule: string;
  readonly effect: VerdictEffect;
  /** `retry`: another key may do better; `deliver`: this is the answer. */
  readonly next: "deliver" | "retry";
  /** The upstream's words, at most 300 characters, not yet redacted. */
  readonly words: string;
  /** When it is worth asking again, where a failure tells: epoch milliseconds; null where it does not. */
  readonly retryAtMs: number | null;
  /** So many keys are asked at most, since no key cures it; null for any number. */
  readonly asks: number | null;
  /** The quota that refused; null where the answer is no matter of quota. */
  readonly quota: QuotaRefusal | null;
}

/** The quota that a refusal names; parts are null where the answer does not tell (see `read-limits.ts`). */
export interface QuotaRefusal {
  /** Requests where nothing is said. */
  readonly unit: QuotaUnit;
  readonly span: "minute" | "day";
  readonly limit: number | null;
  /** Epoch milliseconds when it is worth asking again, to the millisecond. */
  readonly retryAtMs: number | null;
  /** Tokens of the refused request. */
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
       * Who says so: the rule that judged, the answer itself, or nobody. A `guess` is no more than that: it
       * refuses no client, and `CONSECUTIVE_429_THRESHOLD` of them in a row are taken for the day quota.
       */
      readonly source: "rule" | "told" | "guess";
      /** No rest may go beyond this, whatever is told or learned: epoch milliseconds. */
      readonly latestMs: number;
      /** Whether guesses in a row may be taken for the day quota. */
      readonly mayBeDay: boolean;
    }
  | { readonly kind: "block" };
