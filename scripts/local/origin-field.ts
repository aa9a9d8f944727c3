/**
 * How the front passes a request's origin to the Worker: one field, with a name that is generated at each start and
 * known to no client.
 * @module
 */
import { randomBytes } from "node:crypto";
import type { RequestOrigin } from "../front/request-origin.ts";

export function newOriginHeader(): string {
  return `x-one-balance-origin-${randomBytes(16).toString("hex")}`;
}

/** The field with its line end. */
export function originField(name: string, { address, scheme, host, port }: RequestOrigin): string {
  const said = { address, scheme, host, port };
  const query = new URLSearchParams(
    Object.entries(said).flatMap(([key, value]) => (value === null ? [] : [[key, value]])),
  );
  return `${name}: ${query}\r\n`;
}
