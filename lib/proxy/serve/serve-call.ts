import type { AccessToken } from "../ports";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import { claimOf } from "./quota-claim";
import { storedNames, toItsOwner } from "./resource-affinity";
import { serveFromPool } from "./serve-from-pool";
import type { Served } from "./served";

/**
 * Has a call served that its token may make: by the key whose account has what the call names, else by any.
 * @throws {ProxyError} `resource_not_found`, `access_denied`, and if no upstream answer is fit to be delivered.
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
