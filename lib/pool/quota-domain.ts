/**
 * Names of quota domains inside a pool, where keys without one are domains by themselves.
 * @module
 */
import type { PoolKey } from "./types";

const SHARED = "domain ";

/** The name of a key's quota domain; a key of no domain is one by itself. */
export function domainOf({ id, quotaDomain }: Pick<PoolKey, "id" | "quotaDomain">): string {
  return quotaDomain === null ? id : SHARED + quotaDomain;
}

/** What people call a domain; null for a key by itself. */
export function sharedName(domain: string): string | null {
  return domain.startsWith(SHARED) ? domain.slice(SHARED.length) : null;
}
