/**
 * Which key a request tries next: one that is ready and was not tried yet, then again those that failed
 * through nobody's fault, and where none is ready but one will be in time, that one.
 * @module
 */
import type { KeyPool } from "../pool/key-pool";
import type { Lease } from "../pool/turn";
import { type Deadline, pause } from "./deadline";
import type { ProxyCall } from "./proxy-call";
import type { QuotaClaim } from "./quota-claim";
import type { RequestScope } from "./request-scope";

export class KeyChoice {
  readonly #pool: KeyPool;
  readonly #call: ProxyCall;
  readonly #claim: QuotaClaim;
  readonly #tried = new Set<string>();
  readonly #refused = new Set<string>();
  #demandedId: string | null;
  /** Handed out and not yet accounted for. */
  #lease: Lease | null = null;
  /** When there may be a key again, if the last look found none. */
  retryAtMs: number | null = null;

  constructor(pool: KeyPool, call: ProxyCall, claim: QuotaClaim) {
    this.#pool = pool;
    this.#call = call;
    this.#claim = claim;
    this.#demandedId = call.preferredKeyId;
  }

  /** The next key; null where there is none in time, or the client left, or the deadline passed. */
  async next(deadline: Deadline, { ports, request }: RequestScope): Promise<Lease | null> {
    for (;;) {
      const turn = this.#turn(ports.nowMs());
      if (turn.kind === "go") {
        this.#lease = turn.lease;
        this.#tried.add(turn.lease.key.id);
        return turn.lease;
      }
      this.retryAtMs = turn.kind === "full" ? turn.retryAtMs : null;
      if (turn.kind !== "wait") return null;
      await pause(turn.untilMs - ports.nowMs(), request.signal, deadline, ports);
      if (deadline.expired || request.signal.aborted) return null;
    }
  }

  /** The key refused this request: it is not asked again. */
  refused({ key }: Lease): void {
    this.#refused.add(key.id);
  }

  /** Nor is any other key of the same quota. */
  refusedByDomain({ key }: Lease): void {
    this.#refused.add(key.id);
    if (key.quotaDomain === null) return;
    for (const { id, quotaDomain } of this.#pool.keys()) {
      if (quotaDomain !== key.quotaDomain) continue;
      this.#tried.add(id);
      this.#refused.add(id);
    }
  }

  /** The last key's answer was accounted for. */
  settled(): void {
    this.#lease = null;
  }

  /** Gives back what is still held. */
  end(nowMs: number): void {
    this.#pool.leave(this.#call.model, this.#claim);
    if (this.#lease !== null) this.#pool.drop(this.#call.model, this.#lease, nowMs);
  }

  #turn(nowMs: number) {
    const { model } = this.#call;
    if (this.#demandedId !== null) {
      const lease = this.#pool.demand(model, this.#demandedId, this.#claim, nowMs);
      this.#demandedId = null;
      if (lease !== null) return { kind: "go", lease } as const;
    }
    this.#claim.tried = this.#tried;
    const turn = this.#pool.ask(model, this.#claim, nowMs);
    if (turn.kind === "go" || this.#tried.size === this.#refused.size) return turn;
    this.#claim.tried = this.#refused;
    return this.#pool.ask(model, this.#claim, nowMs);
  }
}
