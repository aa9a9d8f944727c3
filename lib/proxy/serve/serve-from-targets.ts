/**
 * Tries an alias's targets: each is served from its own pool, until one responds. All of it happens before the
 * response's first byte, within one request's attempts and deadline.
 * @module
 */
import type { RouteTarget } from "../../models/model-alias";
import { ProviderPathError } from "../../providers/provider-path-error";
import { authorizeModels } from "../account/authorize-call";
import { type Destination, reserveBudget } from "../account/token-budget";
import type { AccessToken } from "../ports";
import { ProxyError, type ProxyErrorCode } from "../proxy-error";
import { neededCapabilities } from "../request/needed-capabilities";
import type { RequestBody } from "../request/request-body";
import type { RequestScope } from "../request-scope";
import type { AliasedCall } from "../route/aliased-call";
import { noFittingTarget, noTargetServed } from "../route/no-target";
import { chooseTargets, type RouteChoice } from "../route/route-targets";
import { assertReadable } from "../sockets/socket-access";
import { discardAnswer } from "./attempt";
import { MAX_SENDS } from "./effort";
import { serveCall } from "./serve-call";
import type { Served } from "./served";

/** @throws {ProxyError} if no target may be tried, or none has a response fit to be delivered. */
export async function serveFromTargets(
  aliased: AliasedCall,
  token: AccessToken,
  scope: RequestScope,
): Promise<Served> {
  const { alias, body } = aliased;
  const { targets: chosen, passedOver } = await choose(aliased, token, scope);
  const targets = nativeFirst(chosen, aliased);
  if (targets.length === 0) throw noFittingTarget(alias.name, passedOver);

  const { limitHolders } = token;
  if (limitHolders !== undefined) {
    await reserveBudget(token, limitHolders, destinationsOf(targets, body, scope.request), scope);
  }
  const { config, ports } = scope;
  const nowMs = ports.nowMs();
  const askingSinceMs = scope.askingSinceMs ?? nowMs;
  const endMs = nowMs + config.firstByteTimeoutMs;
  const refusals: { readonly target: RouteTarget; readonly error: ProxyError }[] = [];
  /** An upstream's failure, delivered if nothing better comes. */
  let failed: Served | null = null;
  for (const [index, target] of targets.entries()) {
    const attemptsLeft = config.maxAttempts - (scope.costly ?? 0);
    const sendsLeft = Math.max(MAX_SENDS, config.maxAttempts) - scope.attempts;
    const firstByteTimeoutMs = endMs - ports.nowMs();
    const isSent = body.kind === "streamed" && scope.attempts > 0;
    if (attemptsLeft < 1 || sendsLeft < 1 || firstByteTimeoutMs < 1 || isSent) break;
    // Keys that turn out to be used up must not take the attempts of the following targets.
    const shareOf = (left: number) => Math.ceil(left / (targets.length - index));
    const limits = { ...config, maxAttempts: shareOf(attemptsLeft), firstByteTimeoutMs };
    const maxSends = scope.attempts + shareOf(sendsLeft);
    const part: RequestScope = { ...scope, config: limits, askingSinceMs, maxSends };
    const result = await serveTarget(aliased, target, token, part);
    scope.attempts = part.attempts;
    if (part.costly !== undefined) scope.costly = part.costly;
    if (result instanceof ProxyError) {
      refusals.push({ target, error: result });
      continue;
    }
    if (failed !== null) discardAnswer(failed.answer);
    if (result.answer.verdict.next === "deliver") return result;
    failed = result;
  }
  if (failed === null) throw noTargetServed(alias.name, refusals);
  scope.meter.resolved(failed.call);
  return failed;
}

/** Providers that support the request's API come before any for which it is converted. */
function nativeFirst(
  targets: readonly RouteTarget[],
  { converts }: AliasedCall,
): readonly RouteTarget[] {
  if (converts === undefined) return targets;
  return targets.toSorted((one, other) => Number(converts(one)) - Number(converts(other)));
}

/** Each target's call as far as its cost goes: they are otherwise alike. */
function destinationsOf(
  targets: readonly RouteTarget[],
  body: RequestBody,
  { method, url }: Request,
): readonly Destination[] {
  const path = new URL(url).pathname;
  return targets.map(({ provider, model }) => ({
    provider,
    call: { model, method, path, body, isWebSocket: false },
  }));
}

async function choose(
  { alias, body, speaks }: AliasedCall,
  token: AccessToken,
  { ports }: RequestScope,
): Promise<RouteChoice> {
  const isPriced = alias.maxInputUsd !== null || alias.maxOutputUsd !== null;
  const book = isPriced ? await ports.prices() : null;
  const nowMs = ports.nowMs();
  return chooseTargets(alias, {
    token,
    needed: neededCapabilities(alias, body),
    speaks,
    priceOf: ({ provider, model }) => book?.perMillion(provider, model, nowMs) ?? null,
    random: () => ports.random(),
  });
}

/** No other target would do better. */
const FINAL: ReadonlySet<ProxyErrorCode> = new Set([
  "client_closed_request",
  "access_denied",
  "model_ambiguous",
]);

/** One target's response, fit or not; or why there is none. @throws {ProxyError} if the client has left. */
async function serveTarget(
  { callTo }: AliasedCall,
  target: RouteTarget,
  token: AccessToken,
  scope: RequestScope,
): Promise<Served | ProxyError> {
  try {
    const call = callTo(target);
    authorizeModels(token, call);
    scope.meter.resolved(call);
    if (call.isWebSocket) assertReadable(token, call);
    return { ...(await serveCall(call, token, scope)), target };
  } catch (error) {
    if (error instanceof ProviderPathError) {
      return new ProxyError("invalid_path", error.message, { cause: error });
    }
    if (!(error instanceof ProxyError) || FINAL.has(error.code)) throw error;
    return error;
  }
}
