import type { StateEvent } from "../proxy/ports";
import { BoundedMap } from "./bounded-map";
import { ENV_TOKEN_PREFIX } from "./env-access-tokens";
import { LAST_USED_GRAIN_MS } from "./write-state-events";

const USES_MAX = 50_000;
/** Sightings of an incident that goes on are told of this often. */
const SIGHTINGS_GAP_MS = 60_000;

/** Which of an isolate's events say enough new to be written. */
export class EventGate {
  /** When the last use of a key or token passed. */
  readonly #usesMs = new BoundedMap<string, number>(USES_MAX);
  /** When the last sighting of an incident passed, by provider and rule. */
  readonly #sightingsMs = new Map<string, number>();

  passes(event: StateEvent): boolean {
    switch (event.kind) {
      case "key-used":
        return this.#isLater(event.keyId, event.atMs);
      case "token-used":
        return (
          !event.tokenId.startsWith(ENV_TOKEN_PREFIX) && this.#isLater(event.tokenId, event.atMs)
        );
      case "incident-seen": {
        const name = `${event.provider} ${event.rule}`;
        if (event.atMs - (this.#sightingsMs.get(name) ?? 0) < SIGHTINGS_GAP_MS) return false;
        this.#sightingsMs.set(name, event.atMs);
        return true;
      }
      case "incident-over":
        this.#sightingsMs.clear();
        return true;
      default:
        return true;
    }
  }

  #isLater(id: string, atMs: number): boolean {
    if (atMs - (this.#usesMs.get(id) ?? 0) < LAST_USED_GRAIN_MS) return false;
    this.#usesMs.set(id, atMs);
    return true;
  }
}
