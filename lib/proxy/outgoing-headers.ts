import { connectionHeaders, HOP_BY_HOP } from "../http/hop-by-hop";
import { CREDENTIAL_HEADERS } from "./request-credential";

/** Tells where a client sits, whatever proxy wrote it; and what only concerns this hop. */
const WITHHELD = new Set<string>([
  ...HOP_BY_HOP,
  ...CREDENTIAL_HEADERS,
  "cookie",
  "host",
  // Set anew by `fetch` for the body that is really sent.
  "content-length",
  "expect",
  "forwarded",
  "via",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "true-client-ip",
  "fastly-client-ip",
  "fly-client-ip",
  "cdn-loop",
  // The page an app runs in: providers refuse requests from browsers (Anthropic), which this is none of.
  "origin",
  "cf-aig-authorization",
]);

const WITHHELD_PREFIX = /^(?:cf-(?!aig-)|x-forwarded-|x-one-balance-|sec-websocket-)/;

/**
 * The client's headers that may travel upstream: no credential, cookie or address, nothing hop-by-hop.
 * @param toGateway Keeps `cf-aig-*` settings (cache, metadata), which only AI Gateway understands.
 */
export function outgoingHeaders(incoming: Headers, toGateway: boolean): Headers {
  const outgoing = new Headers();
  incoming.forEach((value, name) => {
    if (WITHHELD.has(name) || WITHHELD_PREFIX.test(name)) return;
    if (!toGateway && name.startsWith("cf-aig-")) return;
    outgoing.append(name, value);
  });
  for (const name of connectionHeaders(incoming)) outgoing.delete(name);
  // Cloudflare's browser integrity check refuses requests without one (error 1010).
  if (!outgoing.has("user-agent")) outgoing.set("user-agent", "one-balance");
  return outgoing;
}
