/**
 * Shares what the quota domains of one model may still be sent among isolates: each isolate reports what it sent, and
 * counts what the others report as used. If several of them have requests waiting for the same spare quota, they take
 * turns.
 * @module
 */
import type { QuotaSharing } from "../learn/quota-sharing";
import type { SharedLimitPrior } from "../learn/shared-limit-prior";
import type { RateLimiter } from "../limits/rate-limiter";
import { type PeerSends, PeerUse, type Turns } from "./peer-use";
import { hasTurn, TURN_MS, turnEndMs } from "./rendezvous-turns";
import {
  ageOf,
  type DomainReport,
  decodeSends,
  encodeSends,
  type ModelReport,
  type PeerReport,
  recentRequests,
  timeOf,
} from "./report-format";
import { SharingActivity } from "./sharing-activity";
import type { Pressure, SharedModel, UseBoard } from "./use-board";

const MINUTE_MS = 60_000;
/** An isolate in which a request had to wait this recently wants more. */
const WANTING_MS = 2_000;
/** An isolate whose last report is older than this doesn't take part in turns. */
const FRESH_MS = 9_000;
/** Quota is tight if the others have probably sent a third of what is left since their reports. */
const TIGHT = 3;
/** An isolate that hasn't reported any demand yet tries again after this time. */
const UNREPORTED_MS = 500;
/** What was sent this recently counts as demand. */
const RECENT_MS = 10_000;
const RECENT_AGE = ageOf(0, RECENT_MS);
/** The most domains whose reported use is remembered. */
const USES_MAX = 1_000;
/** Sends are reported for this long after they left the window. */
const LATE_MS = 10_000;
/** The most domains in a report. */
const DOMAINS_MAX = 200;

/** The domains whose quotas are shared. */
export interface SharedDomains {
  readonly prior: SharedLimitPrior;
  /** The domains used by this isolate. */
  used(): Iterable<[domain: string, limiter: RateLimiter]>;
  /** The limiter of a domain; created if this isolate hasn't used the domain yet. */
  shared(domain: string, nowMs: number): RateLimiter;
}

export interface ModelSharingOptions {
  readonly board: UseBoard;
  /** The same in all isolates. */
  readonly name: string;
  readonly domains: SharedDomains;
  /** The number of waiting requests. */
  waiting(): number;
  /** Called if domains may be ready sooner than expected. */
  changed(domains: ReadonlySet<string>, nowMs: number): void;
}

interface Peer {
  readonly isolate: string;
  readonly reportedMs: number;
  readonly waiting: number;
  readonly weight: number;
}

export class ModelSharing implements QuotaSharing, SharedModel, Turns {
  readonly #options: ModelSharingOptions;
  readonly #activity = new SharingActivity();
  #wantedMs = Number.NEGATIVE_INFINITY;
  #peers: readonly Peer[] = [];
  /** What the others reported, by domain. */
  readonly #uses = new Map<string, { readonly requests: PeerUse; readonly tokens: PeerUse }>();
  /** What this isolate's last report said. */
  #reportedWaiting = 0;
  #reportedWeight = 0;
  #isTight = false;

  constructor(options: ModelSharingOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  isSharing(nowMs: number): boolean {
    return this.#activity.isActive(nowMs) && !this.#options.board.isOff;
  }

  isWarmingUp(nowMs: number): boolean {
    return this.#activity.isWarmingUp(nowMs);
  }

  mayProbe(nowMs: number): boolean {
    const { isolate } = this.#options.board;
    return !this.#peers.some((peer) => isFresh(peer, nowMs) && peer.isolate < isolate);
  }

  get pressure(): Pressure {
    const { hasReceived } = this.#activity;
    if (hasReceived && this.#peers.length === 0) return "alone";
    const isWanted = this.#reportedWaiting > 0 || this.#peers.some(({ waiting }) => waiting > 0);
    return this.#isTight || isWanted || !hasReceived ? "tight" : "roomy";
  }

  turnMs(domain: string, free: number, nowMs: number): number {
    const rivals = this.#peers.filter((peer) => peer.weight > 0 && isFresh(peer, nowMs));
    if (rivals.length === 0 || free > rivals.length) return 0;
    if (!this.#isTight && !rivals.some(({ waiting }) => waiting > 0)) return 0;
    const endMs = turnEndMs(nowMs);
    // The others don't consider an isolate that has reported no demand, so it has no turn.
    if (this.#reportedWeight === 0) return Math.min(nowMs + UNREPORTED_MS, endMs);
    const own = { isolate: this.#options.board.isolate, weight: this.#reportedWeight };
    return hasTurn(domain, own, rivals, nowMs) ? 0 : endMs;
  }

  /** Records a sent request. @param perMs What all domains together allow per millisecond; null while unknown. */
  sent(perMs: () => number | null, nowMs: number): void {
    const isMuch = this.#activity.sent(perMs, nowMs);
    if (this.isSharing(nowMs)) this.#options.board.markDue();
    if (isMuch) this.#start(nowMs);
  }

  /** Records that a domain was rejected for lack of quota. @param isNumbered Whether the rejection stated the limit. */
  refused(isNumbered: boolean, nowMs: number): void {
    if (isNumbered) this.#start(nowMs);
    else this.#activity.refusedUnnumbered(this.#options.domains.prior.state.isInNumbers);
  }

  /** Records that another isolate was rejected. */
  peerRefused(nowMs: number): void {
    if (this.#activity.followsPeers) this.#start(nowMs);
  }

  /** Records that a request has to wait. */
  short(nowMs: number): void {
    this.#wantedMs = nowMs;
    if (this.isSharing(nowMs)) this.#options.board.markDue();
  }

  report(nowMs: number): ModelReport {
    const { domains, name, waiting } = this.#options;
    const reports: DomainReport[] = [];
    for (const [domain, { learned, tokenLog }] of domains.used()) {
      const sinceMs = nowMs - MINUTE_MS - LATE_MS;
      const requests = encodeSends(learned.log.after(sinceMs), nowMs);
      const tokens = tokenLog === null ? [] : encodeSends(tokenLog.after(sinceMs), nowMs);
      const stated = learned.statedLimit;
      if (requests.length + tokens.length === 0 && stated === null) continue;
      const age = stated === null ? 0 : ageOf(stated.atMs, nowMs);
      reports.push([domain, requests, tokens, stated?.limit ?? 0, age]);
      if (reports.length >= DOMAINS_MAX) break;
    }
    const isWanting = nowMs - this.#wantedMs < WANTING_MS;
    this.#reportedWaiting = isWanting ? Math.max(1, waiting()) : 0;
    this.#reportedWeight = this.#reportedWaiting + recentRequests(reports, RECENT_AGE);
    return [name, this.#reportedWaiting, domains.prior.state.leastSpanMs, reports];
  }

  receive(reports: readonly PeerReport[], nowMs: number): void {
    const { name, domains } = this.#options;
    const peers: Peer[] = [];
    const requestsOf = new Map<string, PeerSends[]>();
    const tokensOf = new Map<string, PeerSends[]>();
    for (const { isolate, reportedMs, models } of reports) {
      const model = models.find((each) => each[0] === name);
      if (model === undefined) continue;
      const [, waiting, spanMs, ofDomains] = model;
      const isWanting = waiting > 0;
      const weight = waiting + recentRequests(ofDomains, RECENT_AGE);
      peers.push({ isolate, reportedMs, waiting, weight });
      domains.prior.raiseLeastSpan(spanMs);
      for (const [domain, requests, tokens, limit, limitAge] of ofDomains) {
        add(requestsOf, domain, { isWanting, sends: decodeSends(requests, reportedMs) });
        if (tokens.length > 0) {
          add(tokensOf, domain, { isWanting, sends: decodeSends(tokens, reportedMs) });
        }
        if (limit === 0) continue;
        domains.shared(domain, nowMs).learned.receiveLimit(limit, timeOf(limitAge, reportedMs));
      }
    }
    this.#peers = peers;
    this.#activity.received();
    this.#countUses(requestsOf, tokensOf, nowMs);
    this.#isTight = this.#isQuotaTight(nowMs);
    this.#options.changed(new Set(this.#uses.keys()), nowMs);
  }

  #start(nowMs: number): void {
    this.#activity.start(this.isSharing(nowMs), nowMs);
    this.#options.board.share(this);
  }

  /** Replaces what the others used of each domain. */
  #countUses(
    requestsOf: ReadonlyMap<string, readonly PeerSends[]>,
    tokensOf: ReadonlyMap<string, readonly PeerSends[]>,
    nowMs: number,
  ): void {
    for (const domain of requestsOf.keys()) {
      if (!this.#uses.has(domain) && this.#uses.size < USES_MAX) {
        this.#uses.set(domain, {
          requests: new PeerUse(domain, this),
          tokens: new PeerUse(domain, this),
        });
      }
    }
    for (const [domain, { requests, tokens }] of this.#uses) {
      requests.receive(requestsOf.get(domain) ?? []);
      tokens.receive(tokensOf.get(domain) ?? []);
      this.#options.domains.shared(domain, nowMs).countPeers(requests, tokens);
    }
  }

  /** Whether little is left, compared with what the others send during a turn. */
  #isQuotaTight(nowMs: number): boolean {
    let free = 0;
    for (const domain of this.#uses.keys()) {
      free += Math.max(0, this.#options.domains.shared(domain, nowMs).learned.left(nowMs));
    }
    let recent = 0;
    for (const peer of this.#peers) if (isFresh(peer, nowMs)) recent += peer.weight - peer.waiting;
    return free < TIGHT * (recent / RECENT_MS) * TURN_MS;
  }
}

function isFresh({ reportedMs }: Peer, nowMs: number): boolean {
  return nowMs - reportedMs < FRESH_MS;
}

function add(all: Map<string, PeerSends[]>, domain: string, sends: PeerSends): void {
  const known = all.get(domain);
  if (known === undefined) all.set(domain, [sends]);
  else known.push(sends);
}
