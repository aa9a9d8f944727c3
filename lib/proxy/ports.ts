/**
 * Everything the proxy needs from outside: clock, network, state. The proxy knows neither Next nor Cloudflare.
 * @module
 */

import type { LimitHolder } from "../budgets/limit-holder";
import type { TokenLedger } from "../budgets/token-ledger";
import type { AnswerFacts } from "../conversion/conversion";
import type { ByteStream } from "../http/byte-stream";
import type { HeaderFields } from "../http/read-headers";
import type { ModelAlias } from "../models/model-alias";
import type { Evidence } from "../pool/evidence";
import type { KeySource } from "../pool/sections/joined-keys";
import type { PoolKey, TokenGroup } from "../pool/types";
import type { Meaning, Provider } from "../providers/types";
import type { Tags } from "../tags/tags";
import type { TraceContext } from "../traces/trace-context";
import type { PriceBook } from "../usage/price";
import type { RequestEvent } from "../usage/request-event";
import type { Usage } from "../usage/types";

export interface ProxyPorts {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** In [0, 1). */
  random(): number;
  /** @param client The fetch is canceled when this client leaves, if the host doesn't do that itself. */
  fetch(url: string, init: RequestInit, client: Request): Promise<Response>;
  /** Runs `callback` once after `ms`; the returned function cancels it. */
  setTimer(callback: () => void, ms: number): () => void;
  newRequestId(): string;
  readonly state: ProxyState;
  readonly usage: UsageSink;
  /** What models cost; loaded on first use. */
  prices(): Promise<PriceBook>;
  readonly budgets: TokenBudgets;
  readonly works: BackgroundWorks;
  /** Where traces are sent; absent if they never are. */
  readonly traces?: TraceSource;
  /** Notified of each WebSocket session, and when it ends, if their number is limited. */
  readonly sessions?: { opened(): () => void };
  /** Where long streams are converted; absent if that happens here. */
  readonly streamPlace?: StreamPlace;
}

/** A place with more CPU time, which converts streams. */
export interface StreamPlace {
  /** Whether it can be reached and has room: a stream that it doesn't take is lost. Never rejects. */
  isReady(): Promise<boolean>;
  convert(facts: AnswerFacts, stream: ByteStream): Promise<ByteStream>;
}

/** Decides which trace a request belongs to. */
export interface TraceSource {
  /** Null while no receiver is set. */
  begin(headers: HeaderFields): TraceContext | null;
}

/** A provider's models, as it lists them. */
export interface ModelList {
  readonly models: readonly string[];
  readonly readAtMs: number;
}

/** Stores model lists. */
export interface ModelCatalog {
  /** As last read, by the names of their sources (`model-sources.ts`): the provider's slug for that of the common keys. */
  lists(): Promise<ReadonlyMap<string, ModelList>>;
  keep(source: string, list: ModelList): Promise<void>;
}

/** Keeps work alive that outlives its request: the `waitUntil` of the request that started it. */
export type KeepAlive = (work: Promise<unknown>) => void;

/** What access tokens and members with limits may still use. */
export interface TokenBudgets {
  readonly ledger: TokenLedger;
  /**
   * Null if everything that these limits need is known; otherwise resolves when it is, or when it can't be within
   * seconds. Never rejects.
   * @param keep Keeps the read alive if this client leaves, because others wait for it too.
   */
  ready(holders: readonly LimitHolder[], nowMs: number, keep?: KeepAlive): Promise<void> | null;
  /**
   * Requests a larger lease of a group's limits (see `lib/leases`). Null if no request is needed; otherwise resolves on
   * the response, or after two seconds. Never rejects.
   */
  lease(group: string, keep?: KeepAlive): Promise<void> | null;
  /** Null if no price is known. */
  costNanoUsd(
    provider: string,
    model: string | null,
    usage: Pick<Usage, "inputTokens" | "outputTokens"> & Partial<Usage>,
    atMs: number,
  ): number | null;
}

/** What an upstream works on after its response, and who started it. */
export interface BegunWork {
  /** The provider's slug. */
  readonly provider: string;
  /** The upstream's id for it. */
  readonly id: string;
  /** The key in whose account it is. */
  readonly keyId: string;
  readonly tokenId: string;
  /** The first token in the chain of rotations, to which it belongs; absent for the token itself. */
  readonly familyId?: string;
  readonly userId: string | null;
  /** As named in the request. */
  readonly model: string | null;
  /** Absent for none. */
  readonly tags?: Tags;
  /** The most it can use, if that was reserved: counted if it is canceled. */
  readonly estimate?: Pick<Usage, "inputTokens" | "outputTokens">;
  readonly atMs: number;
}

/** The name of some work. */
export function workName(provider: string, id: string): string {
  return `${provider} ${id}`;
}

/** Remembers background work until its usage is counted. Never rejects. */
export interface BackgroundWorks {
  begin(work: BegunWork): Promise<void>;
  /**
   * Returns whose work is now finished. Only once, whichever isolate asks: null the second time, and for work that
   * wasn't started here.
   */
  claim(provider: string, id: string): Promise<BegunWork | null>;
  /** Which of these (by `workName`) were counted, by any isolate. */
  counted(works: readonly string[]): Promise<readonly string[]>;
}

/** Records the usage of requests. */
export interface UsageSink {
  add(event: RequestEvent): void;
  /** Writes pending events. Null if there are none, or another request already writes them. Never rejects. */
  flush(): Promise<void> | null;
}

/** One thing a token may use: a provider, or some of its models. */
export interface AccessScope {
  /** Provider slug; null for any provider. */
  readonly provider: string | null;
  /** Model names (`*` is a wildcard); null for all. */
  readonly models: readonly string[] | null;
}

/** The caller, and what it may do. */
export interface AccessToken {
  readonly id: string;
  readonly name: string;
  /** The user who owns the token; null for a team token. */
  readonly ownerId: string | null;
  /** What the caller may use (see `token-allows.ts`); null for everything. */
  readonly scopes: readonly AccessScope[] | null;
  /** Epoch milliseconds; null for never. */
  readonly expiresAtMs: number | null;
  /** Its share when demand exceeds the quota, and its priority class; absent for 1 and interactive. */
  readonly share?: { readonly weight: number; readonly priority: number };
  /**
   * The amount counted for a request without a known price, in 1e-9 US dollars; absent: a money budget rejects such
   * requests.
   */
  readonly unpricedReserveNanoUsd?: number;
  /** Maximum wait of its requests, and their default; absent for the general limits. */
  readonly maxWaitMs?: number;
  /** The group that it belongs to, which decides which keys serve it; absent for none: then the common ones do. */
  readonly group?: TokenGroup;
  /** Its own limits, its owner's and its group's, and for a request those of its tags; absent for none. */
  readonly limitHolders?: readonly LimitHolder[];
  /** Whether it is an admin token, which reaches what anyone has stored. */
  readonly isAdmin?: boolean;
  /** The first token in its chain of rotations; absent for its own id. */
  readonly familyId?: string;
  /** Tags of all its requests, whatever the caller sends; absent for none. */
  readonly fixedTags?: Tags;
  /** Names of tags without which its requests are rejected; absent for none. */
  readonly requiredTags?: readonly string[];
  /** Whether responses say which key served, masked: only for the playground's tokens. */
  readonly showsKey?: boolean;
}

/** The maker of something that a provider stores; token and user are null if unknown. */
export interface Creator {
  /** The first of the tokens in the chain of rotations. */
  readonly tokenId: string | null;
  readonly userId: string | null;
  /** The token's group; absent for none. */
  readonly groupId?: string;
}

/** Something that a provider stores, and the key whose account contains it. */
export interface StoredThing extends Creator {
  readonly keyId: string;
}

/**
 * The pool's state as known to this isolate. Reading is synchronous memory; `ready()` waits only if the isolate is cold
 * or its knowledge too old to trust.
 */
export interface ProxyState {
  /** Whether anything was read from the store yet: until then, an unknown token or key means nothing. */
  readonly isLoaded: boolean;
  /**
   * Null if tokens and keys may be read immediately; otherwise resolves when they may, or can't be within seconds.
   * Never rejects: if the store is down, what is known is used.
   * @param keep Keeps the read alive if this client leaves, because others wait for it too.
   * @param trustMs How old the knowledge may be; 5 s if absent.
   */
  ready(keep?: KeepAlive, trustMs?: number): Promise<void> | null;
  /**
   * The token with this text, or null. May query the store once for a text it has never seen. The caller checks expiry.
   */
  findAccessToken(text: string, keep?: KeepAlive): AccessToken | null | Promise<AccessToken | null>;
  /** Those of a request's tags that have budgets; empty for most teams. */
  tagHolders(tags: Tags): readonly LimitHolder[];
  /** A custom provider by its slug; the built-in ones are in the registry. */
  customProvider(slug: string): Provider | undefined;
  /** All custom providers, sorted by slug. */
  customProviders(): readonly Provider[];
  /** Model aliases by name; empty for most teams. */
  modelAliases(): ReadonlyMap<string, ModelAlias>;
  /**
   * Null if all keys are in the pools; otherwise resolves when they are, or can't be within seconds. Never rejects. A
   * new isolate starts with the best keys of each provider and reads the others gradually: a request that finds no key
   * among them, or needs a specific one, waits for all.
   */
  whole(keep?: KeepAlive): Promise<void> | null;
  /** Whether requests to this provider bypass the gateway. */
  goesDirect(slug: string): boolean;
  /**
   * The keys of a provider that serve a caller; empty if there are none. Use `poolFor`, which knows the caller.
   * @param group The caller's group; undefined if it has none.
   */
  pool(provider: string, group: TokenGroup | undefined): KeySource;
  /** All keys of a provider, whomever they serve: for One Balance's own requests, which cost nothing. */
  everyKey(provider: string): KeySource;
  /**
   * In which accounts things are stored, and who made them; unknown ones are missing. May query the store.
   * @param again Queries again for what was missing a moment ago.
   */
  storedThings(
    provider: string,
    resources: readonly string[],
    again?: boolean,
  ): ReadonlyMap<string, StoredThing> | Promise<ReadonlyMap<string, StoredThing>>;
  /** The key's text. Never log or return it. */
  openKey(key: PoolKey): string | Promise<string>;
  /**
   * Records what happened. The caller has applied it to this isolate's pools; the next flush writes it to the store.
   */
  record(event: StateEvent): void;
  /**
   * Called when a key was handed out or is waited for: reports to other isolates what was sent, if necessary.
   * @param keep Keeps the report alive if this client leaves.
   */
  shareUse(keep?: KeepAlive): void;
  /** Called once a response is on its way: flushes events and checks for changes. Null if neither is due. */
  afterResponse(): Promise<void> | null;
}

export type { Evidence };

/**
 * Many keys of one provider fail in the same way, so none of them is changed (see `lib/pool/guard/circuit-breaker.ts`).
 */
export interface IncidentSighting {
  readonly provider: string;
  readonly rule: string;
  readonly meaning: Meaning;
  /** Status and message (redacted) of the upstream's last failure. */
  readonly status: number;
  readonly words: string;
  /** What was undone. */
  readonly effect: "block" | "cool";
  /** The keys for which it was undone. */
  readonly keyIds: readonly string[];
  readonly sinceMs: number;
  readonly atMs: number;
}

export type StateEvent =
  | {
      readonly kind: "key-cooled";
      readonly keyId: string;
      readonly model: string;
      readonly untilMs: number;
      readonly evidence: Evidence;
    }
  | { readonly kind: "key-blocked"; readonly keyId: string; readonly evidence: Evidence }
  /** Its response says that the key is invalid; a second witness decides whether that is true. */
  | { readonly kind: "key-suspected"; readonly keyId: string; readonly evidence: Evidence }
  /** A suspected key has worked. */
  | { readonly kind: "key-cleared"; readonly keyId: string; readonly atMs: number }
  | { readonly kind: "key-used"; readonly keyId: string; readonly atMs: number }
  /** A response through this key named something stored in its account. */
  | {
      readonly kind: "resource-seen";
      readonly provider: string;
      readonly resource: string;
      readonly keyId: string;
      /** The maker; both null if it was only named. The group isn't written: the store knows the token's. */
      readonly tokenId: string | null;
      readonly userId: string | null;
      readonly groupId?: string;
      /**
       * True if the response only mentions it, as anyone may have it do: that says in whose account it is only as long
       * as nothing is known. Absent if it was created or used.
       */
      readonly isMentioned?: true;
      readonly atMs: number;
    }
  | ({ readonly kind: "incident-seen" } & IncidentSighting)
  /** A key worked: whatever the provider's keys were suspected of, the connection works. */
  | { readonly kind: "incident-over"; readonly provider: string; readonly atMs: number }
  | { readonly kind: "token-used"; readonly tokenId: string; readonly atMs: number };
