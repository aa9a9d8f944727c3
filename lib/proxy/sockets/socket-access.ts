/**
 * Whether a token may open a WebSocket, before its frames say more, and whether the pool's key may still be used for it.
 * @module
 */
import { EVERY_MODEL, isCap } from "../../pool/types";
import type { SocketProtocol } from "../../providers/types";
import { tokenAllows } from "../account/token-allows";
import type { AccessToken } from "../ports";
import { ProxyError } from "../proxy-error";
import { poolFor, type RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";

/** How the frames of a call's service are read; null if they can't be. */
export function socketProtocol({ provider, path }: ProxyCall): SocketProtocol | null {
  const plan = provider.webSocket;
  if (plan === null || plan.unreadable?.test(path) === true) return null;
  return plan.protocol;
}

/** Whether a token may use only some models of a provider. */
export function isModelLimited({ scopes }: AccessToken, provider: string): boolean {
  if (scopes === null) return false;
  const ofProvider = scopes.filter(
    (scope) => scope.provider === null || scope.provider === provider,
  );
  return ofProvider.every(({ models }) => models !== null);
}

/**
 * Services whose frames can't be read are closed to tokens with limits.
 * @throws {ProxyError} `access_denied`.
 */
export function assertReadable(token: AccessToken, call: ProxyCall): void {
  const { provider } = call;
  const hasLimits = isModelLimited(token, provider.slug) || token.limitHolders !== undefined;
  if (!hasLimits || socketProtocol(call) !== null) return;
  throw new ProxyError(
    "access_denied",
    `This access token has limits, and what passes through this WebSocket of ${provider.label} cannot be counted: it takes a token without limits on models, use and cost.`,
  );
}

/**
 * Every model in the handshake's query must be allowed, whichever of several the upstream uses.
 * @throws {ProxyError} `access_denied`.
 */
export function assertQueryAllowed(token: AccessToken, { provider, url }: ProxyCall): void {
  if (!isModelLimited(token, provider.slug)) return;
  for (const [name, value] of new URL(url).searchParams) {
    if (!/^(?:model|deployment)(?:[_-]?(?:id|name))?s?$/i.test(name)) continue;
    if (tokenAllows(token, provider.slug, value, "GET")) continue;
    throw new ProxyError(
      "access_denied",
      `This access token may not use ${value} of ${provider.label}.`,
    );
  }
}

/**
 * Whether a session's key must not be used for its caller any more: it was deleted or disabled, serves other groups now,
 * or a cap on its cost is reached. A session that goes on in spite of a cooldown for lack of quota shows that it has
 * some, and one with a blocked key that the key works.
 */
export function keyIsLost(
  keyId: string,
  provider: string,
  scope: Pick<RequestScope, "caller" | "ports">,
): boolean {
  const key = poolFor(provider, scope).get(keyId);
  if (key === undefined || key.status === "disabled") return true;
  const cooldown = key.cooldowns.get(EVERY_MODEL);
  return cooldown !== undefined && isCap(cooldown.reason) && cooldown.untilMs > scope.ports.nowMs();
}
