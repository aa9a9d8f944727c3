/**
 * Puts a provider key where the provider expects it. The headers contain no credential yet: a client's own are left out
 * when they are copied, and every attempt starts from that copy.
 * @module
 */
import type { OutgoingRequest } from "./types";

export type PlaceKey = (request: OutgoingRequest, key: string) => void;

/** In its own header. */
export function inHeader(name: string): PlaceKey {
  return (request, key) => {
    request.headers.set(name, key);
  };
}

/** In `Authorization`, after a scheme. */
export function inAuthorization(scheme: string): PlaceKey {
  return (request, key) => {
    request.headers.set("authorization", `${scheme} ${key}`);
  };
}

export const asBearer: PlaceKey = inAuthorization("Bearer");

/** In a query parameter, for services that accept nothing else. */
export function inQuery(name: string): PlaceKey {
  return (request, key) => {
    request.url.searchParams.set(name, key);
  };
}

/** In a subprotocol, for services that accept nothing else: added to those that the client requested. */
export function inSubprotocol(prefix: string): PlaceKey {
  return (request, key) => {
    request.headers.append("sec-websocket-protocol", `${prefix}${key}`);
  };
}
