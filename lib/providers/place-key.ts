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

function removeCredentials({ url, headers }: OutgoingRequest): void {
  for (const name of CREDENTIAL_HEADERS) headers.delete(name);
  if (url.search !== "" && url.searchParams.has("key")) {
    // Not `searchParams.delete`, which would write the rest of the query anew.
    const parts = url.search.slice(1).split("&");
    url.search = parts.filter((part) => !new URLSearchParams(part).has("key")).join("&");
  }
}
