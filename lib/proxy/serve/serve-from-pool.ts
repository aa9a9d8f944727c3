/**
 * The attempt loop: a call goes from key to key until one answers it, or until it is clear what to say instead.
 * Nothing has been sent to the client before this returns.
 * @module
 */

import { redact } from "../../crypto/redact";
import type { KeyPool } from "../../pool/key-pool";
import type { Lease } from "../../pool/pick-result";
import { NO_MODEL, type PoolKey } from "../../pool/types";
import { readQuotaHeaders } from "../../providers/answers/read-limits";
import type { Verdict } from "../../providers/types";
import { ProxyError } from "../proxy-error";
import { isAboutRequest, isOversized, oversized } from "../request/oversized-request";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import {
  applyVerdict,
  checkUnserved,
  condemns,
  convictServed,
  type JudgedAttempt,
  NOBODYS_FAULT,
  recordEffects,
} from "./apply-verdict";
import { attempt, discardAnswer } from "./attempt";
import { CarriedReasoning } from "./carried-reasoning";
import { type Deadline, pause, startDeadline } from "./deadline";
import { KeyChoice } from "./key-choice";
import { LEAST_WAIT_MS, QuotaClaim, type RequestClaim } from "./quota-claim";
import { makesResources, rememberResources } from "./resource-affinity";
import { leavesOpen, maySendAgain } from "./sent-again";
import type { Answer, NoAnswer, Served } from "./served";
import { SilentKeys } from "./silent-key";

/** A region is refused where the request leaves from, whatever the key: once more may leave elsewhere. */
const MAX_REGION_ATTEMPTS = 2;

/** So many keys that cannot be opened one request may come upon. */
const MAX_UNOPENED = 20;

/** The free plan lets a request ask 50 times for anything: some are left for the store. */
export const MAX_SENDS = 30;
/** So many keys are asked for what names no model and is refused in unknown words: the words may be about it. */
const MAX_DOUBTS = 5;
/** While all keys are refused alike, one request tries no more than these. */
const PROBED_KEYS = 3;
/** Refusals that take longer together are no longer cheap. */
const REFUSALS_MS = 20_000;

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 500;

/**
 * @param claim Whose share of the quota is used.
 * @throws {ProxyError} if no upstream answer is fit to be delivered.
 */
export async function serveFromPool(
  call: ProxyCall,
  claim: RequestClaim,
  scope: RequestScope,
): Promise<Served> {
  const { config, meter, ports, request } = scope;
  const whole = call.preferredKeyId === null ? null : ports.state.whole(scope.keep);
  if (whole !== null) await whole;
  const pool = ports.state.pool(call.provider.slug);
  const sinceMs = scope.askingSinceMs ?? ports.nowMs();
  const ask = new QuotaClaim(claim, call.body, request.headers, sinceMs);
  const choice = new KeyChoice(pool, call, ask);
  const reasoning = new CarriedReasoning(pool, call, ask);
  const maxAttempts = call.body.kind === "streamed" ? 1 : config.maxAttempts;
  /** Refusals held back until another key shows that it was the key and not the request. */
  const heldBack: JudgedAttempt[] = [];
  /** Refusals in words that condemn the key. */
  const condemning: JudgedAttempt[] = [];
  /** Keys that told when to come back; null while none did. */
  let retryAtByKey: Map<string, number> | null = null;
  const sentBefore = scope.attempts;
  /** Attempts that cost something: refusals do not, while other keys are left. */
  let costly = 0;
  const noteCost = () => {
    costly += 1;
    scope.costly = (scope.costly ?? 0) + 1;
  };
  let vain = 0;
  const silence = new SilentKeys(pool, call);
  let regionRefusals = 0;
  /** Attempts of which nobody knows what they did. */
  let unknown = 0;
  let unopened = 0;
  let doubts = 0;
  let backoffMs = FIRST_BACKOFF_MS;
  let failure: Failure | null = null;

  const mayGoOn = () =>
    costly < maxAttempts &&
    scope.attempts < mostAttempts &&
    (scope.attempts - sentBefore < maxAttempts || ports.nowMs() - startedMs < REFUSALS_MS);
  const backOff = async () => {
    const jitteredMs = backoffMs * (0.5 + ports.random() / 2);
    backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
    await pause(jitteredMs, request.signal, deadline, ports);
  };

  const startedMs = ports.nowMs();
  const isIncident = pool.incident !== null;
  if (isIncident && !pool.mayTry(claim.tokenId, startedMs)) throw braked(call);
  const maxSends = scope.maxSends ?? Math.max(MAX_SENDS, maxAttempts);
  const mostAttempts =
    call.body.kind === "streamed" || isIncident
      ? Math.min(maxSends, sentBefore + (isIncident ? PROBED_KEYS : 1))
      : maxSends;
  const deadline = startDeadline(config.firstByteTimeoutMs, ports);

  try {
    while (mayGoOn()) {
      reasoning.guide(choice, ports.nowMs());
      const next = choice.next(deadline, scope);
      const lease = next instanceof Promise ? await next : next;
      if (lease === null) break;
      const { key } = lease;
      const keyText = await openKey(key, scope);
      if (keyText === null) {
        pool.noteUnopenable(key.id);
        choice.refused(lease);
        unopened += 1;
        if (unopened >= MAX_UNOPENED) break;
        continue;
      }
      const keyRetryAtMs = retryAtByKey?.get(key.id) ?? 0;
      if (keyRetryAtMs > ports.nowMs()) {
        // Only keys are left that told when to come back.
        if (keyRetryAtMs > ask.maxWaitUntilMs) break;
        await pause(keyRetryAtMs - ports.nowMs(), request.signal, deadline, ports);
        if (deadline.expired || request.signal.aborted) break;
      }
      scope.attempts += 1;
      const { dropped } = reasoning;
      meter.attempting(key.id, dropped, call.conversion);
      if (failure?.kind === "answer") discardAnswer(failure.served.answer);
      const mayLeave = () =>
        call.preferredKeyId === null &&
        call.body.kind !== "streamed" &&
        costly + 1 < maxAttempts &&
        scope.attempts < mostAttempts &&
        maySendAgain(call, unknown + 1) &&
        choice.hasOther(ports.nowMs());
      const wasLeft = silence.watch(lease, deadline, mayLeave, ports.nowMs());
      const result = await attempt(reasoning.sent, keyText, deadline, scope);
      const isSilent = wasLeft();

      meter.attempted(attemptFacts(result, keyText));
      if (result.kind === "no-answer") {
        failure = result;
        unknown += 1;
        noteCost();
        if (isSilent && !deadline.expired) {
          choice.silent(lease);
          continue;
        }
        if (!request.signal.aborted) pool.fail(call.model, lease, null, ports.nowMs());
        if (!maySendAgain(call, unknown) || !mayGoOn()) break;
        await backOff();
        if (deadline.expired || request.signal.aborted) break;
        continue;
      }
      const { verdict, response } = result;
      const late = (verdict: Verdict) => {
        const { status } = response;
        applyVerdict({ call, lease, keyText, verdict, status, tokenId: claim.tokenId }, scope);
        const { meaning, rule, words } = verdict;
        meter.failedLate({ meaning, rule, words: redact(words, [keyText]) });
      };
      const served = { answer: result, key, dropped, late };
      if (verdict.meaning === "ok") {
        const nowMs = ports.nowMs();
        silence.answered(response, nowMs);
        reasoning.answered(key.id);
        const readings = readQuotaHeaders(response.headers, lease.sent.atMs);
        const effects = pool.succeed(call.model, lease, readings, nowMs);
        if (pool.countsTokens(lease)) countTokens(lease, pool, scope);
        convictServed(condemning, scope);
        if (effects.length > 0) recordEffects(effects, key.provider, scope);
        for (const refusal of heldBack) applyVerdict(refusal, scope);
        ports.state.record({ kind: "key-used", keyId: key.id, atMs: nowMs });
        if (!makesResources(call)) return served;
        return { ...served, answer: await rememberResources(call, result, key, scope) };
      }
      const { tokenId } = claim;
      const judged = { call, lease, keyText, verdict, status: response.status, tokenId };
      if (isAboutRequest(judged)) {
        pool.drop(call.model, lease, ports.nowMs());
        heldBack.push(judged);
      } else {
        applyVerdict(judged, scope);
        if (condemns(judged)) condemning.push(judged);
      }
      if (verdict.next === "deliver") return served;
      if (isOversized(heldBack)) throw oversized(judged);

      failure = { kind: "answer", served };
      if (verdict.meaning === "foreign_reasoning") {
        choice.refusedByDomain(lease);
        if (!reasoning.refused(choice, key.id, ports.nowMs())) break;
        continue;
      }
      if (isAboutCall(call, result)) {
        doubts += 1;
        if (doubts >= MAX_DOUBTS) break;
      }
      if (verdict.asks !== null && !isCuredByOthers(judged, pool)) {
        vain += 1;
        const isKnown = pool.incurable.has(call.model ?? NO_MODEL, verdict.rule, ports.nowMs());
        if (vain >= (isKnown ? 1 : verdict.asks)) {
          pool.incurable.note(call.model ?? NO_MODEL, verdict.rule, ports.nowMs());
          break;
        }
      }
      if (leavesOpen(call, response.status, verdict.meaning)) unknown += 1;
      if (NOBODYS_FAULT.has(verdict.meaning)) {
        noteCost();
        if (verdict.retryAtMs !== null) {
          retryAtByKey ??= new Map();
          retryAtByKey.set(key.id, verdict.retryAtMs);
        }
        if (!maySendAgain(call, unknown) || !mayGoOn()) break;
        await backOff();
        if (deadline.expired || request.signal.aborted) break;
        continue;
      }
      if (!isLimit(verdict)) choice.refused(lease);
      else if (isAboutRequest(judged)) choice.refusedByDomain(lease);
      else choice.rested(lease);
      if (verdict.meaning === "region_denied") regionRefusals += 1;
      if (regionRefusals >= MAX_REGION_ATTEMPTS) break;
    }
    checkUnserved(condemning, scope);
    return toFailure(call, pool, failure, choice.retryAtMs, deadline, scope);
  } finally {
    choice.end(ports.nowMs());
    deadline.clear();
  }
}

/** Whether the key may be asked again once a limit has passed. One that does not even rest for it says the same again. */
function isLimit({ quota, meaning, effect }: Verdict): boolean {
  return quota !== null || (meaning === "rate_limit_minute" && effect.kind !== "none");
}

/** Sets what the key took of a limit of tokens to what the answer comes to in the end. */
function countTokens(lease: Lease, pool: KeyPool, { meter, ports }: RequestScope): void {
  meter.whenRecorded(({ usage }) => {
    const { inputTokens = null, outputTokens = null } = usage ?? {};
    if (inputTokens === null && outputTokens === null) return;
    pool.used(lease, (inputTokens ?? 0) + (outputTokens ?? 0), ports.nowMs());
  });
}

/** Whether keys of the pool are known to serve what this one may not. */
function isCuredByOthers({ call, verdict }: JudgedAttempt, pool: KeyPool): boolean {
  return verdict.meaning === "model_denied" && pool.hasAnswered(call.model);
}

/** What the meter keeps of an attempt; null where nothing came back. */
function attemptFacts(result: Answer | NoAnswer, keyText: string) {
  if (result.kind === "no-answer") return null;
  const { meaning, rule, words } = result.verdict;
  const isOk = meaning === "ok";
  return {
    status: result.response.status,
    meaning,
    rule: isOk ? null : rule,
    words: isOk ? null : redact(words, [keyText]),
  };
}

/** Many keys failed alike within seconds: hammering on would change nothing. */
function braked({ provider }: ProxyCall): ProxyError {
  return new ProxyError(
    "no_provider_keys",
    `${provider.label} refuses all keys alike, which is hardly their fault. One request a second may try; the keys are left as they are.`,
    { retryAfterMs: 1000 },
  );
}

/** The key's text; null, and a line in the log, where it cannot be opened (the secret was changed). */
async function openKey(key: PoolKey, { ports }: RequestScope): Promise<string | null> {
  try {
    return await ports.state.openKey(key);
  } catch (error) {
    console.error(
      `proxy: key ${key.id} cannot be opened:`,
      error instanceof Error ? error.message : error,
    );
    return null;
  }
}

/** What the last attempt came to, if it was not an answer to deliver at once. */
type Failure = NoAnswer | { readonly kind: "answer"; readonly served: Served };

/** After the last attempt: the upstream's answer where it is the caller's business, else our own error. */
function toFailure(
  call: ProxyCall,
  pool: KeyPool,
  failure: Failure | null,
  retryAtMs: number | null,
  deadline: Deadline,
  { config, ports, request, attempts }: RequestScope,
): Served {
  if (request.signal.aborted) throw new ProxyError("client_closed_request", "The client has left.");
  // Whose turn did not come in time was kept waiting by the pool, not by the provider.
  if (deadline.expired && retryAtMs === null) {
    const seconds = config.firstByteTimeoutMs / 1000;
    throw new ProxyError(
      "upstream_timeout",
      `${call.provider.label} sent no answer within ${seconds} s.`,
    );
  }
  if (failure?.kind === "no-answer") {
    throw new ProxyError(
      "upstream_unreachable",
      `${call.provider.label} could not be reached in ${attempts} ${attempts === 1 ? "attempt" : "attempts"}.`,
      { cause: failure.error },
    );
  }
  if (failure !== null && !blamesKey(failure.served.answer)) return failure.served;

  // No key may do it, in words that nobody knows: they are for who asked.
  if (failure !== null && isAboutCall(call, failure.served.answer)) return failure.served;

  // Suspects are left, but this request has asked them all, or may not try more of them.
  if (failure !== null && isDeadKey(failure.served.answer)) {
    throw new ProxyError(
      "no_provider_keys",
      `${call.provider.label} refused every key that was tried (${attempts}); the request may be repeated.`,
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
      `Every ${call.provider.label} key${forModel} is at its limit; there is room again in ${Math.ceil(retryAfterMs / 1000)} s.`,
      { retryAfterMs, limitSource: "pool" },
    );
  }
  if (readyAtMs === null || failure === null) {
    throw new ProxyError(
      "no_provider_keys",
      `There is no usable ${call.provider.label} key${forModel} in the pool.`,
    );
  }
  return failure.served;
}

/** Whether the answer is about our key: the caller could do nothing with it. */
function blamesKey({ verdict }: Answer): boolean {
  return verdict.effect.kind !== "none" && verdict.meaning !== "model_denied";
}

/**
 * Whether a refusal may be about what was asked for rather than the key: of a page that takes another kind of key, or
 * of what another account keeps.
 */
function isAboutCall({ model }: ProxyCall, { verdict }: Answer): boolean {
  return model === null && verdict.meaning === "key_doubtful";
}

function isDeadKey({ verdict }: Answer): boolean {
  return (
    verdict.meaning === "key_invalid" ||
    verdict.meaning === "key_blocked" ||
    verdict.meaning === "key_doubtful"
  );
}
