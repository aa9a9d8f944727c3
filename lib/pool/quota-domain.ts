/**
 * Names of quota domains inside a pool. A key without one is a domain by itself.
 * @module
 */
import type { PoolKey } from "./types";

const SHARED = "domain ";

/** The name of a key's quota domain, or of the key's own domain. */
export function domainOf({ id, quotaDomain }: Pick<PoolKey, "id" | "quotaDomain">): string {
  return quotaDomain === null ? id : SHARED + quotaDomain;
}

/** The name that people gave to a domain; null for a key by itself. */
export function sharedName(domain: string): string | null {
  return domain.startsWith(SHARED) ? domain.slice(SHARED.length) : null;
}
