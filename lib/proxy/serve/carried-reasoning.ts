/**
 * Where a turn goes whose conversation carries encrypted reasoning: to the account that created it, for which it waits
 * up to its maximum wait; otherwise to another account, and if that can't decrypt it, on without it.
 *
 * The pool's record of conversations (`lib/pool/schedule/affinity.ts`), in this isolate, says who created it. A
 * rejection isn't a key's fault: it says that this account isn't the one.
 * @module
 */
import type { KeySource } from "../../pool/sections/joined-keys";
import type { ProxyCall } from "../route/proxy-call";
import type { KeyChoice } from "./key-choice";
import type { QuotaClaim } from "./quota-claim";
import { mayCarryReasoning, withoutReasoning } from "./sealed-reasoning";

/** The most accounts that are tried if it is unknown who created it. */
const MAX_TRIED = 3;

export class CarriedReasoning {
  readonly #pool: KeySource;
  readonly #call: ProxyCall;
  readonly #claim: QuotaClaim;
  /** Null if there is none, or nothing to choose from. */
  readonly #conversation: string | null = null;
  /** The key that served it so far; null if unknown. */
  readonly #ownerId: string | null = null;
  #isCarrying: boolean | null = null;
  #refusals = 0;
  #mark: number | null = null;
  #isAllDropped = false;
  /** What was removed, without duplicates; empty for nothing. */
  dropped: readonly string[] = [];
  /** What to send. */
  sent: ProxyCall;

  constructor(pool: KeySource, call: ProxyCall, claim: QuotaClaim) {
    this.#pool = pool;
    this.#call = call;
    this.#claim = claim;
    this.sent = call;
    if (pool.size < 2 || call.preferredKeyId !== null || claim.conversation === null) return;
    const { name, isContinued } = claim.conversation;
    this.#conversation = name;
    // Before a key is chosen, which then counts as its owner.
    this.#ownerId = pool.owners.of(call.model, name);
    if (this.#ownerId === null && isContinued && this.#carries) {
      this.#ownerId = pool.owners.withAnyModel(name);
    }
    const mark = pool.owners.foreignUpTo(name);
    // It was created in an account that isn't available, and the conversation has moved: what was created since is
    // kept.
    if (mark !== null) this.#drop(mark);
  }

  /** Makes the creating account the next one to try, before another's turn comes. */
  guide(choice: KeyChoice, nowMs: number): void {
    const { model } = this.#call;
    const ownerId = this.#ownerId;
    if (ownerId === null || this.#isAllDropped) return;
    if (this.#pool.owners.isLeft(model, ownerId, this.#claim, nowMs) && this.#carries)
      choice.preferOwner(ownerId);
  }

  /**
   * An account couldn't decrypt it.
   * @returns Whether to try the next one. Without the reasoning, if no other account can have created it.
   */
  refused(choice: KeyChoice, triedId: string, nowMs: number): boolean {
    if (this.#isAllDropped) return false;
    this.#refusals += 1;
    const ownerId = this.#ownerId;
    const isOwnerKnown = ownerId !== null && ownerId !== triedId;
    if (!isOwnerKnown && this.#refusals < MAX_TRIED && choice.hasOther(nowMs)) return true;
    if (!this.#drop(null)) return false;
    this.#isAllDropped = true;
    choice.forgive();
    return true;
  }

  /** Records that a key worked. */
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
