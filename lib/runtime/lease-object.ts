import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env";
import type { Grant } from "../leases/lease";
import { LeaseBook, type LeaseClaim, type StoredBook } from "../leases/lease-book";
import type { LeaseCalls } from "./object-calls";
import { platform } from "./platform";

const BOOK = "leases";
/**
 * A crash loses at most the leases of this time, and those end soon: the next request for a lease says what its isolate
 * holds.
 */
const SAVE_MS = 10_000;

/**
 * Hands out the leases of one token's or one member's limits (`lib/leases`). Its knowledge is in memory; an alarm saves
 * it while there is something new, and another empties it once all leases have long ended; in between it hibernates.
 */
export class LeaseObject extends DurableObject<Env> implements LeaseCalls {
  #book = new LeaseBook();
  #isSaved = true;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    state.blockConcurrencyWhile(async () => {
      const stored = await state.storage.get<StoredBook>(BOOK);
      if (stored !== undefined) this.#book = LeaseBook.fromStored(stored);
    });
  }

  async lease(isolate: string, asks: readonly LeaseClaim[]): Promise<Grant[]> {
    const nowMs = platform.nowMs();
    const grants = this.#book.lease(isolate, asks, nowMs);
    if (this.#isSaved) {
      this.#isSaved = false;
      await this.ctx.storage.setAlarm(nowMs + SAVE_MS);
    }
    return grants;
  }

  override async alarm(): Promise<void> {
    const nowMs = platform.nowMs();
    this.#book.prune(nowMs);
    this.#isSaved = true;
    const { emptyAtMs } = this.#book;
    // An object that stores nothing costs nothing.
    if (emptyAtMs === null) {
      await this.ctx.storage.deleteAll();
      return;
    }
    await this.ctx.storage.put(BOOK, this.#book.toStored());
    // If no one asks again, it still ends up empty.
    await this.ctx.storage.setAlarm(Math.max(emptyAtMs, nowMs + SAVE_MS));
  }
}
