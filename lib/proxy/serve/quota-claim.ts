/**
 * What a request needs from the pool's quota: how much, on whose behalf, and how long it may wait.
 * @module
 */

import type { HeaderFields } from "../../http/read-headers";
import type { KeyRequest } from "../../pool/pick-result";
import type { Conversation } from "../../pool/schedule/affinity";
import type { Claim } from "../../pool/types";
import type { AccessToken } from "../ports";
import { beginsJson } from "../request/body-form";
import { conversationOf } from "../request/conversation";
import { bodyHead, type RequestBody } from "../request/request-body";

/** Seconds that a request may wait for a key; 0 for the minimum wait. */
export const MAX_WAIT_HEADER = "x-one-balance-max-wait";

/** Minimum wait. `Retry-After` has whole seconds, so a client that returns slightly early must not be rejected. */
export const LEAST_WAIT_MS = 250;
/** Maximum wait of a request that does not specify it. */
export const DEFAULT_MAX_WAIT_MS = 10_000;
/** Clients and proxies in between give up after a few minutes of silence. */
const LONGEST_MAX_WAIT_MS = 120_000;

const BYTES_PER_TOKEN = 4;
/** A longer body contains images or files, whose size in bytes says little. */
export const MAX_GUESSED_TOKENS = 25_000;

const NONE: ReadonlySet<string> = new Set();

/** The share of the quota that a request is entitled to, and how long it may wait for it. */
export interface RequestClaim extends Claim {
  /** Maximum, and default if the request does not say; absent for the general limits. */
  readonly maxWaitMs?: number | undefined;
}

/** For One Balance's own requests. */
export const OWN_CLAIM: RequestClaim = { tokenId: "", weight: 1, priority: 0 };

/** The claim of a token's requests. */
export function claimOf({ id, share, maxWaitMs, group }: AccessToken): RequestClaim {
  const claim = {
    tokenId: id,
    weight: share?.weight ?? 1,
    priority: share?.priority ?? 0,
    maxWaitMs,
  };
  return group === undefined ? claim : { ...claim, group };
}

/** The request's place in the pool while it looks for a key. */
export class QuotaClaim implements KeyRequest {
  readonly claim: RequestClaim;
  readonly tokens: number;
  tried = NONE;
  prefersProven = false;
  waiter: KeyRequest["waiter"] = null;
  isCounted = false;
  hopefulUntilMs = 0;
  readonly #headers: HeaderFields;
  readonly #body: RequestBody;
  #conversation: Conversation | null | undefined;
  readonly #startedMs: number;

  constructor(claim: RequestClaim, body: RequestBody, headers: HeaderFields, nowMs: number) {
    this.claim = claim;
    this.tokens = Math.min(MAX_GUESSED_TOKENS, guessTokens(body));
    this.#body = body;
    this.#headers = headers;
    this.#startedMs = nowMs;
  }

  /** Computed only if there are keys to choose from. */
  get conversation(): Conversation | null {
    if (this.#conversation === undefined) {
      this.#conversation = conversationOf(this.claim.tokenId, this.#headers, this.#body);
    }
    return this.#conversation;
  }

  /** Read only if there is something to wait for. */
  get maxWaitUntilMs(): number {
    return this.#startedMs + maxWaitMs(this.#headers, this.claim.maxWaitMs);
  }
}

/** Approximate number of tokens of a JSON body; 1 if its length says nothing. */
export function guessTokens(body: RequestBody): number {
  const head = bodyHead(body);
  if (head === null || !beginsJson(head)) return 1;
  const bytes = body.kind === "streamed" ? (body.length ?? head.length) : head.length;
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/**
 * How long a request waits: what it specifies, otherwise what its token allows, otherwise 10 s.
 * @param mostMs What its token allows; undefined for the general maximum.
 */
export function maxWaitMs(headers: HeaderFields, mostMs: number | undefined): number {
  const text = headers.get(MAX_WAIT_HEADER)?.trim();
  const isSaid = text !== undefined && /^\d{1,6}(?:\.\d{1,3})?$/.test(text);
  const wantedMs = isSaid ? Number(text) * 1000 : (mostMs ?? DEFAULT_MAX_WAIT_MS);
  return Math.max(LEAST_WAIT_MS, Math.min(mostMs ?? LONGEST_MAX_WAIT_MS, wantedMs));
}
