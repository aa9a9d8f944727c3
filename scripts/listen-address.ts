/**
 * Where the server listens, and how it is reached there.
 * @module
 */
import { isIP, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";

/** The default of `HOST`: reachable only from this machine. */
export const DEFAULT_HOST = "127.0.0.1";

/** A name of at most 253 characters, each label of letters, digits and hyphens. */
const NAME =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?$/i;

/** A name or an address that `listen` accepts; null if the text is neither. IPv6 may be in brackets. */
export function parseHost(text: string): string | null {
  const [, inBrackets] = /^\[(.*)\]$/.exec(text) ?? [];
  if (inBrackets !== undefined) return isIPv6(inBrackets) ? inBrackets : null;
  if (isIP(text) !== 0) return text;
  // Only digits and dots are a mistyped address.
  return NAME.test(text) && !/^[\d.]+$/.test(text) ? text : null;
}

/** Whether an address on which a server listens is reachable only from this machine. */
export function isLoopback(address: string): boolean {
  return address === "::1" || /^(?:::ffff:)?127\./i.test(address);
}

/** Whether a server that listens there is reachable at every address of this machine. */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/**
 * An address that works on this machine, such as `http://127.0.0.1:8787`.
 * @param host as set: a name or an address
 */
export function localUrl(host: string, port: number): string {
  if (host === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (host === "::") return `http://[::1]:${port}`;
  return isIPv6(host) ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}

/** Where other machines reach a server that listens on `address`, without link-local addresses. */
export function urlsForOthers(address: string, port: number): string[] {
  if (isLoopback(address)) return [];
  if (!isWildcard(address)) return [localUrl(address, port)];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && (address === "::" || family === "IPv4"))
    .filter((each) => !each.address.toLowerCase().startsWith("fe80:"))
    .map((each) => localUrl(each.address, port));
}
