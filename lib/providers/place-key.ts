/**
 * Puts a provider key where the provider wants it. The headers it gets hold no credential: a client's own
 * are left behind when they are copied, and every attempt starts from that copy.
 * @module
 */
import type { OutgoingRequest } from "./types";

export type PlaceKey = (request: OutgoingRequest, key: string) => void;

/** In a header of its own. */
export function inHeader(name: string): PlaceKey {
  return (request, key) => {
    request.headers.set(name, key);
  };
}

/** In `Authorization`, behind a scheme. */
export function inAuthorization(scheme: string): PlaceKey {
  return (request, key) => {
    request.headers.set("authorization", `${scheme} ${key}`);
  };
}

export const asBearer: PlaceKey = inAuthorization("Bearer");

/** In a query parameter, for services that take nothing else. */
export function inQuery(name: string): PlaceKey {
  return (request, key) => {
    request.url.searchParams.set(name, key);
  };
}

/** In a subprotocol, for services that take nothing else: added to those the client asked for. */
export function inSubprotocol(prefix: string): PlaceKey {
  return (request, key) => {
    request.headers.append("sec-websocket-protocol", `${prefix}${key}`);
  };
}
