/**
 * Puts a provider key where the provider wants it, and makes sure that no second credential goes along.
 * @module
 */
import type { OutgoingRequest } from "./types";

/** Everywhere a client's credential may stand; `cf-aig-authorization` is ours and stays. */
const CREDENTIAL_HEADERS = [
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
  "xi-api-key",
] as const;

export type PlaceKey = (request: OutgoingRequest, key: string) => void;

/** In a header of its own. */
export function inHeader(name: string): PlaceKey {
  return (request, key) => {
    removeCredentials(request);
    request.headers.set(name, key);
  };
}

/** In `Authorization`, behind a scheme. */
export function inAuthorization(scheme: string): PlaceKey {
  return (request, key) => {
    removeCredentials(request);
    request.headers.set("authorization", `${scheme} ${key}`);
  };
}

export const asBearer: PlaceKey = inAuthorization("Bearer");

/** In a query parameter, for services that take nothing else. */
export function inQuery(name: string): PlaceKey {
  return (request, key) => {
    removeCredentials(request);
    request.url.searchParams.set(name, key);
  };
}

/** In a subprotocol, for services that take nothing else: added to those the client asked for. */
export function inSubprotocol(prefix: string): PlaceKey {
  return (request, key) => {
    removeCredentials(request);
    request.headers.append("sec-websocket-protocol", `${prefix}${key}`);
  };
}

/** A client's `?key=` is gone already: the proxy takes it out of the address it builds. */
function removeCredentials({ headers }: OutgoingRequest): void {
  for (const name of CREDENTIAL_HEADERS) headers.delete(name);
}
