/**
 * How isolates share what one model's domains may still be sent: each tells what it sent, and what the others told
 * counts as used. Where several wait for what is anybody's, they take turns.
 *
 * Nothing is told while little is used: an isolate begins once it sends more than a good part of what all domains
 * together are allowed, was refused, or hears that another was.
 * @module
 */
import type { QuotaSharing } from "../learn/quota-sharing";
import type { SharedLimitPrior } from "../learn/shared-limit-prior";
import type { RateLimiter } from "../limits/rate-limiter";
import { type PeerSends, PeerUse, type Turns } from "./peer-use";
import {
  type PeerReport,
  sendsOf,
  type ToldDomain,
  type ToldModel,
  timeOf,
  toldAge,
  toldSends,
} from "./told-use";
import type { Pressure, SharedModel, UseBoard } from "./use-board";

const MINUTE_MS = 60_000;
/** What this isolate may send before it tells, as a part of all that may be sent. */
const FREE_PART = 1 / 16;
/** A refusal, or much use, is a reason to tell for so long. */
const HOT_MS = 120_000;
/** How often it is looked whether much is used. */
const LOOK_MS = 1_000;
/** Who had to wait so lately wants more. */
const WANTING_MS = 2_000;
/** Who has told nothing for so long wants nothing. */
const FRESH_MS = 9_000;
/** After so long all have told what they sent before. */
const YOUNG_MS = 5_000;
/** A turn lasts until the others know whether it was taken. */
const TURN_MS = 2_000;
/** Little is left where others are likely to have sent a third of it since they told. */
const TIGHT = 3;
/** Who has nothing to say yet looks again after this. */
const UNTOLD_MS = 500;
/** What was sent so lately, in tenths of a second, shows what an isolate wants. */
const RECENT_AGE = 100;
const RECENT_MS = 10_000;
/** Domains that others told of are remembered. */
const USES_MAX = 1_000;
/** Sends are told for so long after they left the window. */
const LATE_MS = 10_000;
/** So many domains are told of. */
const DOMAINS_MAX = 200;

/** The domains whose quotas are shared. */
export interface SharedDomains {
  readonly prior: SharedLimitPrior;
  /** Those that were used here. */
  named(): Iterable<[domain: string, limiter: RateLimiter]>;
  /** The limiter of one; made if it was not used yet. */
  shared(domain: string, nowMs: number): RateLimiter;
}

export interface ModelSharingOptions {
  readonly board: UseBoard;
  /** The same in all isolates. */
  readonly name: string;
  readonly domains: SharedDomains;
  /** Requests that wait. */
  waiting(): number;
  /** Domains may be ready sooner than they were thought to be. */
  changed(domains: ReadonlySet<string>, nowMs: number): void;
}

interface Peer {
  readonly isolate: string;
  readonly toldMs: number;
  readonly waiting: number;
  readonly weight: number;
}

export class ModelSharing implements QuotaSharing, SharedModel, Turns {
  readonly #options: ModelSharingOptions;
  #hotUntilMs = 0;
  #hotSinceMs = 0;
  #hasHeard = false;
  #isSilent = false;
  #wantedMs = Number.NEGATIVE_INFINITY;
  #peers: readonly Peer[] = [];
  /** What others told, by domain. */
  readonly #uses = new Map<string, { readonly requests: PeerUse; readonly tokens: PeerUse }>();
  #toldWaiting = 0;
  #toldWeight = 0;
  #isTight = false;
  #lookMs = 0;
  #sent = 0;
  #sentBefore = 0;
  #halfMs = 0;

  constructor(options: ModelSharingOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  isHot(nowMs: number): boolean {
    return nowMs < this.#hotUntilMs && !this.#options.board.isOff;
  }

  isYoung(nowMs: number): boolean {
    return !this.#hasHeard || nowMs - this.#hotSinceMs < YOUNG_MS;
  }

  mayProbe(nowMs: number): boolean {
    const { isolate } = this.#options.board;
    return !this.#peers.some((peer) => nowMs - peer.toldMs < FRESH_MS && peer.isolate < isolate);
  }

  get pressure(): Pressure {
    if (this.#hasHeard && this.#peers.length === 0) return "alone";
    const isWanted = this.#toldWaiting > 0 || this.#peers.some(({ waiting }) => waiting > 0);
    return this.#isTight || isWanted || !this.#hasHeard ? "tight" : "roomy";
  }

  turnMs(domain: string, free: number, nowMs: number): number {
    const rivals = this.#peers.filter(
      ({ toldMs, weight }) => weight > 0 && nowMs - toldMs < FRESH_MS,
    );
    if (rivals.length === 0 || free > rivals.length) return 0;
    if (!this.#isTight && !rivals.some(({ waiting }) => waiting > 0)) return 0;
    const { board } = this.#options;
    const turn = Math.floor(nowMs / TURN_MS);
    const endMs = (turn + 1) * TURN_MS;
    // Who has told no wish is reckoned with by nobody.
    if (this.#toldWeight === 0) return Math.min(nowMs + UNTOLD_MS, endMs);
    const own = placeOf(domain, turn, board.isolate, this.#toldWeight);
    const isOthers = rivals.some(
      ({ isolate, weight }) => placeOf(domain, turn, isolate, weight) < own,
    );
    return isOthers ? endMs : 0;
  }

  /** A request was sent. @param perMs What all domains together are allowed; null while that is not known. */
  sent(perMs: () => number | null, nowMs: number): void {
    const ageMs = nowMs - this.#halfMs;
    if (ageMs >= MINUTE_MS / 2) {
      this.#sentBefore = ageMs < MINUTE_MS ? this.#sent : 0;
      this.#sent = 0;
      this.#halfMs = nowMs;
    }
    this.#sent += 1;
    if (this.isHot(nowMs)) this.#options.board.touch();
    if (nowMs < this.#lookMs) return;
    this.#lookMs = nowMs + LOOK_MS;
    const all = perMs();
    const isMuch = all !== null && this.#sent + this.#sentBefore > all * MINUTE_MS * FREE_PART;
    if (isMuch) this.heat(nowMs);
  }

  /** A domain was refused for lack of quota. @param isNumbered Whether the refusal put the limit into numbers. */
  refused(isNumbered: boolean, nowMs: number): void {
    if (isNumbered) this.heat(nowMs);
    else this.#isSilent = !this.#options.domains.prior.state.isInNumbers;
  }

  /** Another isolate was refused. */
  heardRefusal(nowMs: number): void {
    // Of an upstream that tells no numbers, there is nothing to share.
    if (!this.#isSilent) this.heat(nowMs);
  }

  /** Much is used, here or elsewhere. */
  heat(nowMs: number): void {
    this.#isSilent = false;
    if (!this.isHot(nowMs)) {
      this.#hotSinceMs = nowMs;
      this.#hasHeard = false;
    }
    this.#hotUntilMs = nowMs + HOT_MS;
    this.#options.board.heat(this);
  }

  /** A request has to wait. */
  short(nowMs: number): void {
    this.#wantedMs = nowMs;
    if (this.isHot(nowMs)) this.#options.board.touch();
  }

  tell(nowMs: number): ToldModel {
    const { domains, name, waiting } = this.#options;
    const told: ToldDomain[] = [];
    for (const [domain, { learned, tokenLog }] of domains.named()) {
      const sinceMs = nowMs - MINUTE_MS - LATE_MS;
      const requests = toldSends(learned.log.after(sinceMs), nowMs);
      const tokens = tokenLog === null ? [] : toldSends(tokenLog.after(sinceMs), nowMs);
      const known = learned.toldLimit;
      if (requests.length + tokens.length === 0 && known === null) continue;
      const age = known === null ? 0 : toldAge(known.atMs, nowMs);
      told.push([domain, requests, tokens, known?.limit ?? 0, age]);
      if (told.length >= DOMAINS_MAX) break;
    }
    const isWanting = nowMs - this.#wantedMs < WANTING_MS;
    const waits = isWanting ? Math.max(1, waiting()) : 0;
    this.#toldWaiting = waits;
    this.#toldWeight = weightOf(waits, told);
    return [name, waits, domains.prior.state.leastSpanMs, told];
  }

  /** Takes over what all others told last. */
  heard(reports: readonly PeerReport[], nowMs: number): void {
    const { name, domains } = this.#options;
    const peers: Peer[] = [];
    const requestsOf = new Map<string, PeerSends[]>();
    const tokensOf = new Map<string, PeerSends[]>();
    for (const { isolate, toldMs, models } of reports) {
      const model = models.find((each) => each[0] === name);
      if (model === undefined) continue;
      const [, waiting, spanMs, told] = model;
      const isWanting = waiting > 0;
      peers.push({ isolate, toldMs, waiting, weight: weightOf(waiting, told) });
      domains.prior.heardSpan(spanMs);
      for (const [domain, requests, tokens, limit, limitAge] of told) {
        add(requestsOf, domain, { isWanting, sends: sendsOf(requests, toldMs) });
        if (tokens.length > 0) add(tokensOf, domain, { isWanting, sends: sendsOf(tokens, toldMs) });
        if (limit === 0) continue;
        domains.shared(domain, nowMs).learned.heardLimit(limit, timeOf(limitAge, toldMs));
      }
    }
    this.#peers = peers;
    this.#hasHeard = true;
    for (const domain of requestsOf.keys()) {
      if (!this.#uses.has(domain) && this.#uses.size < USES_MAX) {
        this.#uses.set(domain, {
          requests: new PeerUse(domain, this),
          tokens: new PeerUse(domain, this),
        });
      }
    }
    for (const [domain, { requests, tokens }] of this.#uses) {
      requests.heard(requestsOf.get(domain) ?? []);
      tokens.heard(tokensOf.get(domain) ?? []);
      domains.shared(domain, nowMs).countPeers(requests, tokens);
    }
    const all = new Set(this.#uses.keys());
    let free = 0;
    for (const domain of all)
      free += Math.max(0, domains.shared(domain, nowMs).learned.left(nowMs));
    let recent = 0;
    for (const peer of peers)
      if (nowMs - peer.toldMs < FRESH_MS) recent += peer.weight - peer.waiting;
    this.#isTight = free < TIGHT * (recent / RECENT_MS) * TURN_MS;
    this.#options.changed(all, nowMs);
  }
}

/** How much an isolate wants: what waits there, and what it sent in the last ten seconds. */
function weightOf(waiting: number, told: readonly ToldDomain[]): number {
  let weight = waiting;
  for (const [, requests] of told) {
    for (let index = requests.length - 2; index >= 0; index -= 2) {
      if ((requests[index] ?? 0) > RECENT_AGE) break;
      weight += requests[index + 1] ?? 0;
    }
  }
  return weight;
}

function add(all: Map<string, PeerSends[]>, domain: string, sends: PeerSends): void {
  const known = all.get(domain);
  if (known === undefined) all.set(domain, [sends]);
  else known.push(sends);
}

/** The lowest has its turn: by chance, and the likelier the more wait. All isolates get the same. */
function placeOf(domain: string, turn: number, isolate: string, waiting: number): number {
  const even = (hashText(`${domain} ${isolate} ${turn}`) + 1) / (2 ** 32 + 1);
  return -Math.log(even) / waiting;
}

/** FNV-1a, 32 bits, mixed once more: the texts differ in their last characters. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}
