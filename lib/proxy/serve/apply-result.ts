/**
 * The effects of an attempt's result: on the key, on other requests, and on this one, which gets its response, tries
 * another key, or ends here.
 * @module
 */
import { redact } from "../../crypto/redact";
import type { Lease } from "../../pool/pick-result";
import type { KeySource } from "../../pool/sections/joined-keys";
import { NO_MODEL } from "../../pool/types";
import { readQuotaHeaders } from "../../providers/answers/read-limits";
import type { Verdict } from "../../providers/types";
import { settleCaps } from "../account/key-caps";
import { isAboutRequest, isOversized, oversized } from "../request/oversized-request";
import type { RequestScope } from "../request-scope";
import {
  applyVerdict,
  condemns,
  convictServed,
  type JudgedAttempt,
  recordEffects,
  UPSTREAM_FAULTS,
} from "./apply-verdict";
import { checkOthers } from "./check-others";
import { isAboutCall } from "./last-word";
import type { PoolRun } from "./pool-run";
import { leavesOpen } from "./sent-again";
import type { Answer, NoAnswer, Served } from "./served";

/** `again`: with the next key. `pause`: after a short pause, with any key. `stop`: no key would do better. */
export type Next = Served | "again" | "pause" | "stop";

/** If one response shows that this many keys are invalid, others probably are too. */
const SEVERAL_INVALID = 2;

/** Nothing came back: the key may be silent, or the provider unreachable. */
export function applyNoAnswer(
  result: NoAnswer,
  lease: Lease,
  wasSilent: boolean,
  run: PoolRun,
): Next {
  const { call, choice, deadline, effort, pool, scope } = run;
  run.failure = result;
  effort.noteUnknown();
  effort.spend();
  if (wasSilent && !deadline.expired) {
    choice.silent(lease);
    return "again";
  }
  const { ports, request } = scope;
  if (!request.signal.aborted) pool.fail(call.model, lease, null, ports.nowMs());
  return effort.maySendAgain() ? "pause" : "stop";
}

/** @throws {ProxyError} `request_exceeds_limits`. */
export function applyAnswer(result: Answer, lease: Lease, keyText: string, run: PoolRun): Next {
  const { call, claim, reasoning, scope } = run;
  const { verdict, response } = result;
  const { tokenId } = claim.claim;
  const { status } = response;
  const { dropped } = reasoning;
  const late = (lateVerdict: Verdict) => {
    applyVerdict({ call, lease, keyText, verdict: lateVerdict, status, tokenId }, scope);
    const { meaning, rule, words } = lateVerdict;
    scope.meter.failedLate({ meaning, rule, words: redact(words, [keyText]) });
  };
  const served = { call, answer: result, key: lease.key, dropped, late };
  if (verdict.meaning === "ok") {
    applySuccess(result, lease, keyText, run);
    return served;
  }
  const judged = { call, lease, keyText, verdict, status, tokenId };
  noteRefusal(judged, run);
  if (verdict.next === "deliver") return served;
  if (isOversized(run.heldBack)) throw oversized(judged);
  run.failure = { kind: "answer", served };
  return nextAfterRefusal(judged, run);
}

/** The key works; and what was held against others until a key worked is now known to be true of them. */
function applySuccess(answer: Answer, lease: Lease, keyText: string, run: PoolRun): void {
  const { call, condemning, heldBack, pool, reasoning, scope, silence } = run;
  const { key } = lease;
  const { state } = scope.ports;
  const nowMs = scope.ports.nowMs();
  silence.answered(answer, nowMs);
  reasoning.answered(key.id);
  const readings = readQuotaHeaders(answer.headers, lease.sent.atMs);
  const effects = pool.succeed(call.model, lease, readings, nowMs);
  if (pool.countsTokens(lease)) countTokens(lease, pool, scope);
  if (lease.hold !== null) settleCaps(lease, pool, scope);
  const convicted = convictServed(condemning, scope);
  if (convicted >= SEVERAL_INVALID) scope.keep?.(checkOthers(lease, keyText, run));
  if (effects.length > 0) recordEffects(effects, key.provider, scope);
  for (const refusal of heldBack) applyVerdict(refusal, scope);
  state.record({ kind: "key-used", keyId: key.id, atMs: nowMs });
}

/** Corrects what the key used of a token limit to the response's actual usage. */
function countTokens(lease: Lease, pool: KeySource, { meter, ports }: RequestScope): void {
  meter.whenRecorded(({ usage }) => {
    const { inputTokens = null, outputTokens = null } = usage ?? {};
    if (inputTokens === null && outputTokens === null) return;
    pool.used(lease, (inputTokens ?? 0) + (outputTokens ?? 0), ports.nowMs());
  });
}

function noteRefusal(judged: JudgedAttempt, { call, condemning, heldBack, pool, scope }: PoolRun) {
  if (isAboutRequest(judged)) {
    pool.drop(call.model, judged.lease, scope.ports.nowMs());
    heldBack.push(judged);
    return;
  }
  applyVerdict(judged, scope);
  if (condemns(judged)) condemning.push(judged);
}

function nextAfterRefusal(judged: JudgedAttempt, run: PoolRun): Next {
  const { call, choice, effort, pool, reasoning } = run;
  const { lease, status, verdict } = judged;
  const { key } = lease;
  const nowMs = run.scope.ports.nowMs();
  if (verdict.meaning === "foreign_reasoning") {
    choice.refusedByDomain(lease);
    return reasoning.refused(choice, key.id, nowMs) ? "again" : "stop";
  }
  if (isAboutCall(call, verdict) && !effort.mayDoubtAnother()) return "stop";
  if (verdict.asks !== null && !isCuredByOthers(judged, pool)) {
    const model = call.model ?? NO_MODEL;
    const isKnown = pool.incurable.has(model, verdict.rule, nowMs);
    if (!effort.mayHopeForAnother(isKnown ? 1 : verdict.asks)) {
      pool.incurable.note(model, verdict.rule, nowMs);
      return "stop";
    }
  }
  if (leavesOpen(call, status, verdict.meaning)) effort.noteUnknown();
  if (UPSTREAM_FAULTS.has(verdict.meaning)) {
    effort.spend();
    if (verdict.retryAtMs !== null) {
      run.retryAtByKey ??= new Map();
      run.retryAtByKey.set(key.id, verdict.retryAtMs);
    }
    return effort.maySendAgain() ? "pause" : "stop";
  }
  if (!isLimit(verdict)) choice.refused(lease);
  else if (isAboutRequest(judged)) choice.refusedByDomain(lease);
  else choice.cooled(lease);
  return verdict.meaning !== "region_denied" || effort.mayTryRegion() ? "again" : "stop";
}

/**
 * Whether the key may be tried again after a limit has passed. One that isn't even in cooldown for it would respond the
 * same again.
 */
function isLimit({ quota, meaning, effect }: Verdict): boolean {
  return quota !== null || (meaning === "rate_limit_minute" && effect.kind !== "none");
}

/** Whether keys of the pool are known to serve what this one may not. */
function isCuredByOthers({ call, verdict }: JudgedAttempt, pool: KeySource): boolean {
  return verdict.meaning === "model_denied" && pool.hasAnswered(call.model);
}
