/**
 * Events that an isolate has recorded and not written yet, merged as they arrive: one per key and model, key, or token.
 * Merging doesn't depend on the order, so a failed batch can be put back.
 * @module
 */
import type { StateEvent } from "../../proxy/ports";

export class PendingEvents {
  readonly #events = new Map<string, StateEvent>();
  readonly #max: number;
  /** How many were dropped for lack of room. */
  forgotten = 0;

  /** @param max The maximum number, because clients choose model names: beyond it the oldest event is dropped. */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#events.size;
  }

  add(event: StateEvent): void {
    const name = nameOf(event);
    const known = this.#events.get(name);
    if (known !== undefined) {
      this.#events.set(name, later(known, event));
      return;
    }
    if (this.#events.size >= this.#max) this.#dropOldest();
    this.#events.set(name, event);
  }

  /** Removes up to `max` events, oldest first, except those with a name in `without`. */
  take(max: number, without?: ReadonlyMap<string, unknown>): StateEvent[] {
    const taken: StateEvent[] = [];
    for (const [name, event] of this.#events) {
      if (taken.length === max) break;
      if (without?.has(name) === true) continue;
      taken.push(event);
      this.#events.delete(name);
    }
    return taken;
  }

  hasOthersThan(names: ReadonlyMap<string, unknown>): boolean {
    if (names.size === 0) return this.size > 0;
    for (const name of this.#events.keys()) if (!names.has(name)) return true;
    return false;
  }

  values(): Iterable<StateEvent> {
    return this.#events.values();
  }

  #dropOldest(): void {
    const [oldest] = this.#events.keys();
    if (oldest !== undefined && this.#events.delete(oldest)) this.forgotten += 1;
  }
}

/** Events with the same name are merged. */
export function nameOf(event: StateEvent): string {
  switch (event.kind) {
    case "resource-seen":
      return `${event.kind} ${event.provider} ${event.resource}`;
    case "key-cooled":
      return `${event.kind} ${event.keyId} ${event.model}`;
    case "key-blocked":
    case "key-suspected":
    case "key-cleared":
    case "key-used":
      return `${event.kind} ${event.keyId}`;
    case "token-used":
      return `${event.kind} ${event.tokenId}`;
    case "incident-seen":
      return `${event.kind} ${event.provider} ${event.rule}`;
    case "incident-over":
      return `${event.kind} ${event.provider}`;
  }
}

/** The more significant event: a cooldown that ends later, otherwise the later one. */
function later(a: StateEvent, b: StateEvent): StateEvent {
  return rank(b) > rank(a) ? b : a;
}

function rank(event: StateEvent): number {
  switch (event.kind) {
    case "key-cooled":
      return event.untilMs;
    case "key-blocked":
    case "key-suspected":
      return event.evidence.atMs;
    case "resource-seen":
      // A known maker says more than that it was used, and that more than a mention.
      if (event.tokenId !== null || event.userId !== null) return 2;
      return event.isMentioned === true ? 0 : 1;
    case "key-cleared":
    case "key-used":
    case "token-used":
    case "incident-seen":
    case "incident-over":
      return event.atMs;
  }
}
