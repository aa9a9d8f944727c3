/**
 * Applies a verdict to the pool, with the evidence for it: immediately here, and with the next flush everywhere.
 *
 * A response that says a key is invalid makes it a suspect, which is used last; `convictServed` reports the second
 * witness, and if there are too few keys for one, the provider's free call decides.
 * @module
 */
import { redact } from "../../crypto/redact";
import type { Incident } from "../../pool/guard/circuit-breaker";
import type { PoolEffect } from "../../pool/guard/key-guard";
import type { Sentence } from "../../pool/guard/key-trouble";
import type { Lease } from "../../pool/pick-result";
import { type CooldownTarget, cooldownName, NO_MODEL } from "../../pool/types";
import { nextMidnightMs } from "../../providers/answers/quota-day";
import type { Meaning, Verdict, VerdictEffect } from "../../providers/types";
import type { Evidence } from "../ports";
import { poolFor, type RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import { checkKey } from "./check-key";

/** A classified response and what it responded to. */
export interface JudgedAttempt {
  readonly call: ProxyCall;
  readonly lease: Lease;
  readonly keyText: string;
  readonly verdict: Verdict;
  /** Upstream status. */
  readonly status: number;
  /** The caller's. */
  readonly tokenId: string;
}

type Cools = Extract<VerdictEffect, { kind: "cool" }>;

/** Meanings that block a key, if they are true. */
const CONDEMNING: ReadonlySet<Meaning> = new Set(["key_invalid", "key_blocked", "key_doubtful"]);

/** Failures that say nothing about the key: worth another try after a short pause, with the same key if necessary. */
export const UPSTREAM_FAULTS: ReadonlySet<Meaning> = new Set(["overloaded", "server_error"]);

/**
 * Providers whose paths choose the account: a rejected key may be as valid as the one that serves, only for another
 * account. Or they choose a program of any user (fal), which may reject one key and serve the other. The key's own
 * check decides.
 */
const ACCOUNT_IN_PATH: ReadonlySet<string> = new Set([
  "azure-openai",
  "aws-bedrock",
  "fal",
  "google-vertex-ai",
  "workers-ai",
]);

/** Whether the response says that the key is invalid. */
export function condemns({ verdict }: Pick<JudgedAttempt, "verdict">): boolean {
  return CONDEMNING.has(verdict.meaning) && verdict.effect.kind !== "none";
}

/** Applies a verdict. Also for one that comes after the lease was settled: an error in the middle of a response. */
export function applyVerdict(judged: JudgedAttempt, scope: RequestScope): void {
  const { ports } = scope;
  const { call, lease, verdict } = judged;
  const pool = poolFor(lease.key.provider, scope);
  const nowMs = ports.nowMs();
  if (verdict.quota === null) pool.drop(call.model, lease, nowMs);
  if (UPSTREAM_FAULTS.has(verdict.meaning)) pool.fail(call.model, lease, verdict.retryAtMs, nowMs);
  if (verdict.effect.kind === "none") return;
  if (!condemns(judged)) {
    if (verdict.effect.kind === "cool") {
      const effects = pool.carryOut(coolingSentence(judged, verdict.effect, scope));
      recordEffects(effects, lease.key.provider, scope);
    }
    return;
  }
  recordEffects(accuse(judged, scope), lease.key.provider, scope, judged);
}

/**
 * Records that another key served the request for which these were rejected as invalid.
 * @returns How many of them are out of use for it.
 */
export function convictServed(refused: readonly JudgedAttempt[], scope: RequestScope): number {
  if (refused.length === 0) return 0;
  let convicted = 0;
  for (const [provider, ofProvider] of Map.groupBy(refused, ({ lease }) => lease.key.provider)) {
    const ids = ofProvider.map(({ lease }) => lease.key.id);
    const effects = poolFor(provider, scope).convict(ids);
    convicted += effects.length;
    recordEffects(effects, provider, scope);
  }
  return convicted;
}

/** Checks suspected keys by the provider's free call, after a request that no key served. */
export function checkUnserved(refused: readonly JudgedAttempt[], scope: RequestScope): void {
  const { ports } = scope;
  for (const judged of refused) {
    const { key } = judged.lease;
    if (!poolFor(key.provider, scope).takeCheck(key.id, ports.nowMs())) continue;
    scope.keep?.(checkByFreeCall(judged, scope));
  }
}

/** Checks a suspected key by the free call, and applies the earlier verdict if the call rejects it too. */
async function checkByFreeCall(judged: JudgedAttempt, scope: RequestScope): Promise<void> {
  const { call, keyText, lease } = judged;
  const checked = await checkKey(call, keyText, scope);
  if (checked === null || !condemns(checked)) return;
  const { provider } = lease.key;
  const effects = poolFor(provider, scope).convictChecked(lease.key.id);
  if (effects.length === 0) return;
  recordEffects(effects, provider, scope);
  const writing = scope.ports.state.afterResponse();
  if (writing !== null) await writing;
}

/**
 * Reports everywhere what the pool has done.
 * @param cause The rejection that caused it; absent if none did.
 */
export function recordEffects(
  effects: readonly PoolEffect[],
  provider: string,
  scope: RequestScope,
  cause?: JudgedAttempt,
): void {
  const { state, nowMs } = scope.ports;
  for (const effect of effects) {
    if (effect.kind === "sentenced") recordSentence(effect.sentence, scope);
    else if (effect.kind === "suspected") {
      const { keyId, evidence } = effect.sentence;
      state.record({ kind: "key-suspected", keyId, evidence });
    } else if (effect.kind === "cleared") {
      state.record({ kind: "key-cleared", keyId: effect.keyId, atMs: nowMs() });
    } else if (effect.kind === "incident-over") {
      state.record({ kind: "incident-over", provider, atMs: nowMs() });
    } else if (cause !== undefined) recordIncident(cause, effect.incident, scope);
  }
}

function recordSentence({ keyId, effect, evidence }: Sentence, { ports }: RequestScope): void {
  if (effect.kind === "block") {
    ports.state.record({ kind: "key-blocked", keyId, evidence });
    return;
  }
  const { untilMs } = effect.cooldown;
  const model = cooldownName(effect.scope);
  ports.state.record({ kind: "key-cooled", keyId, model, untilMs, evidence });
}

function accuse(judged: JudgedAttempt, scope: RequestScope): readonly PoolEffect[] {
  const { ports } = scope;
  const { call, lease, verdict, tokenId } = judged;
  const { key } = lease;
  const { meaning, rule, effect } = verdict;
  const evidence = evidenceOf(judged, meaning, rule, scope);
  const cools: Sentence["effect"] =
    effect.kind === "cool"
      ? {
          kind: "cool",
          scope: scopeOf(judged, effect),
          cooldown: { untilMs: effect.untilMs, reason: meaning },
        }
      : { kind: "block" };
  const accusation = {
    rule,
    tokenId,
    request: `${call.method} ${call.url} ${call.model ?? ""}`,
    // A call that names no model may be to an endpoint that requires another kind of key.
    mayConvict: call.model !== null && !ACCOUNT_IN_PATH.has(call.provider.slug),
    sentence: { keyId: key.id, provider: key.provider, effect: cools, evidence },
  };
  return poolFor(key.provider, scope).accuse(call.model, lease, accusation, ports.nowMs());
}

/**
 * How long a key stays in cooldown, in this order: the rule's own time, the reported one, what the pool knows, a guess.
 */
function coolingSentence(judged: JudgedAttempt, effect: Cools, scope: RequestScope): Sentence {
  const { config, ports } = scope;
  const { call, lease, verdict } = judged;
  const { key } = lease;
  const pool = poolFor(key.provider, scope);
  let { untilMs } = effect;
  let isGuess = false;
  let { meaning, rule } = verdict;
  if (verdict.quota !== null) {
    const { source } = effect;
    const wanted = { untilMs, isGuess: source === "guess", isWindow: source === "window" };
    const lesson = pool.refuse(call.model, lease, verdict.quota, wanted, ports.nowMs());
    // The pool knows a per-minute quota to the millisecond; it doesn't override a rule's own time, nor a daily quota.
    if (meaning === "rate_limit_minute" && effect.source !== "rule") untilMs = lesson.untilMs;
    // If no key works at all, the cause isn't this key's daily quota.
    const isDay =
      effect.mayBeDay &&
      !lesson.isExpected &&
      lesson.unexplained >= config.consecutive429Threshold &&
      pool.hasAnsweredSince(lesson.unexplainedSinceMs);
    isGuess = lesson.isGuess && !isDay;
    if (isDay) {
      untilMs = nextMidnightMs(call.provider.quotaDayZone, ports.nowMs());
      meaning = "rate_limit_day";
      rule = "consecutive-429";
    }
  }
  untilMs = Math.min(untilMs, effect.latestMs);
  return {
    keyId: key.id,
    provider: key.provider,
    effect: {
      kind: "cool",
      scope: scopeOf(judged, effect),
      cooldown: { untilMs, reason: meaning, isGuess },
    },
    evidence: evidenceOf(judged, meaning, rule, scope),
  };
}

function scopeOf({ call }: JudgedAttempt, { scope }: Cools): CooldownTarget {
  return scope === "key" ? { every: true } : { every: false, model: call.model ?? NO_MODEL };
}

function recordIncident(
  { lease, keyText, verdict, status }: JudgedAttempt,
  { keyIds, sinceMs }: Incident,
  { ports }: RequestScope,
): void {
  ports.state.record({
    kind: "incident-seen",
    provider: lease.key.provider,
    rule: verdict.rule,
    meaning: verdict.meaning,
    status,
    words: redact(verdict.words, [keyText]),
    effect: verdict.effect.kind === "cool" ? "cool" : "block",
    keyIds,
    sinceMs,
    atMs: ports.nowMs(),
  });
}

function evidenceOf(
  { call, keyText, verdict, status }: JudgedAttempt,
  meaning: Meaning,
  rule: string,
  { requestId, ports }: RequestScope,
): Evidence {
  return {
    meaning,
    rule,
    status,
    words: redact(verdict.words, [keyText]),
    requestId,
    model: call.model,
    atMs: ports.nowMs(),
  };
}
