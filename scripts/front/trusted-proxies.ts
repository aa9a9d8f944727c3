/**
 * Which proxies are trusted to report a request's origin: `TRUSTED_PROXIES` and `TRUSTED_HEADER`.
 * @module
 */
import { ExpectedError } from "../expected-error.ts";
import { AddressSet } from "./ip-address.ts";

/**
 * The headers in which proxies report a request's origin. Only one kind is trusted: a proxy that writes one passes on
 * the other as the client wrote it.
 */
export type ForwardedKind = "x-forwarded" | "forwarded";

export interface Trust {
  /** Addresses of proxies. */
  readonly proxies: AddressSet;
  readonly kind: ForwardedKind;
}

const LOOPBACK = ["127.0.0.0/8", "::1"] as const;

/** Trusts programs on this machine. */
export function loopbackTrust(): Trust {
  return readTrust("loopback", undefined);
}

/**
 * @param proxies addresses and networks, separated by commas or spaces; `loopback` is this machine, `none` is no proxy
 * @param header `x-forwarded` (default) or `forwarded`
 * @throws {ExpectedError}
 */
export function readTrust(proxies: string, header: string | undefined): Trust {
  const set = new AddressSet();
  for (const each of proxies.split(/[\s,]+/).filter((part) => part !== "" && part !== "none")) {
    const networks = each === "loopback" ? LOOPBACK : [each];
    if (!networks.every((network) => set.add(network))) {
      throw new ExpectedError(
        `TRUSTED_PROXIES must be addresses and networks like "10.0.0.7, 10.1.0.0/16", "loopback" or "none", but is "${proxies}"`,
      );
    }
  }
  const kind = header || "x-forwarded";
  if (kind !== "x-forwarded" && kind !== "forwarded") {
    throw new ExpectedError(`TRUSTED_HEADER must be x-forwarded or forwarded, but is "${header}"`);
  }
  return { proxies: set, kind };
}
