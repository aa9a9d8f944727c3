/**
 * Which key owns a conversation: the one that serves it, by model, and what they carry of another's.
 * @module
 */
import type { Ask } from "../pick-result";
import { NO_MODEL } from "../types";
import type { ModelPools } from "./model-pools";

/** Conversations that moved, of which it is remembered what they carry of another account's. */
const MAX_MOVED = 10_000;

export class ConversationOwners {
  readonly #models: ModelPools;
  /** Of those that moved: the last item that their former owner made, the one heard of longest ago first. */
  readonly #foreign = new Map<string, number>();

  constructor(models: ModelPools) {
    this.#models = models;
  }

  /** The key that served a conversation so far with a model; null where none is remembered. */
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

  /** Whether a conversation would be served elsewhere now than in its owner's quota domain. */
  isLeft(model: string | null, keyId: string, ask: Ask, nowMs: number): boolean {
    return this.#models.of(model ?? NO_MODEL).keys.leavesOwner(keyId, ask.tokens, nowMs);
  }

  /**
   * A conversation goes on with this key, and what it carries up to a mark belongs to another.
   * @param mark Of the last such item; null where nothing of it does.
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

  /** Up to where what a conversation carries belongs to another key's account; null for nothing that is known. */
  foreignUpTo(conversation: string): number | null {
    return this.#foreign.get(conversation) ?? null;
  }
}
