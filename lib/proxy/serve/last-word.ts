/**
 * What the client gets after the last attempt: the upstream's response if it is the caller's business, otherwise our
 * own error.
 * @module
 */
import type { Verdict } from "../../providers/types";
import { ProxyError } from "../proxy-error";
import type { ProxyCall } from "../route/proxy-call";
import type { PoolRun } from "./pool-run";
import { LEAST_WAIT_MS } from "./quota-claim";
import type { Answer, Served } from "./served";

/** @throws {ProxyError} if no upstream response is fit to be delivered. */
export function lastWord({ call, choice, deadline, failure, pool, scope }: PoolRun): Served {
  const { config, ports, request, attempts } = scope;
  const { retryAtMs } = choice;
  const { label } = call.provider;
  if (request.signal.aborted) throw new ProxyError("client_closed_request", "The client has left.");
  // A request whose turn didn't come in time was kept waiting by the pool, not by the provider.
  if (deadline.expired && retryAtMs === null) {
    const seconds = config.firstByteTimeoutMs / 1000;
    throw new ProxyError("upstream_timeout", `${label} sent no answer within ${seconds} s.`);
  }
  if (failure?.kind === "no-answer") {
    throw new ProxyError(
      "upstream_unreachable",
      `${label} could not be reached in ${attempts} ${attempts === 1 ? "attempt" : "attempts"}.`,
      {
        cause: failure.error,
      },
    );
  }
  if (failure !== null && !blamesKey(failure.served.answer)) return failure.served;

  // No key may make this call, according to an unknown message: that is for the caller.
  if (failure !== null && isAboutCall(call, failure.served.answer.verdict)) return failure.served;

  // Suspected keys are left, but this request has tried them all, or may not try more of them.
  if (failure !== null && isDeadKey(failure.served.answer)) {
    throw new ProxyError(
      "no_provider_keys",
      `${label} rejected every key that was tried (${attempts}). The request may be repeated.`,
      { retryAfterMs: 1000 },
    );
  }
  const nowMs = ports.nowMs();
  const { ready, readyAtMs } = pool.availability(call.model, nowMs);
  const forModel = call.model === null ? "" : ` for ${call.model}`;
  const wakeMs = retryAtMs ?? (ready === 0 ? readyAtMs : null);
  if (wakeMs !== null) {
    const retryAfterMs = Math.max(1, wakeMs - nowMs - LEAST_WAIT_MS);
    throw new ProxyError(
      "pool_exhausted",
      `Every ${label} key${forModel} is at its limit; there is room again in ${Math.ceil(retryAfterMs / 1000)} s.`,
      { retryAfterMs, limitSource: "pool" },
    );
  }
  if (readyAtMs === null || failure === null) {
    throw new ProxyError(
      "no_provider_keys",
      `There is no usable ${label} key${forModel} in the pool.`,
    );
  }
  return failure.served;
}

/** Whether the response is about our key: the caller could do nothing with it. */
function blamesKey({ verdict }: Answer): boolean {
  return verdict.effect.kind !== "none" && verdict.meaning !== "model_denied";
}

/**
 * Whether a rejection may be about what was requested rather than the key: an endpoint that requires another kind of
 * key, or something that another account stores.
 */
export function isAboutCall({ model }: ProxyCall, { meaning }: Verdict): boolean {
  return model === null && meaning === "key_doubtful";
}

function isDeadKey({ verdict: { meaning } }: Answer): boolean {
  return meaning === "key_invalid" || meaning === "key_blocked" || meaning === "key_doubtful";
}
