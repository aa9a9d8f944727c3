/**
 * Everything the proxy needs from outside: clock, network, state. The proxy knows neither Next nor Cloudflare.
 * @module
 */

import type { LimitHolder } from "../budgets/limit-holder";
import type { TokenLedger } from "../budgets/token-ledger";
import type { ModelAlias } from "../models/model-alias";
import type { Evidence } from "../pool/evidence";
import type { KeyPool } from "../pool/key-pool";
import type { PoolKey } from "../pool/types";
import type { Meaning, Provider } from "../providers/types";
import type { PriceBook } from "../usage/price";
import type { RequestEvent } from "../usage/request-event";
import type { Usage } from "../usage/types";

export interface ProxyPorts {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** In [0, 1). */
  random(): number;
  /** @param client Whose leaving cancels the fetch, where the host does not see to that by itself. */
  fetch(url: string, init: RequestInit, client: Request): Promise<Response>;
  /** Runs `callback` once after `ms`; the returned function cancels it. */
  setTimer(callback: () => void, ms: number): () => void;
  newRequestId(): string;
  readonly state: ProxyState;
  readonly usage: UsageSink;
  /** What models cost; loaded when first asked for. */
  prices(): Promise<PriceBook>;
  readonly budgets: TokenBudgets;
  readonly works: BackgroundWorks;
  /** Hears of each WebSocket's session, and when it is over: where there is room for few. */
  readonly sessions?: { opened(): () => void };
}

/** A provider's models, as it lists them. */
export interface ModelList {
  readonly models: readonly string[];
  readonly readAtMs: number;
}

/** Where model lists are kept. */
export interface ModelCatalog {
  /** As last read, by the provider's slug. */
  lists(): Promise<ReadonlyMap<string, ModelList>>;
  keep(slug: string, list: ModelList): Promise<void>;
}

/** Keeps work that outlives its request alive: the `waitUntil` of the request that began it. */
export type KeepAlive = (work: Promise<unknown>) => void;

/** What access tokens and members with limits may still use. */
export interface TokenBudgets {
  readonly ledger: TokenLedger;
  /**
   * Null if all is known that these limits need; else resolves when it is, or cannot be within seconds. Never
   * rejects.
   * @param keep Keeps the reading alive if this client leaves: others wait for it too.
   */
  ready(holders: readonly LimitHolder[], nowMs: number, keep?: KeepAlive): Promise<void> | null;
  /**
   * Asks for a larger lease of the limits of a group (see `lib/leases`). Null where nobody is to be asked; else
   * resolves when it is answered, or not within two seconds. Never rejects.
   */
  lease(group: string, keep?: KeepAlive): Promise<void> | null;
  /** Null where no price is known. */
  costNanoUsd(
    provider: string,
    model: string | null,
    usage: Pick<Usage, "inputTokens" | "outputTokens"> & Partial<Usage>,
    atMs: number,
  ): number | null;
}

/** What an upstream works on after its answer, and who began it. */
export interface BegunWork {
  /** Slug. */
  readonly provider: string;
  /** The upstream's id of it. */
  readonly id: string;
  /** In whose account it lives. */
  readonly keyId: string;
  readonly tokenId: string;
  readonly userId: string | null;
  /** As the request named it. */
  readonly model: string | null;
  readonly atMs: number;
}

/** Remembers background work until its use is counted. Nothing rejects. */
export interface BackgroundWorks {
  begin(work: BegunWork): Promise<void>;
  /**
   * Whose work is finished now. Once only, whichever isolate asks: null for who asks again, and for what
   * nobody began here.
   */
  claim(provider: string, id: string): Promise<BegunWork | null>;
}

/** Where what requests used is recorded. */
export interface UsageSink {
  add(event: RequestEvent): void;
  /** Writes what waits. Null if nothing does, or another request sees to it. Never rejects. */
  flush(): Promise<void> | null;
}

/** One thing a token may use: a provider, or some models of it. */
export interface AccessScope {
  /** Provider slug; null for any provider. */
  readonly provider: string | null;
  /** Model names (`*` is a wildcard); null for all. */
  readonly models: readonly string[] | null;
}

/** Who calls, and what the caller may do. */
export interface AccessToken {
  readonly id: string;
  readonly name: string;
  /** The user whose token it is; null for one of the team's. */
  readonly ownerId: string | null;
  /** What the caller may use (see `token-allows.ts`); null for everything. */
  readonly scopes: readonly AccessScope[] | null;
  /** Epoch milliseconds; null for never. */
  readonly expiresAtMs: number | null;
  /** Its share where more quota is wanted than there is, and its class; absent for 1 and interactive. */
  readonly share?: { readonly weight: number; readonly priority: number };
  /**
   * What a request counts for whose price nobody knows, in 1e-9 US dollars; absent: under a budget of money it is
   * refused.
   */
  readonly unpricedReserveNanoUsd?: number;
  /** How long its requests may wait at most, and do where they do not say; absent for the proxy's own limits. */
  readonly maxWaitMs?: number;
  /** Its own limits, and those of its owner; absent for none. */
  readonly limitHolders?: readonly LimitHolder[];
  /** Whether it is an admin's credential, which reaches what anybody has stored. */
  readonly isAdmin?: boolean;
  /** The token that its rotations began with; absent for its own id. */
  readonly familyId?: string;
  /** Whether answers tell which key served, masked: so for the playground's tokens, nobody else's. */
  readonly showsKey?: boolean;
}

/** Who made something that a provider stores; both null where that is not known. */
export interface Maker {
  /** The first of the tokens that took each other's place. */
  readonly tokenId: string | null;
  readonly userId: string | null;
}

/** Something that a provider stores, and the key in whose account it is. */
export interface StoredThing extends Maker {
  readonly keyId: string;
}

/**
 * The pool's state as one isolate knows it. Reading is synchronous memory; `ready()` waits only when
 * the isolate is cold or its knowledge is too old to trust.
 */
export interface ProxyState {
  /** Whether anything was read from the store yet: while not, an unknown token or key says nothing. */
  readonly isLoaded: boolean;
  /**
   * Null if tokens and keys may be read at once; else resolves when they may, or cannot be within seconds. Never
   * rejects: with the store down, what is known is used.
   * @param keep Keeps the reading alive if this client leaves: others wait for it too.
   * @param trustMs How old what is known may be; 5 s if absent.
   */
  ready(keep?: KeepAlive, trustMs?: number): Promise<void> | null;
  /** The token with this text, or null. May ask the store once for a text it has never seen. Expiry is the caller's check. */
  findAccessToken(text: string, keep?: KeepAlive): AccessToken | null | Promise<AccessToken | null>;
  /** A provider that the team added, by its slug; the built-in ones are in the registry. */
  customProvider(slug: string): Provider | undefined;
  /** All that the team added, sorted by slug. */
  customProviders(): readonly Provider[];
  /** Names that lead to other models, by name; empty for most teams. */
  modelAliases(): ReadonlyMap<string, ModelAlias>;
  /**
   * Null if all keys are in the pools; else resolves when they are, or cannot be within seconds. Never rejects. A new
   * isolate begins with the best keys of each provider and reads the others bit by bit: who finds no key among
   * them, or needs a certain one, waits for all.
   */
  whole(keep?: KeepAlive): Promise<void> | null;
  /** Whether requests to this provider go straight to it even where there is a gateway. */
  goesDirect(slug: string): boolean;
  /** The pool of a provider; an empty one where it has no keys. */
  pool(provider: string): KeyPool;
  /**
   * In whose account things are stored, and who made them; those that nobody has seen are missing. May ask the
   * store.
   * @param again Asks again for what was missing a moment ago.
   */
  storedThings(
    provider: string,
    resources: readonly string[],
    anew?: boolean,
  ): ReadonlyMap<string, StoredThing> | Promise<ReadonlyMap<string, StoredThing>>;
  /** The key's text. Never log or return it. */
  openKey(key: PoolKey): string | Promise<string>;
  /** Notes what happened: applied to this isolate's pools by the caller, written to the store in the next flush. */
  record(event: StateEvent): void;
  /**
   * Called when a key was handed out, or is waited for: tells other isolates what was sent, where they have to know.
   * @param keep Keeps the telling alive if this client leaves.
   */
  shareUse(keep?: KeepAlive): void;
  /** Called once a response is on its way: flushes events and asks for changes. Null if neither is due. */
  afterResponse(): Promise<void> | null;
}

export type { Evidence };

/** Many keys of one provider fail alike, so that nothing is done to them (see `lib/pool/circuit-breaker.ts`). */
export interface IncidentSighting {
  readonly provider: string;
  readonly rule: string;
  readonly meaning: Meaning;
  /** Upstream status, and the upstream's words, redacted, of the last failure. */
  readonly status: number;
  readonly words: string;
  /** What was undone. */
  readonly effect: "block" | "cool";
  /** The keys it was undone for. */
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
  /** Its words condemn the key; a second witness decides whether they are true. */
  | { readonly kind: "key-suspected"; readonly keyId: string; readonly evidence: Evidence }
  /** A suspect has answered. */
  | { readonly kind: "key-cleared"; readonly keyId: string; readonly atMs: number }
  | { readonly kind: "key-used"; readonly keyId: string; readonly atMs: number }
  /** An answer through this key named something that lives in its account. */
  | {
      readonly kind: "resource-seen";
      readonly provider: string;
      readonly resource: string;
      readonly keyId: string;
      /** Who made it; null in both where it was only named. */
      readonly tokenId: string | null;
      readonly userId: string | null;
      readonly atMs: number;
    }
  | ({ readonly kind: "incident-seen" } & IncidentSighting)
  /** A key answered: whatever the provider's keys were suspected of, the way works. */
  | { readonly kind: "incident-over"; readonly provider: string; readonly atMs: number }
  | { readonly kind: "token-used"; readonly tokenId: string; readonly atMs: number };
