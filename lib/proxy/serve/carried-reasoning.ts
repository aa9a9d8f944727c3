/**
 * Where a turn goes whose conversation carries sealed reasoning: to the account that made it, which is waited for
 * within the request's longest wait; else to another, and where that cannot open it, on without it.
 *
 * Who made it is what the pool remembers of conversations (`lib/pool/schedule/affinity.ts`), in this isolate. A
 * refusal is no fault of a key: it says that this account is not the one.
 * @module
 */
import type { KeyPool } from "../../pool/key-pool";
import type { ProxyCall } from "../route/proxy-call";
import type { KeyChoice } from "./key-choice";
import type { QuotaClaim } from "./quota-claim";
import { mayCarryReasoning, withoutReasoning } from "./sealed-reasoning";

/** So many accounts are asked whether they can open it, where it is not known who made it. */
const MAX_ASKED = 3;

export class CarriedReasoning {
  readonly #pool: KeyPool;
  readonly #call: ProxyCall;
  readonly #claim: QuotaClaim;
  /** Null where there is none, or nothing to choose from. */
  readonly #conversation: string | null = null;
  /** The key that served it so far; null where that is not known. */
  readonly #ownerId: string | null = null;
  #isCarrying: boolean | null = null;
  #refusals = 0;
  #mark: number | null = null;
  #isAllDropped = false;
  /** What was taken out, once each; empty for nothing. */
  dropped: readonly string[] = [];
  /** What to send. */
  sent: ProxyCall;

  constructor(pool: KeyPool, call: ProxyCall, claim: QuotaClaim) {
    this.#pool = pool;
    this.#call = call;
    this.#claim = claim;
    this.sent = call;
    if (pool.size < 2 || call.preferredKeyId !== null || claim.conversation === null) return;
    const { name, isContinued } = claim.conversation;
    this.#conversation = name;
    // Before a key is chosen, which is then taken for its owner.
    this.#ownerId = pool.owners.of(call.model, name);
    if (this.#ownerId === null && isContinued && this.#carries) {
      this.#ownerId = pool.owners.withAnyModel(name);
    }
    const mark = pool.owners.foreignUpTo(name);
    // An account that is away made it, and the conversation has moved: what was made since is kept.
    if (mark !== null) this.#drop(mark);
  }

  /** Has the account asked next that made it, before another's turn comes. */
  guide(choice: KeyChoice, nowMs: number): void {
    const { model } = this.#call;
    const ownerId = this.#ownerId;
    if (ownerId === null || this.#isAllDropped) return;
    if (this.#pool.owners.isLeft(model, ownerId, this.#claim, nowMs) && this.#carries)
      choice.preferOwner(ownerId);
  }

  /**
   * An account could not open it.
   * @returns Whether the next is to be asked. Without what it carries, where nobody else may have made it.
   */
  refused(choice: KeyChoice, askedId: string, nowMs: number): boolean {
    if (this.#isAllDropped) return false;
    this.#refusals += 1;
    const ownerId = this.#ownerId;
    const isOwnerKnown = ownerId !== null && ownerId !== askedId;
    if (!isOwnerKnown && this.#refusals < MAX_ASKED && choice.hasOther(nowMs)) return true;
    if (!this.#drop(null)) return false;
    this.#isAllDropped = true;
    choice.forgive();
    return true;
  }

  /** A key has answered. */
  answered(keyId: string): void {
    if (this.#conversation === null || (this.#refusals === 0 && !this.#isAllDropped)) return;
    this.#pool.owners.move(this.#call.model, this.#conversation, keyId, this.#mark);
  }

  #drop(upTo: number | null): boolean {
    const without = withoutReasoning(this.#call.body, upTo);
    if (without === null) return false;
    this.sent = { ...this.#call, body: without.body };
    this.#mark = without.mark;
    this.dropped = without.dropped;
    return true;
  }

  get #carries(): boolean {
    this.#isCarrying ??= mayCarryReasoning(this.#call.body);
    return this.#isCarrying;
  }
}
