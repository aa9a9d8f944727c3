import type { AccessToken } from "../ports";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import { claimOf } from "./quota-claim";
import { storedNames, toItsOwner } from "./resource-affinity";
import { serveFromPool } from "./serve-from-pool";
import type { Served } from "./served";

/**
 * Serves a call that its token may make: with the key whose account contains what the call names, otherwise with any.
 * @throws {ProxyError} `resource_not_found`, `access_denied`, and if no upstream response is fit to be delivered.
 */
export function serveCall(
  call: ProxyCall,
  token: AccessToken,
  scope: RequestScope,
): Promise<Served> {
  const named = storedNames(call, token, scope);
  if (named === null) return serveFromPool(call, claimOf(token), scope);
  return toItsOwner(call, named, token, scope).then((owned) =>
    serveFromPool(owned, claimOf(token), scope),
  );
}
