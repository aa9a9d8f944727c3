/**
 * What a verdict does to the pool, with the evidence for it: at once here, and with the next flush everywhere.
 *
 * Words that condemn a key make it a suspect, which comes last; `convictServed` hears the second witness, and
 * where there are too few keys for one, the provider's free call is asked.
 * @module
 */
import { redact } from "../../crypto/redact";
import type { Incident } from "../../pool/guard/circuit-breaker";
import type { PoolEffect } from "../../pool/guard/key-guard";
import type { Sentence } from "../../pool/guard/key-trouble";
import type { Lease } from "../../pool/pick-result";
import { NO_MODEL, type RestScope, restName } from "../../pool/types";
import { nextMidnightMs } from "../../providers/answers/quota-day";
import type { Meaning, Verdict, VerdictEffect } from "../../providers/types";
import type { Evidence } from "../ports";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import { checkSuspect } from "./check-suspect";

/** A judged answer and what it was an answer to. */
export interface JudgedAttempt {
  readonly call: ProxyCall;
  readonly lease: Lease;
  readonly keyText: string;
  readonly verdict: Verdict;
  /** Upstream status. */
  readonly status: number;
  /** Of the caller. */
  readonly tokenId: string;
}

type Cools = Extract<VerdictEffect, { kind: "cool" }>;

/** Words that condemn a key, if they are true. */
const CONDEMNING: ReadonlySet<Meaning> = new Set(["key_invalid", "key_blocked", "key_doubtful"]);

/** Failures that say nothing about the key: worth another try after a short pause, with the same key if need be. */
export const NOBODYS_FAULT: ReadonlySet<Meaning> = new Set(["overloaded", "server_error"]);

/**
 * Providers whose paths choose the account: there a key that is refused may be as good as the one that serves,
 * only another account's. Or they choose a program of anybody's (fal), which may refuse one and serve the other. Its
 * own check decides.
 */
const ACCOUNT_IN_PATH: ReadonlySet<string> = new Set([
  "azure-openai",
  "aws-bedrock",
  "fal",
  "google-vertex-ai",
  "workers-ai",
]);

/** Whether the words condemn the key. */
export function condemns({ verdict }: Pick<JudgedAttempt, "verdict">): boolean {
  return CONDEMNING.has(verdict.meaning) && verdict.effect.kind !== "none";
}

/** Does what the verdict says. Also for one that comes after the lease was settled: an error amid an answer. */
export function applyVerdict(judged: JudgedAttempt, scope: RequestScope): void {
  const { ports } = scope;
  const { call, lease, verdict } = judged;
  const pool = ports.state.pool(lease.key.provider);
  const nowMs = ports.nowMs();
  if (verdict.quota === null) pool.drop(call.model, lease, nowMs);
  if (NOBODYS_FAULT.has(verdict.meaning)) pool.fail(call.model, lease, verdict.retryAtMs, nowMs);
  if (verdict.effect.kind === "none") return;
  if (!condemns(judged)) {
    if (verdict.effect.kind === "cool") {
      const effects = pool.carryOut(resting(judged, verdict.effect, scope));
      recordEffects(effects, lease.key.provider, scope);
    }
    return;
  }
  recordEffects(accuse(judged, scope), lease.key.provider, scope, judged);
}

/** Hears that another key served the request that these refused in words that condemn them. */
export function convictServed(refused: readonly JudgedAttempt[], scope: RequestScope): void {
  if (refused.length === 0) return;
  const { ports } = scope;
  for (const [provider, ofProvider] of Map.groupBy(refused, ({ lease }) => lease.key.provider)) {
    const ids = ofProvider.map(({ lease }) => lease.key.id);
    recordEffects(ports.state.pool(provider).convict(ids), provider, scope);
  }
}

/** Puts a suspect to the provider's free call, after a request that no key has served. */
export function checkUnserved(refused: readonly JudgedAttempt[], scope: RequestScope): void {
  const { ports } = scope;
  for (const judged of refused) {
    const { key } = judged.lease;
    if (!ports.state.pool(key.provider).takeCheck(key.id, ports.nowMs())) continue;
    scope.keep?.(hearFreeCall(judged, scope));
  }
}

/** Asks about a suspect by the free call, and does what was said of it where that refuses it too. */
async function hearFreeCall(judged: JudgedAttempt, scope: RequestScope): Promise<void> {
  const { call, keyText, lease } = judged;
  const verdict = await checkSuspect(call, keyText, scope);
  if (verdict === null || !condemns({ verdict })) return;
  const { provider } = lease.key;
  const effects = scope.ports.state.pool(provider).convictChecked(lease.key.id);
  if (effects.length === 0) return;
  recordEffects(effects, provider, scope);
  const writing = scope.ports.state.afterResponse();
  if (writing !== null) await writing;
}

/**
 * Tells everywhere what the pool has done.
 * @param cause The refusal that it came of; absent where it was none.
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
  const model = restName(effect.scope);
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
    // What names no model may be an endpoint that wants another kind of key.
    mayConvict: call.model !== null && !ACCOUNT_IN_PATH.has(call.provider.slug),
    sentence: { keyId: key.id, provider: key.provider, effect: cools, evidence },
  };
  return ports.state.pool(key.provider).accuse(call.model, lease, accusation, ports.nowMs());
}

/** How long a key rests, in this order: the rule's own time, the told one, what the pool knows, a guess. */
function resting(judged: JudgedAttempt, effect: Cools, scope: RequestScope): Sentence {
  const { config, ports } = scope;
  const { call, lease, verdict } = judged;
  const { key } = lease;
  const pool = ports.state.pool(key.provider);
  let { untilMs } = effect;
  let isGuess = false;
  let { meaning, rule } = verdict;
  if (verdict.quota !== null) {
    const rest = { untilMs, isGuess: effect.source === "guess" };
    const lesson = pool.refuse(call.model, lease, verdict.quota, rest, ports.nowMs());
    // The pool knows a minute's quota to the millisecond; a rule's own word, and a day's, it leaves alone.
    if (meaning === "rate_limit_minute" && effect.source !== "rule") untilMs = lesson.untilMs;
    // Where nothing answers at all, it is not this key's day that is over.
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

function scopeOf({ call }: JudgedAttempt, { scope }: Cools): RestScope {
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
