import type { StateEvent } from "../../proxy/ports";
import { ENV_TOKEN_PREFIX } from "../tokens/env-access-tokens";
import { BoundedMap } from "./bounded-map";
import { LAST_USED_GRAIN_MS } from "./write-state-events";

const USES_MAX = 50_000;
/** How often sightings of an ongoing incident are reported. */
const SIGHTINGS_GAP_MS = 60_000;
/** Per provider. */
const RULES_MAX = 100;
const PROVIDERS_MAX = 1_000;

/** Decides which of an isolate's events are new enough to be written. */
export class EventGate {
  /** When the last use of a key or token passed. */
  readonly #usesMs = new BoundedMap<string, number>(USES_MAX);
  /** When the last sighting of an incident passed, by provider and then rule. */
  readonly #sightingsMs = new BoundedMap<string, BoundedMap<string, number>>(PROVIDERS_MAX);

  passes(event: StateEvent): boolean {
    switch (event.kind) {
      case "key-used":
        return this.#isLater(event.keyId, event.atMs);
      case "token-used":
        return (
          !event.tokenId.startsWith(ENV_TOKEN_PREFIX) && this.#isLater(event.tokenId, event.atMs)
        );
      case "incident-seen":
        return this.#isNews(event.provider, event.rule, event.atMs);
      case "incident-over":
        this.#sightingsMs.delete(event.provider);
        return true;
      default:
        return true;
    }
  }

  #isLater(id: string, atMs: number): boolean {
    if (isWithin(LAST_USED_GRAIN_MS, this.#usesMs.get(id), atMs)) return false;
    this.#usesMs.set(id, atMs);
    return true;
  }

  #isNews(provider: string, rule: string, atMs: number): boolean {
    const ofProvider = this.#sightingsMs.get(provider) ?? new BoundedMap(RULES_MAX);
    this.#sightingsMs.set(provider, ofProvider);
    if (isWithin(SIGHTINGS_GAP_MS, ofProvider.get(rule), atMs)) return false;
    ofProvider.set(rule, atMs);
    return true;
  }
}

/** Whether `atMs` is less than `ms` after `sinceMs`; false if the clock was set back. */
function isWithin(ms: number, sinceMs: number | undefined, atMs: number): boolean {
  return sinceMs !== undefined && atMs >= sinceMs && atMs - sinceMs < ms;
}
