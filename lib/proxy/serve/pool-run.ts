import type { KeySource } from "../../pool/sections/joined-keys";
import { ProxyError } from "../proxy-error";
import { poolFor, type RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import type { JudgedAttempt } from "./apply-verdict";
import { CarriedReasoning } from "./carried-reasoning";
import { Deadline } from "./deadline";
import { Effort } from "./effort";
import { KeyChoice } from "./key-choice";
import { QuotaClaim, type RequestClaim } from "./quota-claim";
import type { NoAnswer, Served } from "./served";
import { SilentKeys } from "./silent-key";

/** One call on its way through the keys of one pool. */
export interface PoolRun {
  readonly call: ProxyCall;
  readonly claim: QuotaClaim;
  readonly pool: KeySource;
  readonly scope: RequestScope;
  readonly choice: KeyChoice;
  readonly reasoning: CarriedReasoning;
  readonly silence: SilentKeys;
  readonly effort: Effort;
  readonly deadline: Deadline;
  /** Rejections held back until another key shows that the key and not the request was the cause. */
  readonly heldBack: JudgedAttempt[];
  /** Rejections that say the key is invalid. */
  readonly condemning: JudgedAttempt[];
  /** The retry times that keys reported, by key, in epoch milliseconds; null while there are none. */
  retryAtByKey: Map<string, number> | null;
  /** The result of the last attempt, unless it was a response to deliver at once. */
  failure: Failure | null;
}

export type Failure = NoAnswer | { readonly kind: "answer"; readonly served: Served };

/**
 * @throws {ProxyError} `no_provider_keys` while all keys are rejected in the same way and other requests are already
 * trying them.
 */
export function startPoolRun(call: ProxyCall, claim: RequestClaim, scope: RequestScope): PoolRun {
  const { config, headers, ports } = scope;
  const nowMs = ports.nowMs();
  const pool = poolFor(call.provider.slug, scope);
  const ask = new QuotaClaim(claim, call.body, headers, scope.askingSinceMs ?? nowMs);
  const choice = new KeyChoice(pool, call, ask);
  const reasoning = new CarriedReasoning(pool, call, ask);
  const isIncident = pool.incident !== null;
  if (isIncident && !pool.mayTry(claim.tokenId, nowMs)) throw braked(call);
  return {
    call,
    claim: ask,
    pool,
    scope,
    choice,
    reasoning,
    silence: new SilentKeys(pool, call),
    effort: new Effort(call, isIncident, nowMs, scope),
    deadline: new Deadline(config.firstByteTimeoutMs, ports),
    heldBack: [],
    condemning: [],
    retryAtByKey: null,
    failure: null,
  };
}

/** Many keys failed in the same way within seconds: trying more of them would fail too. */
function braked({ provider }: ProxyCall): ProxyError {
  return new ProxyError(
    "no_provider_keys",
    `${provider.label} rejects all keys in the same way, so the keys are probably not the cause and were left as they are. One request per second is tried until it recovers.`,
    { retryAfterMs: 1000 },
  );
}
