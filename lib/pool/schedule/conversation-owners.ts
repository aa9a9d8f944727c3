/**
 * Which key owns a conversation, by model: the one that serves it; and what the conversation carries from another key's
 * account.
 * @module
 */
import type { KeyRequest } from "../pick-result";
import { NO_MODEL } from "../types";
import type { ModelPools } from "./model-pools";

/** The most moved conversations for which it is remembered what they carry from another account. */
const MAX_MOVED = 10_000;

export class ConversationOwners {
  readonly #models: ModelPools;
  /** For moved conversations: the last item that their former owner created, least recently used first. */
  readonly #foreign = new Map<string, number>();

  constructor(models: ModelPools) {
    this.#models = models;
  }

  /** The key that last served a conversation with a model; null if none is remembered. */
  of(model: string | null, conversation: string): string | null {
    return this.#models.get(model ?? NO_MODEL)?.keys.ownerKeyOf(conversation) ?? null;
  }

  /** The key that served a conversation with any model. */
  withAnyModel(conversation: string): string | null {
    for (const pool of this.#models.all()) {
      const owner = pool.keys.ownerKeyOf(conversation);
      if (owner !== null) return owner;
    }
    return null;
  }

  /** Whether a conversation would now be served outside its owner's quota domain. */
  isLeft(model: string | null, keyId: string, ask: KeyRequest, nowMs: number): boolean {
    return this.#models.of(model ?? NO_MODEL).keys.leavesOwner(keyId, ask.tokens, nowMs);
  }

  /**
   * Moves a conversation to this key; what it carries up to a mark belongs to another one.
   * @param mark The mark of the last such item; null if none of it does.
   */
  move(model: string | null, conversation: string, keyId: string, mark: number | null): void {
    this.#models.of(model ?? NO_MODEL).keys.setOwner(conversation, keyId);
    this.#foreign.delete(conversation);
    if (mark === null) return;
    this.#foreign.set(conversation, mark);
    if (this.#foreign.size <= MAX_MOVED) return;
    const [oldest] = this.#foreign.keys();
    if (oldest !== undefined) this.#foreign.delete(oldest);
  }

  /** A conversation has moved to a key of another section. */
  forget(model: string | null, conversation: string): void {
    this.#models.get(model ?? NO_MODEL)?.keys.forgetOwner(conversation);
    this.#foreign.delete(conversation);
  }

  /** The mark up to which a conversation's items belong to another key's account; null if none is known. */
  foreignUpTo(conversation: string): number | null {
    return this.#foreign.get(conversation) ?? null;
  }
}
