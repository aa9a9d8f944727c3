/**
 * IP addresses in canonical form, so that they can be compared and logged.
 * @module
 */
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

/**
 * An address as in `X-Forwarded-For` and `Forwarded`, with or without a port, brackets or a zone; null if the text
 * isn't one (`unknown`, `_hidden`, a name). IPv4 within IPv6 becomes IPv4.
 */
export function parseAddress(text: string): string | null {
  const [, bracketed] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text) ?? [];
  const [, beforePort] = /^([\d.]+):\d{1,5}$/.exec(text) ?? [];
  const bare = (bracketed ?? beforePort ?? text).replace(/%.*$/, "");
  if (bracketed !== undefined && !isIPv6(bare)) return null;
  if (isIP(bare) === 0) return null;
  return isIPv4(bare) ? bare : shortIPv6(bare);
}

/** The URL parser writes each IPv6 address in its canonical short form (RFC 5952). */
function shortIPv6(address: string): string {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const bits = Number.parseInt(high, 16) * 0x1_00_00 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".");
}

/** A set of single addresses and networks. */
export class AddressSet {
  readonly #list = new BlockList();

  /**
   * @param text `10.0.0.7`, `10.0.0.0/8`, `2001:db8::/32`
   * @returns false if the text is neither, or is a network of every address
   */
  add(text: string): boolean {
    const [, network = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
    const address = isIP(network) === 0 ? null : parseAddress(network);
    if (address === null) return false;
    const family = isIPv4(address) ? "ipv4" : "ipv6";
    // A prefix that was written for IPv4 within IPv6.
    const shift = family === "ipv4" && isIPv6(network) ? 96 : 0;
    const bits = Number(prefix ?? (family === "ipv4" ? 32 + shift : 128)) - shift;
    if (bits < 1 || bits > (family === "ipv4" ? 32 : 128)) return false;
    this.#list.addSubnet(address, bits, family);
    return true;
  }

  /** @param address as returned by `parseAddress` */
  has(address: string): boolean {
    return this.#list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
  }
}
