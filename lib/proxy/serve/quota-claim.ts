/**
 * What a request asks of the pool's quota: how much, in whose name, and how long it may wait.
 * @module
 */

import type { Ask } from "../../pool/pick-result";
import type { Conversation } from "../../pool/schedule/affinity";
import type { Claim } from "../../pool/types";
import type { AccessToken } from "../ports";
import { conversationOf } from "../request/conversation";
import { bodyHead, type RequestBody } from "../request/request-body";

/** Seconds a request may wait for a key; 0 for almost none. */
export const MAX_WAIT_HEADER = "x-one-balance-max-wait";

/**
 * Everybody waits this long: a `Retry-After` is told in whole seconds, and who comes back a moment early must
 * not be refused for that.
 */
export const LEAST_WAIT_MS = 250;
/** What a request waits for a key at most that says nothing about it. */
export const DEFAULT_MAX_WAIT_MS = 10_000;
/** Clients and proxies on the way give up on silence of a few minutes. */
const LONGEST_MAX_WAIT_MS = 120_000;

const BYTES_PER_TOKEN = 4;
/** A longer body holds pictures or files, of which the number of bytes says little. */
export const MAX_GUESSED_TOKENS = 25_000;

const OPEN_BRACE = 0x7b;

const NONE: ReadonlySet<string> = new Set();

/** The right by which a request asks for quota, and how long it may wait for it. */
export interface RequestClaim extends Claim {
  /** At most, and where the request does not say; absent for what holds for everybody. */
  readonly maxWaitMs?: number | undefined;
}

/** Requests of One Balance's own. */
export const HOUSE_CLAIM: RequestClaim = { tokenId: "", weight: 1, priority: 0 };

/** The right by which a token's requests ask for quota. */
export function claimOf({ id, share, maxWaitMs }: AccessToken): RequestClaim {
  return { tokenId: id, weight: share?.weight ?? 1, priority: share?.priority ?? 0, maxWaitMs };
}

/** The request's place in the pool, kept for as long as it looks for a key. */
export class QuotaClaim implements Ask {
  readonly claim: RequestClaim;
  readonly tokens: number;
  tried = NONE;
  prefersProven = false;
  waiter: Ask["waiter"] = null;
  isCounted = false;
  hopefulUntilMs = 0;
  readonly #headers: Headers;
  readonly #body: RequestBody;
  #conversation: Conversation | null | undefined;
  readonly #startedMs: number;

  constructor(claim: RequestClaim, body: RequestBody, headers: Headers, nowMs: number) {
    this.claim = claim;
    this.tokens = Math.min(MAX_GUESSED_TOKENS, guessTokens(body));
    this.#body = body;
    this.#headers = headers;
    this.#startedMs = nowMs;
  }

  /** Looked for only where there are keys to choose from. */
  get conversation(): Conversation | null {
    if (this.#conversation === undefined) {
      this.#conversation = conversationOf(this.claim.tokenId, this.#headers, this.#body);
    }
    return this.#conversation;
  }

  /** Read only where there is something to wait for. */
  get maxWaitUntilMs(): number {
    return this.#startedMs + maxWaitMs(this.#headers, this.claim.maxWaitMs);
  }
}

/** About how many tokens a JSON body asks for; 1 where that cannot be guessed from its length. */
export function guessTokens(body: RequestBody): number {
  const head = bodyHead(body);
  if (head === null || head[0] !== OPEN_BRACE) return 1;
  const bytes = body.kind === "streamed" ? (body.length ?? head.length) : head.length;
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/**
 * How long a request waits: as it says itself, else as long as its token may, else 10 s.
 * @param mostMs What its token allows; undefined for the longest there is.
 */
export function maxWaitMs(headers: Headers, mostMs: number | undefined): number {
  const text = headers.get(MAX_WAIT_HEADER)?.trim();
  const isSaid = text !== undefined && /^\d{1,6}(?:\.\d{1,3})?$/.test(text);
  const wantedMs = isSaid ? Number(text) * 1000 : (mostMs ?? DEFAULT_MAX_WAIT_MS);
  return Math.max(LEAST_WAIT_MS, Math.min(mostMs ?? LONGEST_MAX_WAIT_MS, wantedMs));
}
